"""What a button says when it is pressed, as the few bytes that Telegram gives it.

The first character is the version of the form. `1` is readable: `1ak7m2x.3.bladder.new.cauda_equina.en`. Where that is
longer than Telegram takes, the form is `2`: the same, but for the patient's code, as one number in printable ASCII.
Both carry everything that a press needs with no database (clinical.md 0.5). A released version is read for ever:
buttons stand in people's chats for months.
"""

import re
from typing import assert_never

from followupbot.domain.ids import (
    AlertId,
    CardId,
    CarerId,
    CheckInId,
    Language,
    MessageId,
    PatientId,
    QuestionId,
    StaffId,
    TopicId,
)
from followupbot.domain.presses import (
    AlertPress,
    AnswerPress,
    BackPress,
    CanaryPress,
    CarerPress,
    ChangePlanPress,
    ChangePress,
    CheckNowPress,
    CommandPress,
    ConfirmPlanPress,
    ConsentPress,
    CrisisPress,
    DetailsPress,
    EndExpectedPress,
    ExpectPress,
    HandOverPress,
    HelpPress,
    LaterPress,
    MeantPress,
    NextPress,
    PracticePress,
    Press,
    ReachPress,
    ResolvePress,
    SaidPress,
    StaffCommandPress,
    StartPress,
    TakePress,
    TeachBackPress,
    TopicPress,
    YearlyPress,
)

CALLBACK_DATA_BYTES_MAX = 64
"""Telegram's limit, in bytes (Bot API, InlineKeyboardButton)."""

NAME_CHARS_MAX = 24
"""Of a question, a card, a choice: two names of this length, a short value and a language fit."""

NUMBER_DIGITS_MAX = 9

NOBODY = "-"
"""Stands where a patient's code does, in a button that is about none or has it in its argument."""

_PATIENT = re.compile(r"[A-Za-z0-9-]{1,12}")
_NAME = re.compile(rf"[a-z0-9_-]{{1,{NAME_CHARS_MAX}}}")
_ARGUMENT = re.compile(r"[A-Za-z0-9:/_+-]{0,40}")
_NUMBER = re.compile(rf"0|[1-9][0-9]{{0,{NUMBER_DIGITS_MAX - 1}}}")

_READABLE, _PACKED = "1", "2"
_PACKABLE = ".abcdefghijklmnopqrstuvwxyz0123456789_-"
# All of printable ASCII but the space, which somebody on the way might trim.
_DIGITS = "".join(map(chr, range(0x21, 0x7F)))


def encode(press: Press) -> str:
    """The data of a button with that press. ValueError where a name has letters or a length that no button bears."""
    kind, patient, *rest = _fields(press)
    plain = f"{_READABLE}{kind}{patient}.{'.'.join(rest)}"
    data = plain if len(plain) <= CALLBACK_DATA_BYTES_MAX else f"{_PACKED}{kind}{patient}.{_pack('.'.join(rest))}"
    if len(data) > CALLBACK_DATA_BYTES_MAX or decode(data) != press:
        raise ValueError(f"no button bears {plain!r}")
    return data


def decode(data: str) -> Press | None:
    """The press that a button's data means; None where no button of ours ever bore it."""
    if len(data) > CALLBACK_DATA_BYTES_MAX or len(data) < 2 or not data.isascii():
        return None
    version, kind = data[0], data[1]
    patient, dot, rest = data[2:].partition(".")
    if not dot or not _PATIENT.fullmatch(patient):
        return None
    if version == _PACKED:
        unpacked = _unpack(rest)
        if unpacked is None or len(f"{version}{kind}{patient}.{unpacked}") <= CALLBACK_DATA_BYTES_MAX:
            return None
        rest = unpacked
    elif version != _READABLE:
        return None
    return _press(kind, PatientId(patient), rest.split("."))


