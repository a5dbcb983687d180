"""The digest: each morning at opening, to leads and clinicians, also when all is clear (issue 5; clinical.md 0.7).

With the first of a week leads have a second message: what is expected for now, and tells nobody (0.15).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from followupbot.domain import day_lists, expectations
from followupbot.domain.addressing import stamp, to_staff
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Role, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts.reports import DigestSent
from followupbot.domain.lists import AlertLine, ListLine
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Day, Lines, Param
from followupbot.domain.presses import Choice, StaffCommandPress
from followupbot.domain.rota_state import monday_of

READERS = (Role.LEAD, Role.CLINICIAN)

ALERTS_SHOWN_MAX = 8
OF_A_LIST_SHOWN_MAX = 3
LIST_ROWS_MAX = 36
"""A digest is read standing up: `/alerts` and `/list` have the rest."""

EXPECTED_SHOWN_MAX = 24
"""Lines, of some 110 characters: what fits into one message of 4,096."""

FIRST_WITHIN = timedelta(hours=1)
"""A clinic that never had a digest has its first at an opening, not whenever its first clinician joins."""


def due(clinic: Clinic, now: datetime) -> bool:
    """Whether today's is to be sent: the clinic is open, somebody would read it, and it has not been sent.

    Where nothing ran at opening it comes later on that day.
    """
    if clinic.programme is None or not _readers(clinic):
        return False
    hours = clinic.settings.hours
    today = hours.today(now)
    open_today = hours.on(today)
    if open_today is None or clinic.digest_on == today or not open_today[0] <= now < open_today[1]:
        return False
    return clinic.digest_on is not None or now < open_today[0] + FIRST_WITHIN


def next_at(clinic: Clinic, now: datetime) -> datetime | None:
    """When the next one is due; None where nothing is published."""
    if clinic.programme is None:
        return None
    hours = clinic.settings.hours
    opens = hours.next_open(now)
    if opens > now:
        return opens
    return now if due(clinic, now) else hours.next_open(hours.next_closing(now))


def is_first_of_week(clinic: Clinic, now: datetime) -> bool:
    """Whether the one that is due is the week's first: then leads read what is expected, too (clinical.md 0.15)."""
    today = clinic.settings.hours.today(now)
    return clinic.digest_on is None or monday_of(clinic.digest_on) < monday_of(today)


def send(
    clinic: Clinic,
    alerts: Sequence[AlertLine],
    details: day_lists.Details,
    lists: Sequence[ListLine],
    now: datetime,
    expected: Sequence[Chart] = (),
) -> Decision:
    """One message to each, without a sound; leads have another one about `expected`. Nothing where it is not due.

    `details` are of the first `ALERTS_SHOWN_MAX` of `alerts`.
    """
    if not due(clinic, now):
        return Decision()
    day = clinic.settings.hours.today(now)
    shown = day_lists.alerts(clinic, alerts[:ALERTS_SHOWN_MAX], details, now)
    lines = day_lists.lists(clinic, lists, now, OF_A_LIST_SHOWN_MAX, LIST_ROWS_MAX)
    unapproved = sorted(protocol.key for protocol in clinic.published.protocols.values() if not protocol.approved)
    params: dict[str, Param] = {
        "day": Day(day),
        "clear": not alerts and not lines,
        "alerts": Lines(shown) if shown else None,
        "more": len(alerts) - len(shown),
        "lists": Lines(lines) if lines else None,
        "unapproved": ", ".join(unapproved) or None,
    }
    choices = (
        *(((Choice("alerts", StaffCommandPress("alerts")),),) if alerts else ()),
        *(((Choice("list", StaffCommandPress("list")),),) if lists else ()),
        *day_lists.review_buttons(lists),
    )
    messages = tuple(
        to_staff(
            clinic,
            member.id,
            "staff/digest",
            key=f"digest/{day}/{member.id}/{stamp(now)}",
            subject=f"staff/{member.id}",
            lane=Lane.REPLY,
            params=params,
            choices=choices,
            silent=True,
        )
        for member in _readers(clinic)
    )
    return Decision((DigestSent(now, day),), (*messages, *_expected(clinic, expected, day, now)))


def _expected(clinic: Clinic, charts: Sequence[Chart], day: date, now: datetime) -> tuple[OutgoingMessage, ...]:
    """One list for all patients: a message for each of them would be read by nobody."""
    lines, more = expectations.of_patients(charts, EXPECTED_SHOWN_MAX)
    if not lines:
        return ()
    return tuple(
        to_staff(
            clinic,
            lead.id,
            "staff/digest_expected",
            key=f"digest/{day}/expected/{lead.id}/{stamp(now)}",
            subject=f"staff/{lead.id}",
            lane=Lane.REPLY,
            params={"lines": Lines(lines), "more": more},
            choices=((Choice("list", StaffCommandPress("list")),),) if more else (),
            silent=True,
        )
        for lead in clinic.reachable(Role.LEAD)
    )


def _readers(clinic: Clinic) -> tuple[StaffMember, ...]:
    return tuple(member for role in READERS for member in clinic.reachable(role))
