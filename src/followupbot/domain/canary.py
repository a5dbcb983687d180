"""The daily test of alerts (the canary): when it is due, whom it goes to, and when its receipt is missed."""

from datetime import datetime, timedelta

from followupbot.domain.clinic import Clinic

RECEIPT_WITHIN = timedelta(minutes=5)
"""Telegram takes an alert within seconds; after so long without its receipt the operator is told."""


def lost(clinic: Clinic, now: datetime) -> bool:
    """Whether the last test has not come through in time."""
    canary = clinic.canary
    return canary is not None and canary.received_at is None and now - canary.put_at > RECEIPT_WITHIN
