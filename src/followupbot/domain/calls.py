"""A patient on the telephone: staff read out what would stand in the chat, and enter what the patient says.

The same questions, rules, cards and alerts as in a chat; nothing of the conversation goes to one (clinical.md 0.19).
"""

from dataclasses import replace
from datetime import datetime

from followupbot.domain import cards, check_ins, help, preparation
from followupbot.domain.addressing import check_in_subject, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.facts import Fact
from followupbot.domain.facts.check_ins import CheckInCompleted, CheckInCutShort, QuestionAnswered
from followupbot.domain.facts.enrolment import ConsentGiven, PatientAdded
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.folding import fold
from followupbot.domain.outgoing import Lane, Outgoing, OutgoingMessage, Retire, ToPatient
from followupbot.domain.presses import AnswerPress


def add(chart: Chart, plan: Plan, taken_by: str, now: datetime) -> Decision:
    """A patient without a chat takes part: staff have heard their consent, and the first check-in waits for a call."""
    assert chart.enrolment is None, "a code is drawn anew for each patient"
    taken = (
        PatientAdded(now, plan),
        ConsentGiven(now, chart.clinic.published.version, plan.language, taken_by),
    )
    return Decision(taken) + preparation.enrol(fold(chart, taken), now)


def go_on(chart: Chart, now: datetime) -> Decision:
    """What stands open: the card of an emergency first, with what is asked behind it; then the check-in.

    A call that was cut off goes on here. Nothing at all where nothing waits.
    """
    alert, standing = chart.unresolved_alert, cards.standing(chart, now)
    if standing and alert is not None:
        asks = any(isinstance(button.press, AnswerPress) for row in standing[-1].choices for button in row)
        return Decision(outgoing=standing if asks else (*standing, help.question(chart, alert, now)))
    check_in = chart.open_check_in
    return Decision() if check_in is None else check_ins.begin(chart, check_in.id, None, now)


def enter(chart: Chart, heard: Decision, entered_by: str) -> Decision:
    """What is kept of that decision: facts that say who entered them, and nothing for the patient's chat.

    But for one line, where there is a chat: that the check-in whose buttons stand there was answered by telephone.
    """
    kept = tuple(item for item in heard.outgoing if not to_be_read_out(item))
    return replace(
        heard,
        facts=tuple(_entered(fact, entered_by) for fact in heard.facts),
        outgoing=(*kept, *_told_in_the_chat(chart, heard)),
    )


def to_be_read_out(item: Outgoing) -> bool:
    """Whether it is the patient's to hear, or to see."""
    return isinstance(item, OutgoingMessage | Retire) and isinstance(item.to, ToPatient)


def _entered(fact: Fact, entered_by: str) -> Fact:
    match fact:
        case QuestionAnswered() | NoteReceived():
            return replace(fact, entered_by=entered_by)
        case ConsentGiven():
            return replace(fact, taken_by=entered_by)
        case _:
            return fact


def _told_in_the_chat(chart: Chart, heard: Decision) -> tuple[OutgoingMessage, ...]:
    if not chart.enrolled.has_chat:
        return ()
    return tuple(
        to_patient(
            chart,
            "check_ins/by_phone",
            key=f"c{fact.check_in}/by_phone/{chart.version}",
            lane=Lane.REPLY,
            subject=check_in_subject(chart.patient, fact.check_in),
        )
        for fact in heard.facts
        if isinstance(fact, CheckInCompleted | CheckInCutShort)
    )
