"""A patient who hears nothing that we start: for good, or until a day. Never asked why, and acted on at once.

What goes on: replies to what the patient presses or writes, and cards and notices of an emergency (clinical.md 0.11).
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from followupbot.domain import lapses, occasions, screens
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import EndReason
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import (
    ERASED_WITHIN,
    Declined,
    Following,
    Halted,
    Invited,
    Locked,
    Paused,
    Stopped,
)
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.enrolment import ConsentDeclined
from followupbot.domain.facts.patient import (
    DeletionRequested,
    PatientPaused,
    PatientResumed,
    PatientStopped,
    PreferenceAsked,
)
from followupbot.domain.folding import fold
from followupbot.domain.lexicon import Theme
from followupbot.domain.outgoing import Lane, OutgoingMessage, Recall
from followupbot.domain.params import Day, Param
from followupbot.domain.presses import Choice, CommandPress
from followupbot.domain.schedule import local, resolve

PAUSE_MAX = timedelta(weeks=26)
"""The longest pause. In half a year a patient is asked once at least (clinical.md 8b); who wants more rest may stop."""

OFFERED = ("1w", "2w", "4w", "3m")
"""The pauses that have a button, as `/pause` takes them; each has its words in the message."""


def means_stop(chart: Chart, text: str) -> bool:
    """Whether the whole message is one of the words for it, in any language that the clinic has."""
    return any(Theme.STOP in lexicon.themes(text) for lexicon in chart.clinic.published.lexicons.values())


def stop(chart: Chart, now: datetime) -> Decision:
    """Nothing is started any more; the patient hears that once, and that open alerts go on where there are any."""
    if isinstance(chart.enrolled.contact, Stopped) or chart.died:
        return _standing(chart, now)
    stopped = PatientStopped(now)
    ended, after = quieten(chart, stopped, "stopped", now)
    return ended + _standing(after, now)


def ask_how_long(chart: Chart, refused: bool, now: datetime) -> Decision:
    """Buttons for the usual pauses. `refused`: what was typed is no length of time, or too long a one.

    Who cannot pause hears how it stands.
    """
    if _clinics_to_end(chart) or chart.enrolled.halted is not None:
        return _standing(chart, now)
    rows = tuple(
        tuple(Choice(f"for_{length}", CommandPress(chart.patient, "pause", length)) for length in row)
        for row in (OFFERED[:2], OFFERED[2:])
    )
    until, weeks_max = screens.a_day_ahead(chart, now), PAUSE_MAX.days // 7
    params: dict[str, Param] = {"refused": refused, "until": until, "weeks_max": weeks_max}
    asked = PreferenceAsked(now, "pause", chart.speaker)
    return Decision((asked,), (_reply(chart, "replies/pause_ask", "pause", now, params, rows),))


def pause(chart: Chart, until: date, now: datetime) -> Decision:
    """Nothing is started before that day, on which it goes on by itself; a pause after a pause takes its place."""
    plan = chart.enrolled.plan
    if _clinics_to_end(chart) or chart.enrolled.halted is not None:
        return _standing(chart, now)
    if not local(now, plan.zone).date() < until <= (local(now, plan.zone) + PAUSE_MAX).date():
        return ask_how_long(chart, refused=True, now=now)
    paused = PatientPaused(now, resolve(until, time(), plan.zone))
    ended, after = quieten(chart, paused, "paused", now)
    return ended + _standing(after, now)


def resume(chart: Chart, now: datetime) -> Decision:
    """We write again when something is due. What fell into the time between is not asked any more."""
    if _clinics_to_end(chart):
        return _standing(chart, now)
    if isinstance(chart.enrolled.contact, Following):
        following = "replies/following" if chart.held is None else "replies/read_by_people"
        return Decision(outgoing=(_reply(chart, following, "resume", now),))
    facts = (*occasions.passed_over(chart, now, now), PatientResumed(now))
    after = fold(chart, facts)
    if isinstance(after.enrolled.contact, Halted):
        return Decision(facts) + _standing(after, now)
    return Decision(facts, (_reply(chart, "replies/resumed", "resume", now),))


def _clinics_to_end(chart: Chart) -> bool:
    """Whether it is the clinic's alone to go on: while a deletion waits, and where staff have recorded why not."""
    return chart.enrolled.deletion_requested_at is not None or isinstance(chart.enrolled.contact, Halted)