def _fields(press: Press) -> tuple[str, ...]:
    match press:
        case ConsentPress(patient, agrees):
            return ("c", patient, str(int(agrees)))
        case StartPress(patient, check_in):
            return ("s", patient, str(check_in))
        case AnswerPress(patient, check_in, question, value, None, None):
            return ("a", patient, str(check_in), question, value)
        case AnswerPress(patient, check_in, question, value, card, language):
            return ("a", patient, str(check_in), question, value, card or "", language or "")
        case NextPress(patient, screen):
            return ("n", patient, str(screen))
        case ConfirmPlanPress(patient):
            return ("y", patient, "")
        case ChangePlanPress(patient, part, None):
            return ("g", patient, part)
        case ChangePlanPress(patient, part, value):
            return ("g", patient, part, value or "")
        case TeachBackPress(patient, answer):
            return ("b", patient, answer)
        case PracticePress(patient, answer):
            return ("p", patient, answer)
        case YearlyPress(patient, what, value):
            return ("w", patient, what, value)
        case BackPress(patient, check_in, None):
            return ("k", patient, str(check_in))
        case BackPress(patient, check_in, question):
            return ("k", patient, str(check_in), question or "")
        case ChangePress(patient, check_in, question, first):
            return ("o", patient, str(check_in), question or "", str(first))
        case SaidPress(patient, check_in):
            return ("i", patient, str(check_in))
        case LaterPress(patient, check_in):
            return ("l", patient, str(check_in))
        case HelpPress(patient, alert, getting, card, language):
            return ("h", patient, str(alert), str(int(getting)), card or "", language or "")
        case CrisisPress(patient, card, language):
            return ("x", patient, card, language)
        case CheckNowPress(patient):
            return ("u", patient, "")
        case TopicPress(patient, topic, sources):
            return ("e", patient, topic, str(int(sources)))
        case CommandPress(patient, command, argument):
            return ("m", patient, command, argument)
        case ReachPress(whom):
            return ("v", whom, "")
        case CarerPress(patient, carer, agrees):
            return ("j", patient, str(carer), str(int(agrees)))
        case MeantPress(patient, message):
            return ("q", patient, str(message))
        case StaffCommandPress(command, argument):
            return ("z", NOBODY, command, argument.replace(" ", "/"))
        case TakePress(patient, alert):
            return ("t", patient, str(alert))
        case ResolvePress(patient, alert, outcome, sure):
            return ("r", patient, str(alert), outcome, *(("1",) if sure else ()))
        case AlertPress(patient, alert, below):
            return ("A", patient, str(alert), *(("1",) if below else ()))
        case DetailsPress(patient, alert):
            return ("D", patient, str(alert))
        case HandOverPress(patient, alert, to, first):
            return ("H", patient, str(alert), to or "", str(first))
        case ExpectPress(patient, alert, reason, days):
            return ("E", patient, str(alert), reason or "", "" if days is None else str(days))
        case EndExpectedPress(patient):
            return ("X", patient, "")
        case CanaryPress(number):
            return ("z", "canary", str(number))
        case _:
            assert_never(press)


