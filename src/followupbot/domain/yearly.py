"""What is said again after a check-in, one tap each: once a year, and when the consent text has changed."""

from datetime import date, datetime

from followupbot.domain import alerts
from followupbot.domain.addressing import patient_notice, retire, to_patient
from followupbot.domain.alert_state import Flag
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.enrolment import BirthYearConfirmed, BirthYearMistaken, ConsentGiven
from followupbot.domain.ids import CheckInId, Concern, MessageId, RuleId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.presses import Choice, CommandPress, YearlyPress
from followupbot.domain.rules import Tier, Trace
from followupbot.domain.schedule import local

BORN, CONSENT = "born", "consent"

YEARS_SHOWN = 4
YEARS_APART = 3
"""The right year stands among others, so that who only taps on cannot say that they are the patient."""

WRONG_YEAR = RuleId("birth_year_mistaken")
"""Names the words for staff, `rules/birth_year_mistaken`; no protocol's rule."""


def ask(chart: Chart, now: datetime) -> tuple[OutgoingMessage, ...]:
    """The first thing to be said again, where an anniversary or a new consent text has come since it was said."""
    if not _due(chart, now):
        return ()
    born = chart.enrolled.plan.born
    return (_ask_consent(chart, now) if born is None else _ask_born(chart, born),)


def hear(chart: Chart, what: str, value: str, pressed: MessageId, now: datetime) -> Decision:
    """What was said is on the record; a wrong year of birth puts the patient on the staff's list."""
    if not _due(chart, now):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    retired = Decision(outgoing=(retire(chart, pressed, now),))
    plan = chart.enrolled.plan
    if what == CONSENT:
        given = ConsentGiven(now, chart.clinic.published.version, plan.language)
        thanks = to_patient(chart, "consent/yearly_thanks", key=f"yearly/thanks/{chart.version}", lane=Lane.REPLY)
        return retired + Decision((given,), (thanks,))
    if value == str(plan.born):
        return retired + Decision((BirthYearConfirmed(now),), (_ask_consent(chart, now),))
    flag = Flag(CheckInId(chart.check_in_count), Tier.ROUTINE, Concern("other"), Trace(WRONG_YEAR, 1, ()), now)
    doubted = to_patient(chart, "consent/yearly_not_you", key=f"yearly/not_you/{chart.version}", lane=Lane.REPLY)
    return retired + Decision((BirthYearMistaken(now),), (doubted,)) + alerts.raise_flag(chart, flag, now)


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