def request_deletion(chart: Chart, now: datetime) -> Decision:
    """Nothing is started any more, and staff have a request that is open (clinical.md 0.17).

    Who was still on the way in has declined by it.
    """
    if chart.enrolled.deletion_requested_at is not None:
        return _standing(chart, now)
    declined = Decision()
    if chart.active is None and not isinstance(chart.enrolled.state, Invited | Declined | Locked):
        declined = Decision((ConsentDeclined(now),))
    requested = DeletionRequested(now)
    ended, after = quieten(fold(chart, declined.chart_facts), requested, "stopped", now)
    return declined + ended + _standing(after, now)


def remind(chart: Chart, now: datetime) -> Decision | None:
    """What somebody hears who comes back with nothing to say, and has stopped or paused; None for all others."""
    return None if isinstance(chart.enrolled.contact, Following) else _standing(chart, now)


def wake(chart: Chart, now: datetime) -> Decision:
    """A pause that is over has ended, and what was due in it is recorded as not asked."""
    contact = chart.enrolled.contact
    if not isinstance(contact, Paused) or now < contact.until:
        return Decision()
    return Decision((*occasions.passed_over(chart, contact.until, now), PatientResumed(now)))


def next_wake_at(chart: Chart) -> datetime | None:
    """When the pause is over; None without one."""
    contact = chart.enrolled.contact
    return contact.until if isinstance(contact, Paused) else None


def quieten(
    chart: Chart, fact: ChartFact, reason: EndReason, now: datetime, by_staff: bool = False
) -> tuple[Decision, Chart]:
    """The fact, the end of the open check-in, and nothing of what waits goes out; and the chart after."""
    passed: Iterable[ChartFact] = ()
    if not isinstance(chart.enrolled.contact, Following):
        passed = occasions.passed_over(chart, now, now)
    decision = Decision((*passed, fact), (Recall(),))
    after = fold(chart, (*passed, fact))
    check_in = after.open_check_in
    if check_in is not None:
        ended = lapses.end(after, check_in, reason, now, by_staff)
        after = fold(after, ended.chart_facts)
        decision += ended
    return decision, after


def _standing(chart: Chart, now: datetime) -> Decision:
    """How it stands, with a button to come back; while a deletion waits only the clinic can call that off."""
    if chart.died:
        return Decision(outgoing=(_reply(chart, "replies/no_more", "halted", now),))
    alert = chart.unresolved_alert is not None
    again = ((Choice("resume", CommandPress(chart.patient, "resume")),),)
    if chart.enrolled.deletion_requested_at is not None:
        asked_at = chart.enrolled.deletion_requested_at
        due = Day(local(asked_at + ERASED_WITHIN, chart.enrolled.plan.zone).date())
        reply = _reply(chart, "replies/deletion_requested", "delete", now, {"alert": alert, "due": due})
    elif isinstance(chart.enrolled.contact, Halted):
        reply = _reply(chart, "replies/halted", "halted", now, {"alert": alert})
    elif isinstance(chart.enrolled.contact, Paused):
        day = Day(local(chart.enrolled.contact.until, chart.enrolled.plan.zone).date())
        reply = _reply(chart, "replies/paused", "pause", now, {"alert": alert, "until": day}, again)
    else:
        reply = _reply(chart, "replies/stopped", "stop", now, {"alert": alert}, again)
    return Decision(outgoing=(reply,))


def _reply(
    chart: Chart,
    message: str,
    key: str,
    now: datetime,
    params: dict[str, Param] | None = None,
    choices: tuple[tuple[Choice, ...], ...] = (),
) -> OutgoingMessage:
    return to_patient(chart, message, key=f"{key}/{stamp(now)}", lane=Lane.REPLY, params=params, choices=choices)
