"""What a patient can tell us by a slash command: each command's name, and who carries it out."""

from collections.abc import Callable, Mapping
from datetime import datetime

from followupbot.application import anytime, invitations, patients, records, requests
from followupbot.application.ports import Charts, Records
from followupbot.domain.decision import ByCarer, Cause, Decision, Speaker
from followupbot.domain.ids import PatientId

CommandFunction = Callable[[Charts, PatientId, str, Cause, datetime], Decision]
"""Given where the chart is, the patient, what stood behind the command, the cause, and the time."""

RecordFunction = Callable[[Records, PatientId, str, Cause, datetime], Decision]
"""The same for what needs more than the chart: everything that is kept."""

COMMANDS: Mapping[str, CommandFunction] = {
    "urgent": anytime.urgent,
    "report": anytime.report,
    "learn": anytime.learn,
    "pause": requests.pause,
    "resume": requests.resume,
    "time": requests.change_time,
    "zone": requests.change_zone,
    "language": requests.change_language,
    "stop": requests.stop,
    "carer": invitations.ask,
    "privacy": requests.explain_privacy,
    "delete": requests.delete,
    "help": requests.explain,
}

RECORD_COMMANDS: Mapping[str, RecordFunction] = {
    "progress": records.show_progress,
    "mydata": records.copy_own,
}
"""For the patient's own chat only: a terminal or a telephone call has no record at hand."""

AFTER_DEATH = frozenset({"urgent", "privacy"})
"""What may still be asked for in the chat of a patient who has died (clinical.md 0.13); the record is the clinic's."""

SAME_AS: Mapping[str, str] = {
    **dict.fromkeys(("urgente", "urgencia", "urgencias", "emergencia", "emergency"), "urgent"),
    **dict.fromkeys(("ayuda", "socorro"), "help"),
    **dict.fromkeys(("parar", "baja"), "stop"),
}
"""What is typed in a hurry or in Spanish; Telegram's menu has one spelling for all languages."""


def carry_out_in_chat(
    store: Records, patient: PatientId, command: str, argument: str, cause: Cause, now: datetime
) -> Decision:
    """The command was carried out, also one that reads the patient's own record."""
    function = RECORD_COMMANDS.get(command)
    if function is not None:
        return function(store, patient, argument, cause, now)
    return carry_out(store, patient, command, argument, cause, now)


def carry_out(charts: Charts, patient: PatientId, command: str, argument: str, cause: Cause, now: datetime) -> Decision:
    """The command was carried out. One that there is not is answered kindly, and words behind it are not lost."""
    function = COMMANDS.get(command)
    if function is not None:
        return function(charts, patient, argument, cause, now)
    if argument:
        return patients.write(charts, patient, as_words(command, argument), cause, now)
    return requests.misspell(charts, patient, cause, now)


def are_words(command: str, argument: str) -> bool:
    """Whether it is no command of ours but a sentence after a slash."""
    return bool(argument) and command not in COMMANDS and command not in RECORD_COMMANDS


def is_over(command: str, argument: str, by: Speaker) -> bool:
    """Whether the command has no use once staff have recorded that the patient died.

    Help in need stays, what is kept is said to whoever asks, a carer can still leave, and words are read as words.
    """
    leaves = command == "stop" and isinstance(by, ByCarer)
    return not leaves and command not in AFTER_DEATH and not are_words(command, argument)


def as_words(command: str, argument: str) -> str:
    """The sentence, as it was typed."""
    return f"/{command} {argument}"
