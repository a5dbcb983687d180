"""What those who help a patient can do in a chat of their own (clinical.md 0.19)."""

from datetime import datetime

from followupbot.application import commands
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import carers
from followupbot.domain.decision import ByCarer, Cause, Decision
from followupbot.domain.ids import MessageId
from followupbot.domain.presses import CarerPress

ALWAYS = frozenset({"urgent", "report", "learn", "privacy", "help", "stop"})
"""What a carer may ask for: nothing that shows what the patient has said, and nothing that ends it for the patient."""

FOR_WHO_HAS_NO_CHAT = frozenset({"pause", "resume", "time", "zone", "language"})
"""And these, where the carer's is the only chat: somebody has to be able to."""


def press(store: Store, pressed: CarerPress, message: MessageId, cause: Cause, now: datetime) -> Decision:
    """Whoever opened the link says whether they help."""
    return store.transact(pressed.patient, cause, lambda chart: carers.hear(chart, pressed.agrees, message, now))


def command(store: Store, by: ByCarer, name: str, argument: str, cause: Cause, now: datetime) -> Decision:
    """The command was carried out where it is a carer's to send; else it is said kindly that it is not."""
    chart = store.chart(by.patient)
    if chart is None or not carers.helps(chart, by.carer):
        return store.transact(by.patient, cause, lambda current: carers.wait(current, now))
    if name == "stop":
        return store.transact(by.patient, cause, lambda current: carers.leave(current, now))
    known = name in commands.COMMANDS or name in commands.RECORD_COMMANDS
    theirs = name in ALWAYS or (name in FOR_WHO_HAS_NO_CHAT and chart.enrolled.chat is None)
    if known and not theirs:
        store.record_refusal(cause, Action.SEE_OWN_RECORD, by.patient, now)
        return store.transact(by.patient, cause, lambda current: carers.refuse(current, now))
    return commands.carry_out(store, by.patient, name, argument, cause, now)
