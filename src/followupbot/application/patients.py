"""What a patient can do."""

from datetime import datetime

from followupbot.application.ports import Store
from followupbot.domain import check_ins, enrolment, notes
from followupbot.domain.chart import Chart, Identifying
from followupbot.domain.decision import Cause, Decision, FreeText
from followupbot.domain.ids import ChatId, MessageId, PatientId, TokenHash
from followupbot.domain.outgoing import AnswerPress, ConsentPress, StartPress


def connect(store: Store, patient: PatientId, chat: ChatId, token: TokenHash, cause: Cause, now: datetime) -> Decision:
    """The invitation's link was pressed in that chat."""
    return store.transact(patient, cause, lambda chart: enrolment.connect(chart, chat, token, now))


def press(
    store: Store, pressed: ConsentPress | StartPress | AnswerPress, message: MessageId, cause: Cause, now: datetime
) -> Decision:
    """One of the patient's buttons was pressed."""

    def decide(chart: Chart) -> Decision:
        match pressed:
            case ConsentPress():
                return enrolment.consent(chart, pressed.agrees, message, now)
            case StartPress():
                return check_ins.begin(chart, pressed.check_in, message, now)
            case AnswerPress():
                return check_ins.answer_press(
                    chart, pressed.check_in, pressed.question, pressed.value, message, now, pressed.card
                )

    return store.transact(pressed.patient, cause, decide)


def write(store: Store, patient: PatientId, text: str, cause: Cause, now: datetime) -> Decision:
    """The patient wrote: the year of birth, an answer, or a note that people read."""

    def decide(chart: Chart) -> Decision:
        if isinstance(chart.enrolled.state, Identifying):
            return enrolment.identify(chart, text, now)
        if not chart.active:
            return enrolment.wait(chart, now)
        answered = check_ins.answer_text(chart, text, now)
        return notes.receive(chart, FreeText(cause.key, text), now) if answered is None else answered

    return store.transact(patient, cause, decide)


def send(store: Store, patient: PatientId, what: str, cause: Cause, now: datetime) -> Decision:
    """The patient sent something that is no text: `what` is its kind. It stays in the chat; here is that it came."""

    def decide(chart: Chart) -> Decision:
        return (
            notes.receive(chart, FreeText(cause.key, f"[{what}]"), now) if chart.active else enrolment.wait(chart, now)
        )

    return store.transact(patient, cause, decide)


def block(store: Store, patient: PatientId, cause: Cause, now: datetime) -> Decision:
    """The patient's chat refuses our messages."""
    return store.transact(patient, cause, lambda chart: enrolment.block(chart, now))


def unblock(store: Store, patient: PatientId, cause: Cause, now: datetime) -> Decision:
    """The patient's chat takes our messages again."""
    return store.transact(patient, cause, lambda chart: enrolment.unblock(chart, now))