def _press(kind: str, patient: PatientId, fields: list[str]) -> Press | None:
    match kind, fields:
        case "c", ["0" | "1" as agrees]:
            return ConsentPress(patient, agrees == "1")
        case "s", [number] if _is_number(number):
            return StartPress(patient, CheckInId(int(number)))
        case "a", [number, question, value] if _is_number(number) and _are_names(question, value):
            return AnswerPress(patient, CheckInId(int(number)), QuestionId(question), value)
        case "a", [number, question, value, card, language]:
            named = [name for name in (card, language) if name]
            if not named or not _is_number(number) or not _are_names(question, value, *named):
                return None
            return AnswerPress(
                patient,
                CheckInId(int(number)),
                QuestionId(question),
                value,
                CardId(card) if card else None,
                Language(language) if language else None,
            )
        case "n", [number] if _is_number(number):
            return NextPress(patient, int(number))
        case "y", [""]:
            return ConfirmPlanPress(patient)
        case "g", [part] if _are_names(part):
            return ChangePlanPress(patient, part)
        case "g", [part, value] if _are_names(part, value):
            return ChangePlanPress(patient, part, value)
        case "b", [answer] if _are_names(answer):
            return TeachBackPress(patient, answer)
        case "p", [answer] if _are_names(answer):
            return PracticePress(patient, answer)
        case "w", [what, value] if _are_names(what, value):
            return YearlyPress(patient, what, value)
        case "k", [number] if _is_number(number):
            return BackPress(patient, CheckInId(int(number)))
        case "k", [number, question] if _is_number(number) and _are_names(question):
            return BackPress(patient, CheckInId(int(number)), QuestionId(question))
        case "o", [number, question, first] if _is_number(number) and _is_number(first):
            if not _are_names(*filter(None, (question,))):
                return None
            return ChangePress(patient, CheckInId(int(number)), QuestionId(question) if question else None, int(first))
        case "i", [number] if _is_number(number):
            return SaidPress(patient, CheckInId(int(number)))
        case "l", [number] if _is_number(number):
            return LaterPress(patient, CheckInId(int(number)))
        case "h", [number, "0" | "1" as getting, card, language]:
            if not _is_number(number) or not _are_names(*filter(None, (card, language))):
                return None
            return HelpPress(
                patient,
                AlertId(int(number)),
                getting == "1",
                CardId(card) if card else None,
                Language(language) if language else None,
            )
        case "x", [card, language] if _are_names(card, language):
            return CrisisPress(patient, CardId(card), Language(language))
        case "u", [""]:
            return CheckNowPress(patient)
        case "e", [topic, "0" | "1" as sources] if _are_names(topic):
            return TopicPress(patient, TopicId(topic), sources == "1")
        case "m", [command, argument] if _are_names(command) and _ARGUMENT.fullmatch(argument):
            return CommandPress(patient, command, argument)
        case "v", [""]:
            return ReachPress(patient)
        case "j", [number, "0" | "1" as agrees] if _is_number(number):
            return CarerPress(patient, CarerId(int(number)), agrees == "1")
        case "q", [number] if _is_number(number):
            return MeantPress(patient, MessageId(int(number)))
        case "z", [command, argument] if _are_names(command) and _ARGUMENT.fullmatch(argument):
            return StaffCommandPress(command, argument.replace("/", " "))
        case "t", [number] if _is_number(number):
            return TakePress(patient, AlertId(int(number)))
        case "r", [number, outcome] if _is_number(number) and _are_names(outcome):
            return ResolvePress(patient, AlertId(int(number)), outcome)
        case "r", [number, outcome, "1"] if _is_number(number) and _are_names(outcome):
            return ResolvePress(patient, AlertId(int(number)), outcome, sure=True)
        case "A", [number] if _is_number(number):
            return AlertPress(patient, AlertId(int(number)))
        case "A", [number, "1"] if _is_number(number):
            return AlertPress(patient, AlertId(int(number)), below=True)
        case "D", [number] if _is_number(number):
            return DetailsPress(patient, AlertId(int(number)))
        case "H", [number, to, first] if _is_number(number) and _is_number(first) and _are_names(*filter(None, (to,))):
            return HandOverPress(patient, AlertId(int(number)), StaffId(to) if to else None, int(first))
        case "E", [number, reason, days] if _is_number(number) and _are_names(*filter(None, (reason,))):
            if days and not _is_number(days):
                return None
            return ExpectPress(patient, AlertId(int(number)), reason or None, int(days) if days else None)
        case "X", [""]:
            return EndExpectedPress(patient)
        case "z", [number] if patient == "canary" and _is_number(number):
            return CanaryPress(int(number))
        case _:
            return None


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _are_names(*texts: str) -> bool:
    return all(_NAME.fullmatch(text) for text in texts)


def _pack(text: str) -> str:
    """The text as one number in `_DIGITS`. ValueError where it has a letter that can't be packed."""
    number = 1  # so that what begins with the letter of value 0 keeps it
    for letter in text:
        number = number * len(_PACKABLE) + _PACKABLE.index(letter)
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _unpack(digits: str) -> str | None:
    """What was packed; None where these digits are nothing that was."""
    number = 0
    for digit in digits:
        place = _DIGITS.find(digit)
        if place < 0:
            return None
        number = number * len(_DIGITS) + place
    text = ""
    while number > 1:
        number, place = divmod(number, len(_PACKABLE))
        text = _PACKABLE[place] + text
    return text if number == 1 and _pack(text) == digits else None
