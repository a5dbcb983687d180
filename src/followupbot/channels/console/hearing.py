"""What is typed at a terminal in the patient's place, and which of our functions is meant."""

from datetime import datetime

from followupbot.application import anytime, commands, patients
from followupbot.application.ports import Charts
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.ids import MessageId, PatientId
from followupbot.domain.presses import (
    CanaryPress,
    CarerPress,
    CheckNowPress,
    CommandPress,
    CrisisPress,
    HelpPress,
    MeantPress,
    Press,
    StaffPress,
    TopicPress,
)

PRESSED = MessageId(1)
"""Which message it was: a terminal edits none, so they need no names."""


def pressed(charts: Charts, press: Press, cause: Cause, now: datetime) -> Decision:
    """A button's key was typed."""
    assert not isinstance(press, StaffPress | CanaryPress), "no patient is sent such a button"
    match press:
        case CarerPress() | MeantPress():
            raise AssertionError("no patient is sent such a button")
        case CommandPress():
            return commands.carry_out(charts, press.patient, press.command, press.argument, cause, now)
        case HelpPress() | CrisisPress() | CheckNowPress() | TopicPress():
            return anytime.press(charts, press, PRESSED, cause, now)
        case _:
            return patients.press(charts, press, PRESSED, cause, now)


def written(charts: Charts, patient: PatientId, text: str, cause: Cause, now: datetime) -> Decision:
    """Anything else was typed: a command, or words."""
    if text.startswith("/"):
        command, _, argument = text.removeprefix("/").partition(" ")
        return commands.carry_out(charts, patient, command, argument, cause, now)
    return patients.write(charts, patient, text, cause, now)
