"""What is said again after a check-in, one tap each: once a year, and when the consent text has changed.

Year of birth, consent, and what to do when something red happens (clinical.md 0.18, 6, teach-back).
"""

from datetime import date, datetime

from followupbot.domain import alerts
from followupbot.domain.addressing import patient_notice, retire, to_patient
from followupbot.domain.alert_state import Flag
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.enrolment import BirthYearConfirmed, BirthYearMistaken, ConsentGiven, TeachBackAnswered
from followupbot.domain.folding import fold
from followupbot.domain.ids import CheckInId, Concern, MessageId, RuleId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.presses import Choice, CommandPress, YearlyPress
from followupbot.domain.rules import Tier, Trace
from followupbot.domain.schedule import local
from followupbot.domain.screens import RED_FLAG_ANSWERS, RED_FLAG_RIGHT

BORN, CONSENT, TAUGHT = "born", "consent", "taught"

YEARS_SHOWN = 4
YEARS_APART = 3
"""The right year stands among others, so that who only taps on cannot say that they are the patient."""

WRONG_YEAR = RuleId("birth_year_mistaken")
"""Names the words for staff, `rules/birth_year_mistaken`; no protocol's rule."""


def ask(chart: Chart, now: datetime) -> tuple[OutgoingMessage, ...]:
    """The first thing to be said again, where an anniversary or a new consent text has come since it was said."""
    # After a check-in and never before it, also where the consent text has changed: nothing stands ahead of the
    # red-flag screens.
    if not _due(chart, now):
        return (_teach_back(chart),) if _to_be_taught(chart) else ()
    born = chart.enrolled.plan.born
    return (_ask_consent(chart, now) if born is None else _ask_born(chart, born),)


def hear(chart: Chart, what: str, value: str, pressed: MessageId, now: datetime) -> Decision:
    """What was said is on the record; a wrong year of birth puts the patient on the staff's list.

    A wrong answer to what to do is explained and asked again.
    """
    if what == TAUGHT and _to_be_taught(chart):
        return _hear_teach_back(chart, value, pressed, now)
    if what == TAUGHT or not _due(chart, now):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    retired = Decision(outgoing=(retire(chart, pressed, now),))
    plan = chart.enrolled.plan
    if what == CONSENT:
        given = ConsentGiven(now, chart.clinic.published.version, plan.language)
        return retired + Decision((given,), (_teach_back(fold(chart, (given,))),))
    if value == str(plan.born):
        return retired + Decision((BirthYearConfirmed(now),), (_ask_consent(chart, now),))
    flag = Flag(CheckInId(chart.check_in_count), Tier.ROUTINE, Concern("other"), Trace(WRONG_YEAR, 1, ()), now)
    doubted = to_patient(chart, "consent/yearly_not_you", key=f"yearly/not_you/{chart.version}", lane=Lane.REPLY)
    return retired + Decision((BirthYearMistaken(now),), (doubted,)) + alerts.raise_flag(chart, flag, now)


def _to_be_taught(chart: Chart) -> bool:
    """Whether they have said that they go on, and not yet since then what they do when something red happens."""
    active = chart.active
    if active is None or active.confirmed_at is None:
        return False
    return active.taught_at is None or active.taught_at < active.confirmed_at


def _hear_teach_back(chart: Chart, answer: str, pressed: MessageId, now: datetime) -> Decision:
    assert chart.active is not None, "only who takes part is asked again"
    right = answer == RED_FLAG_RIGHT
    said = TeachBackAnswered(now, answer, right, chart.active.taught_tries + 1)
    after = fold(chart, (said,))
    thanks = to_patient(chart, "consent/yearly_thanks", key=f"yearly/thanks/{chart.version}", lane=Lane.REPLY)
    return Decision((said,), (retire(chart, pressed, now), thanks if right else _teach_back(after)))


def _teach_back(chart: Chart) -> OutgoingMessage:
    assert chart.active is not None, "only who takes part is asked again"
    return to_patient(
        chart,
        "enrolment/teach_back_again" if chart.active.taught_tries else "enrolment/teach_back",
        key=f"yearly/taught/{chart.version}",
        lane=Lane.REPLY,
        choices=tuple((Choice(answer, YearlyPress(chart.patient, TAUGHT, answer)),) for answer in RED_FLAG_ANSWERS),
    )


def _ask_born(chart: Chart, born: int) -> OutgoingMessage:
    first = born - YEARS_APART * (born % YEARS_SHOWN)
    years = [str(first + YEARS_APART * place) for place in range(YEARS_SHOWN)]
    return to_patient(
        chart,
        "consent/yearly_born",
        key=f"yearly/born/{chart.version}",
        lane=Lane.REPLY,
        choices=(tuple(Choice(year, YearlyPress(chart.patient, BORN, year)) for year in years),),
    )


def _ask_consent(chart: Chart, now: datetime) -> OutgoingMessage:
    changed = _said_on(chart) < _changed_on(chart, now)
    return to_patient(
        chart,
        "consent/changed" if changed else "consent/yearly",
        key=f"yearly/consent/{chart.version}",
        lane=Lane.REPLY,
        params={"years": chart.protocol().years} if changed else {},
        choices=(
            (Choice("go_on", YearlyPress(chart.patient, CONSENT, "yes")),),
            (Choice("stop", CommandPress(chart.patient, "stop")),),
        ),
    )


def _due(chart: Chart, now: datetime) -> bool:
    active, zone = chart.active, chart.enrolled.plan.zone
    if active is None:
        return False
    anniversary = _anniversary(local(active.consented_at, zone).date(), local(now, zone).date())
    return _said_on(chart) < max(anniversary, _changed_on(chart, now))


def _said_on(chart: Chart) -> date:
    """When the patient last agreed."""
    active = chart.active
    assert active is not None, "only who takes part is asked again"
    return local(active.confirmed_at or active.consented_at, chart.enrolled.plan.zone).date()


def _changed_on(chart: Chart, now: datetime) -> date:
    """When the consent text changed; the beginning of time where it never has, or not yet."""
    changed = chart.clinic.settings.consent_changed_on
    return changed if changed is not None and changed <= local(now, chart.enrolled.plan.zone).date() else date.min


def _anniversary(of: date, today: date) -> date:
    """The newest that is not ahead; that of 29 February is the 28th where there is none."""
    for year in (today.year, today.year - 1):
        leap = (of.month, of.day) == (2, 29)
        day = date(year, 2, 28) if leap else of.replace(year=year)
        if day <= today:
            return day
    raise AssertionError("one year ago is not ahead")
