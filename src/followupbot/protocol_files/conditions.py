"""What a condition in a protocol file must keep to: names that lead somewhere, values that there are, history."""

from collections.abc import Iterator, Mapping

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.comparisons import (
    AnyOf,
    AtLeast,
    AtMost,
    BaselineConfirmed,
    FallsBy,
    Flagged,
    Includes,
    Is,
    Leaf,
    Missed,
    Newly,
    NotAnsweredFor,
    RisesBy,
    Unanswered,
    WereAtMost,
)
from followupbot.domain.conditions import All, Any, Condition, ConfirmedWithin, HeldBefore, Not, readings_needed
from followupbot.domain.evidence import Since
from followupbot.domain.gates import Gate
from followupbot.domain.ids import QuestionId
from followupbot.domain.questions import Choice, Date, Multiple, Number, Question, Scale, Text, YesNo
from followupbot.domain.replies import AS_BEFORE, Value
from followupbot.domain.series import READINGS_MAX
from followupbot.protocol_files.reading import Path, Reading, nearest


def inspect_condition(
    protocol: CareProtocol, condition: Condition, path: Path, reading: Reading, of_rule: bool
) -> None:
    """Everything that is wrong with it is reported; `of_rule` says whether a rule waits for it, or a question."""
    names = answer_names(protocol)
    for leaf, at in _leaves(condition, path):
        unknown = [name for name in leaf.questions() if name not in names]
        for name in unknown:
            reading.complain((*at, "question"), f'no answer is named "{name}"{nearest(name, names)}')
        if not unknown:
            _inspect_leaf(protocol, leaf, at, reading, of_rule)
    needed = readings_needed(condition)
    if needed > READINGS_MAX:
        message = f"it looks {needed} readings back, this one counted; a chart keeps {READINGS_MAX}"
        reading.complain((*path, condition.KEY), message)
    _inspect_nesting(condition, path, reading)


def answer_names(protocol: CareProtocol) -> Mapping[QuestionId, Question | None]:
    """Every name that an answer or a score may have; None stands for a score."""
    names: dict[QuestionId, Question | None] = {
        name: asked.question for asked in protocol.asked for name in asked.question.ids()
    }
    return names | {score.id: None for score in protocol.scores}


def _inspect_leaf(protocol: CareProtocol, leaf: Leaf, at: Path, reading: Reading, of_rule: bool) -> None:
    match leaf:
        case Is(question, value):
            _inspect_value(protocol, question, value, (*at, "value"), reading)
        case Newly(question, value):
            _inspect_value(protocol, question, value, (*at, "value"), reading, several=True)
        case AnyOf(question, values):
            for n, value in enumerate(values):
                _inspect_value(protocol, question, value, (*at, "values", n), reading)
        case Includes(question, value):
            _inspect_value(protocol, question, value, (*at, "value"), reading, several=True)
            found = protocol.question(question)
            if found is not None and not isinstance(found, Multiple):
                reading.complain((*at, "question"), f'"{question}" is answered with one thing; ask with "is"')
        case AtLeast(question, value) | AtMost(question, value):
            _inspect_amount(protocol, question, value, at, reading)
        case RisesBy() | FallsBy():
            _inspect_rise(protocol, leaf, at, reading)
        case WereAtMost(question, value, readings):
            _inspect_amount(protocol, question, value, at, reading)
            if readings < 1:
                reading.complain((*at, "readings"), "expected at least 1 reading")
        case Flagged():
            if of_rule:
                reading.complain(at, '"flagged" is for ask_if; no rule waits for another')
        case BaselineConfirmed(question):
            found = protocol.question(question)
            if not isinstance(found, Gate) or AS_BEFORE not in found.values(question):
                reading.complain((*at, "question"), f'"{question}" is never told as "had this before, unchanged"')
        case Missed() | NotAnsweredFor() | Unanswered():
            if not of_rule:
                reading.complain(at, f'"{leaf.KEY}" is known when a check-in expires; nothing is asked then')
            if isinstance(leaf, Missed) and leaf.times < 1:
                reading.complain((*at, "times"), "expected at least 1")


