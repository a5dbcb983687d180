"""Erasing a patient: the copy for the hospital's record first, then everything, and holds that forbid it."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from followupbot.application import policy, records
from followupbot.application.policy import Action
from followupbot.application.ports import Records
from followupbot.domain import erasure
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Actor, Cause, Decision
from followupbot.domain.erasure import Obstacle
from followupbot.domain.ids import PatientId

PATIENT_ASKED = "patient_asked"
PATIENT_ASKED_OTHERWISE = "patient_asked_otherwise"
"""By letter, or in person: staff say so, who have seen it."""


class Store(Records, Protocol):
    """Where patients are erased."""

    def chart(self, patient: PatientId) -> Chart | None:
        """The chart as it is now; None where there is no such patient, or they were erased."""
        ...

    def erase(
        self, patient: PatientId, reason: str, copy_sha256: str, cause: Cause, allowed: Callable[[Chart], bool]
    ) -> bool:
        """Whether the patient was erased; `allowed` says so of the chart as it is in the same moment."""
        ...


class NotAllowed(Exception):
    """Whoever asks may not do this; that it was tried is in the access log."""


def export(store: Store, patient: PatientId, by: Actor, now: datetime) -> bytes | None:
    """Everything that is kept about the patient, for the hospital's record: JSON. None where nobody has that code."""
    cause = _cause("export", patient, by)
    _require(store, Action.EXPORT_RECORD, patient, cause, now)
    if store.chart(patient) is None:
        return None
    store.record_view(cause, Action.EXPORT_RECORD, patient, now)
    return records.whole(store, patient).encode()


def erase(
    store: Store, patient: PatientId, copy: bytes, by: Actor, now: datetime, *, requested: bool
) -> tuple[Obstacle, ...]:
    """The patient is erased, unless something stands in the way: what that is. `copy` is kept elsewhere by now."""
    cause = _cause("erase", patient, by)
    _require(store, Action.ERASE_PATIENT, patient, cause, now)
    found: tuple[Obstacle, ...] = ()

    def allowed(chart: Chart) -> bool:
        nonlocal found
        found = erasure.obstacles(chart, requested=requested)
        return not found

    reason = PATIENT_ASKED_OTHERWISE if requested else PATIENT_ASKED
    store.erase(patient, reason, hashlib.sha256(copy).hexdigest(), cause, allowed)
    return found


def hold(store: Records, patient: PatientId, reason: str, by: Actor, now: datetime) -> Decision:
    """Nothing about the patient is erased from now on, and why."""
    cause = _cause("hold", patient, by)
    _require(store, Action.HOLD_RECORD, patient, cause, now)
    return store.transact(patient, cause, lambda chart: erasure.place_hold(chart, reason, now))


def release(store: Records, patient: PatientId, by: Actor, now: datetime) -> Decision:
    """What was held may be erased again."""
    cause = _cause("release", patient, by)
    _require(store, Action.HOLD_RECORD, patient, cause, now)
    return store.transact(patient, cause, lambda chart: erasure.release_hold(chart, now))


def _require(store: Records, action: Action, patient: PatientId, cause: Cause, now: datetime) -> None:
    if not policy.allowed(cause.by, action, store.clinic(), patient):
        store.record_refusal(cause, action, patient, now)
        raise NotAllowed(action)


def _cause(what: str, patient: PatientId, by: Actor) -> Cause:
    """What is asked for twice is meant twice."""
    return Cause(f"{what}:{patient}:{secrets.token_hex(8)}", by)
