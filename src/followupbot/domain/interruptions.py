"""After a time in which nobody was heard: who is asked again, with which words, and whom staff should think of.

Telegram drops a pressed button after 150 s (telegram.md 0.3), and a message after a day.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import check_ins, prompts, screens, staff
from followupbot.domain.addressing import stamp, to_patient, to_staff
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Interruption, Role
from followupbot.domain.decision import Decision
from followupbot.domain.facts.watch import IntakeInterrupted, InterruptionMended
from followupbot.domain.ids import PatientId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Instant
from followupbot.domain.schedule import local

INTERRUPTED_AFTER = timedelta(minutes=2)
"""A gap as long as this may have lost a press: Telegram keeps one for 150 s, and it takes a while to come in."""

IN_TALK_WITHIN = timedelta(minutes=30)
"""Whoever was heard so shortly before waits for an answer, and is asked again at any hour (clinical.md 0.11)."""

LOST_AFTER = timedelta(hours=20)
"""After so long what was written may be lost too: Telegram keeps a message for 24 hours."""

CODES_SHOWN_MAX = 60
"""Codes in one message to staff; with more, the list has to be looked at by whom there is an open check-in."""


def record(interruption: Interruption, now: datetime) -> Decision:
    """It is known for ever, and everybody concerned is asked again, however often the program is killed meanwhile."""
    return Decision((IntakeInterrupted(now, interruption.since, interruption.until),))


def ask_again(
    chart: Chart, interruption: Interruption, in_talk: bool, underway: Collection[str], now: datetime
) -> Decision:
    """What the patient was asked stands in the chat again, with a word about why.

    `in_talk`: they were heard within half an hour before; it goes at once. Else we start it, it keeps to daytime, and
    there is one a day at most, however often the intake is interrupted. Nothing where the question is one of the
    `underway`, subjects of which a message has gone out since or still waits: what is pressed there arrives.
    """
    if chart.enrolment is None or not _is_read(chart) or chart.beyond_reach or (chart.held and not in_talk):
        return Decision()
    screen = screens.show(chart, f"screen/{stamp(now)}", now)
    repeated = _repeated(chart, now) if screen is None else Decision(outgoing=(screen,))
    asked = next(iter(repeated.outgoing), None) if repeated else None
    if repeated is None or not isinstance(asked, OutgoingMessage) or asked.subject in underway or not asked.choices:
        return Decision()
    if not in_talk and chart.active and not chart.starts_allowed:
        return Decision()
    zone = chart.enrolled.plan.zone
    key = stamp(interruption.since) if in_talk else f"{local(now, zone):%Y-%m-%d}"
    sorry = to_patient(
        chart,
        "replies/interrupted",
        key=f"interrupted/{key}",
        lane=Lane.REPLY,
        subject=asked.subject,
        params={"since": Instant(interruption.since, zone), "until": Instant(interruption.until, zone)},
        starts=not in_talk,
        expires_at=asked.expires_at,
    )
    again = replace(asked, key=f"{sorry.key}/again")
    if not in_talk:
        again = replace(again, daytime=chart.daytime, lane=Lane.CHECK_IN)
    return replace(repeated, outgoing=(sorry, again, *repeated.outgoing[1:]))


def _is_read(chart: Chart) -> bool:
    """Whether what goes out now is read by anybody."""
    enrolled = chart.enrolled
    return (enrolled.chat is not None and not enrolled.blocked) or bool(enrolled.helpers)


def _repeated(chart: Chart, now: datetime) -> Decision | None:
    """What waits, or, where copies go to carers, a neutral line: the question may be private (clinical.md 0.19)."""
    check_in = chart.open_check_in
    if check_in is None or not chart.enrolled.helpers:
        return check_ins.repeat(chart, now)
    key = f"c{check_in.id}/ready/{stamp(now)}"
    return Decision(outgoing=(prompts.ready(chart, check_in, key, starts=False),))


def mended(clinic: Clinic, interruption: Interruption, asked: Sequence[PatientId], now: datetime) -> Decision:
    """All are asked. After twenty hours staff know of whom a message may be lost, those first who were asked something.

    The lead has the list, or the clinicians where no lead can be reached; the operator knows of it in any case.
    """
    done = Decision((InterruptionMended(now, interruption.since),))
    if interruption.until - interruption.since < LOST_AFTER:
        return done
    zone = clinic.settings.hours.zone
    readers = clinic.reachable(Role.LEAD) or clinic.reachable(Role.CLINICIAN) or clinic.reachable(Role.ADMIN)
    listed = tuple(
        to_staff(
            clinic,
            member.id,
            "staff/may_have_written",
            key=f"interrupted/{stamp(interruption.since)}/{member.id}",
            subject="interrupted",
            lane=Lane.REPLY,
            params={
                "since": Instant(interruption.since, zone),
                "until": Instant(interruption.until, zone),
                "codes": ", ".join(asked[:CODES_SHOWN_MAX]),
                "more": max(0, len(asked) - CODES_SHOWN_MAX),
            },
        )
        for member in readers
    )
    hours = int((interruption.until - interruption.since) / timedelta(hours=1))
    told = staff.notify_operator(clinic, "long_interruption", f"{hours} h", now)
    return done + Decision(outgoing=listed) + told