def _inspect_value(
    protocol: CareProtocol,
    question: QuestionId,
    value: Value,
    path: Path,
    reading: Reading,
    several: bool = False,
) -> None:
    """The value is one that the question is answered with."""
    found = protocol.question(question)
    if isinstance(found, Multiple) and not several:
        reading.complain(path, f'"{question}" may be answered with several; ask with "includes"')
        return
    if isinstance(found, Date):
        reading.complain((*path[:-1], "question"), f'"{question}" is a date, which no condition compares')
        return
    possible = found.values(question) if found else ()
    if not possible or value in possible:
        return
    if isinstance(possible[0], int):
        known = f"; its answers are {possible[0]} to {possible[-1]}"
    else:
        known = nearest(str(value), [str(name) for name in possible])
    reading.complain(path, f'"{question}" is never answered with {value}{known}')


def _inspect_amount(
    protocol: CareProtocol, question: QuestionId, value: int | float, at: Path, reading: Reading
) -> None:
    found = protocol.question(question)
    if found is None:
        return  # a score: it has numbers only
    if not isinstance(found, Scale | Number):
        reading.complain((*at, "question"), f'"{question}" is not answered with a number')
        return
    if isinstance(value, float):
        reading.complain((*at, "value"), f'"{question}" is answered with whole numbers')
        return
    _inspect_value(protocol, question, value, (*at, "value"), reading)


def _inspect_rise(protocol: CareProtocol, leaf: RisesBy | FallsBy, at: Path, reading: Reading) -> None:
    found = protocol.question(leaf.question)
    if found is not None and not isinstance(found, Scale | Number | Choice):
        reading.complain((*at, "question"), f'"{leaf.question}" has neither numbers nor steps that could rise or fall')
        return
    most = _steps(found)
    if leaf.value <= 0 or (most is not None and leaf.value > most):
        reading.complain((*at, "value"), f"expected a number from 1 to {most}" if most else "expected more than 0")
    if leaf.since is Since.BEST and isinstance(found, Choice):
        reading.complain((*at, "since"), "a best is kept of numbers only")
    usual = leaf.since is Since.USUAL
    for name in ("readings", "settled_after"):
        given = getattr(leaf, name) is not None
        if usual and not given:
            reading.complain(at, f'since usual needs "{name}"')
        if given and not usual:
            reading.complain((*at, name), f'"{name}" belongs to since usual only')
    if leaf.readings == 0:
        reading.complain((*at, "readings"), "expected at least 1 reading")


def _steps(question: Question | None) -> int | None:
    """By how much an answer can change at most; None where nobody can tell."""
    match question:
        case Scale(_, minimum, maximum):
            return maximum - minimum
        case Number(_, _, minimum, maximum):
            return maximum - minimum
        case Choice(_, options):
            return len(options) - 1
        case YesNo() | Multiple() | Date() | Text() | Gate() | None:
            return None


def _inspect_nesting(condition: Condition, path: Path, reading: Reading, deep: int = 0) -> None:
    """What is not known of an earlier occasion does not stand inside a condition about one."""
    at = (*path, condition.KEY)
    match condition:
        case All(conditions) | Any(conditions):
            for n, part in enumerate(conditions):
                _inspect_nesting(part, (*at, n), reading, deep)
        case Not(part):
            _inspect_nesting(part, at, reading, deep)
        case HeldBefore(part) | ConfirmedWithin(part):
            _inspect_nesting(part, (*at, "condition"), reading, deep + 1)
        case RisesBy() | FallsBy() if condition.since is Since.BEST and deep > 1:
            reading.complain((*at, "since"), "a chart knows the best as of this occasion and the one before it")
        case Flagged() | BaselineConfirmed() | Missed() | NotAnsweredFor() | Unanswered() if deep:
            reading.complain(at, f'"{condition.KEY}" is not known of an earlier occasion')
        case _:
            pass


def _leaves(condition: Condition, path: Path) -> Iterator[tuple[Leaf, Path]]:
    """Each condition that holds no other, and where it stands."""
    at = (*path, condition.KEY)
    match condition:
        case All(conditions) | Any(conditions):
            for n, part in enumerate(conditions):
                yield from _leaves(part, (*at, n))
        case Not(part):
            yield from _leaves(part, at)
        case HeldBefore(part) | ConfirmedWithin(part):
            yield from _leaves(part, (*at, "condition"))
        case _:
            yield condition, at
