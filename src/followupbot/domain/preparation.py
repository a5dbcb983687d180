"""The last steps before the first check-in: is the plan right, what to do when something red happens, the buttons."""

from datetime import datetime, time

from followupbot.domain import check_ins, screens
from followupbot.domain.addressing import patient_notice, retire, stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import AskedFor, Confirming, Practising, TeachingBack
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.enrolment import PatientEnrolled, PlanChanged, PlanConfirmed, TeachBackAnswered
from followupbot.domain.facts.patient import PreferenceAsked
from followupbot.domain.folding import fold
from followupbot.domain.ids import Language, MessageId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Param
from followupbot.domain.schedule import local


def go_on(chart: Chart, fact: ChartFact, pressed: MessageId | None, now: datetime) -> Decision:
    """The fact is recorded, and the next screen stands below the last, whose buttons are gone and whose words stay."""
    after = fold(chart, (fact,))
    screen = screens.show(after, f"screen/{after.version}", now)
    assert screen is not None, "a step of enrolment leads to a step of enrolment"
    if pressed is None:
        return Decision((fact,), (screen,))
    return Decision((fact,), (retire(chart, pressed, now), screen))


def too_late(chart: Chart) -> Decision:
    """An old button of a step that is behind: nothing changes."""
    return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))


# -- is this right? ----------------------------------------------------------------------------------------------------


def confirm_plan(chart: Chart, pressed: MessageId, now: datetime) -> Decision:
    """Language, zone and hour are right."""
    if not isinstance(chart.enrolled.state, Confirming):
        return too_late(chart)
    return go_on(chart, PlanConfirmed(now), pressed, now)


def change_plan(chart: Chart, part: str, value: str | None, pressed: MessageId, now: datetime) -> Decision:
    """What else that part may be is shown; with a value, it is that from now on, and the question stands again."""
    choices = screens.plan_choices(chart, part)
    asked = next((known for known in screens.PLAN_PARTS if known == part), None)
    if not isinstance(chart.enrolled.state, Confirming) or not choices or asked is None:
        return too_late(chart)
    if value is None:
        return Decision(outgoing=(retire(chart, pressed, now),)) + ask_part(chart, asked, now)
    if not any(choice.label == value for row in choices for choice in row):
        return too_late(chart)
    match asked:
        case "language":
            return set_part(chart, now, pressed, language=Language(value))
        case "zone":
            return set_part(chart, now, pressed, zone=screens.ZONES[value])
        case _:
            return set_part(chart, now, pressed, ask_at=time(int(value)))


def ask_part(chart: Chart, part: AskedFor, now: datetime, *, refused: bool = False) -> Decision:
    """What else that part of the plan may be, with its buttons. `refused`: what was written is nothing it may be."""
    params: dict[str, Param] = {} if part == "language" else {"refused": refused}
    shown = to_patient(
        chart,
        f"enrolment/plan_{part}",
        key=f"plan/{part}/{stamp(now)}",
        lane=Lane.REPLY,
        params=params,
        choices=screens.plan_choices(chart, part),
    )
    return Decision((PreferenceAsked(now, part),), (shown,))


def set_part(
    chart: Chart,
    now: datetime,
    pressed: MessageId | None = None,
    *,
    language: Language | None = None,
    zone: str | None = None,
    ask_at: time | None = None,
) -> Decision:
    """It is that from now on, and whether the plan is right is asked again."""
    plan = chart.enrolled.plan
    changed = PlanChanged(now, language or plan.language, zone or plan.zone, plan.ask_at if ask_at is None else ask_at)
    return go_on(chart, changed, pressed, now)


# -- the teach-back ----------------------------------------------------------------------------------------------------


def teach_back(chart: Chart, answer: str, pressed: MessageId, now: datetime) -> Decision:
    """What they said, and how often they were asked, is recorded; a wrong answer is explained and asked again."""
    state = chart.enrolled.state
    if not isinstance(state, TeachingBack):
        return too_late(chart)
    right = answer == screens.RED_FLAG_RIGHT
    return go_on(chart, TeachBackAnswered(now, answer, right, state.tries + 1), pressed, now)


# -- the practice, and the first check-in ------------------------------------------------------------------------------


def practise(chart: Chart, pressed: MessageId, now: datetime) -> Decision:
    """They know the buttons: they take part from now on. What they pressed is not kept."""
    if not isinstance(chart.enrolled.state, Practising):
        return too_late(chart)
    return Decision(outgoing=(retire(chart, pressed, now),)) + enrol(chart, now)


def enrol(chart: Chart, now: datetime) -> Decision:
    """They take part from now on, and the first check-in stands ready: late enrolment is never back-filled."""
    plan = chart.enrolled.plan
    today = local(now, plan.zone).date()
    operated = plan.surgery_on.anchor() <= today
    enrolled: tuple[ChartFact, ...] = (PatientEnrolled(now, today, operated),)
    after = fold(chart, enrolled)
    if not operated:
        ahead = to_patient(
            after,
            "enrolment/surgery_ahead",
            key=f"surgery_ahead/{chart.version}",
            lane=Lane.REPLY,
            params={"surgery_on": str(plan.surgery_on)},
        )
        return Decision(enrolled, (ahead,))
    welcome = to_patient(
        after,
        "enrolment/welcome",
        key=f"welcome/{chart.version}",
        lane=Lane.REPLY,
        params={"ask_at": plan.ask_at.isoformat("minutes")},
    )
    protocol = after.protocol()
    return Decision(enrolled, (welcome,)) + check_ins.ask(after, protocol.timing(protocol.at_enrolment), now)
