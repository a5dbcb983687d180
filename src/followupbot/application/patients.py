"""What a patient can do."""

from datetime import datetime
from typing import assert_never

from followupbot.application import wishes
from followupbot.application.ports import Charts
from followupbot.domain import carers, changes, check_ins, enrolment, notes, pauses, preparation, writing, yearly
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Cause, Decision, FreeText, Speaker
from followupbot.domain.enrolment_state import Confirming, Halted, Identifying
from followupbot.domain.ids import ChatId, Language, MessageId, PatientId, TokenHash
from followupbot.domain.lexicon import Theme
from followupbot.domain.presses import (
    AnswerPress,
    BackPress,
    ChangePlanPress,
    ChangePress,
    CheckInPress,
    ConfirmPlanPress,
    ConsentPress,
    EnrolmentPress,
    LaterPress,
    NextPress,
    PracticePress,
    SaidPress,
    StartPress,
    TeachBackPress,
    YearlyPress,
)


def connect(
    charts: Charts,
    patient: PatientId,
    chat: ChatId,
    token: TokenHash,
    cause: Cause,
    now: datetime,
    language: Language | None = None,
) -> Decision:
    """A link was pressed in that chat: the patient's own, or that of somebody who is to help them."""

    def decide(chart: Chart) -> Decision:
        carer = chart.enrolled.carer_invited(token)
        if carer is None:
            return enrolment.connect(chart, chat, token, now, language)
        return carers.connect(chart, carer, chat, now) or enrolment.refuse_link(chart.clinic, chat, now, language)

    return charts.transact(patient, cause, decide)


def come(charts: Charts, speaker: Speaker, cause: Cause, now: datetime) -> Decision:
    """Somebody has opened the chat, with nothing to say: what waits for them stands there."""
    return charts.transact(speaker.patient, cause, lambda chart: _wait(chart, now))


def _wait(chart: Chart, now: datetime) -> Decision:
    return enrolment.wait(chart, now) if chart.speaker is None else carers.wait(chart, now)


def press(
    charts: Charts, pressed: EnrolmentPress | CheckInPress, message: MessageId, cause: Cause, now: datetime
) -> Decision:
    """One of the patient's buttons was pressed."""

    def decide(chart: Chart) -> Decision:
        match pressed:
            case StartPress():
                return check_ins.begin(chart, pressed.check_in, message, now)
            case BackPress() | ChangePress() | SaidPress():
                return _change(chart, pressed, message, now)
            case LaterPress():
                return check_ins.put_off(chart, pressed.check_in, message, now)
            case AnswerPress():
                return check_ins.answer_press(
                    chart, pressed.check_in, pressed.question, pressed.value, message, now, pressed.card
                )
            case _:
                return _step(chart, pressed, message, now)

    return charts.transact(pressed.patient, cause, decide)


def _change(chart: Chart, pressed: BackPress | ChangePress | SaidPress, message: MessageId, now: datetime) -> Decision:
    """Back to what was said, to one answer of it or to all."""
    if isinstance(pressed, SaidPress):
        return changes.leave(chart, pressed.check_in, message, now)
    if pressed.question is None:
        first = pressed.first if isinstance(pressed, ChangePress) else 0
        return changes.ask_which(chart, pressed.check_in, first, message, now)
    if isinstance(pressed, BackPress):
        return changes.go_back(chart, pressed.check_in, pressed.question, message, now)
    return changes.reopen(chart, pressed.check_in, pressed.question, message, now)


def _step(chart: Chart, pressed: EnrolmentPress, message: MessageId, now: datetime) -> Decision:
    """One step of an enrolment, or of what is said again once a year; none where staff have recorded why not."""
    if isinstance(chart.enrolled.contact, Halted):
        return enrolment.wait(chart, now)
    match pressed:
        case NextPress():
            return enrolment.read_on(chart, pressed.screen, message, now)
        case ConsentPress():
            return enrolment.consent(chart, pressed.agrees, message, now)
        case ConfirmPlanPress():
            return preparation.confirm_plan(chart, message, now)
        case ChangePlanPress():
            return preparation.change_plan(chart, pressed.part, pressed.value, message, now)
        case TeachBackPress():
            return preparation.teach_back(chart, pressed.answer, message, now)
        case PracticePress():
            return preparation.practise(chart, message, now)
        case YearlyPress():
            return yearly.hear(chart, pressed.what, pressed.value, message, now)
        case _:
            assert_never(pressed)


def write(charts: Charts, patient: PatientId, text: str, cause: Cause, now: datetime) -> Decision:
    """The patient wrote: that they stop, the year of birth, a wish, an answer, or a note that people read."""

    def decide(chart: Chart) -> Decision:
        if chart.speaker is not None and not carers.helps(chart, chart.speaker):
            return carers.wait(chart, now)
        if pauses.means_stop(chart, text):
            return enrolment.leave(chart, now) if chart.speaker is None else carers.leave(chart, now)
        note = FreeText(cause.key, text)
        if not chart.active:
            return _on_the_way_in(chart, note, now) or enrolment.hear(chart, note, now)
        return wishes.answer(chart, note, now) or writing.receive(chart, note, now)

    return charts.transact(patient, cause, decide)


def _on_the_way_in(chart: Chart, note: FreeText, now: datetime) -> Decision | None:
    """What the words come to where a year of birth or the plan was asked; None where they are a note."""
    if isinstance(chart.enrolled.contact, Halted):
        return None
    if isinstance(chart.enrolled.state, Identifying) and enrolment.may_be_year(chart, note.text):
        return enrolment.identify(chart, note.text, now)
    return wishes.answer_early(chart, note, now) if isinstance(chart.enrolled.state, Confirming) else None


def send(charts: Charts, patient: PatientId, note: str, cause: Cause, now: datetime) -> Decision:
    """The patient sent something that is no plain text: `note` says its kind, and the words that came with it.

    The thing itself stays in the chat. It is no answer to a question, whatever stands in it.
    """

    def decide(chart: Chart) -> Decision:
        if chart.speaker is not None and not carers.helps(chart, chart.speaker):
            return carers.wait(chart, now)
        if chart.active is None:
            return enrolment.hear(chart, FreeText(cause.key, note), now)
        return notes.receive(chart, FreeText(cause.key, note), now, notes.themes(chart, note) - {Theme.STOP})

    return charts.transact(patient, cause, decide)


def block(charts: Charts, speaker: Speaker, cause: Cause, now: datetime) -> Decision:
    """The chat of the patient, or of the carer, refuses our messages."""

    def decide(chart: Chart) -> Decision:
        return enrolment.block(chart, now) if chart.speaker is None else carers.block(chart, chart.speaker, now)

    return charts.transact(speaker.patient, cause, decide)


def unblock(charts: Charts, speaker: Speaker, cause: Cause, now: datetime) -> Decision:
    """The chat of the patient, or of the carer, takes our messages again."""

    def decide(chart: Chart) -> Decision:
        return enrolment.unblock(chart, now) if chart.speaker is None else carers.unblock(chart, chart.speaker, now)

    return charts.transact(speaker.patient, cause, decide)
