"""What one care protocol must keep within itself: every name leads somewhere, and every red flag too."""

from collections.abc import Iterable, Iterator

from followupbot.domain.care_protocol import Asked, CareProtocol
from followupbot.domain.conditions import All, Any, AnyOf, AtLeast, Condition, Evidence, Is, Not
from followupbot.domain.ids import QuestionId
from followupbot.domain.questions import (
    AS_BEFORE,
    CHOICES_MAX,
    GATE_ITEMS_MAX,
    NEW,
    SCALE_POINTS_MAX,
    Choice,
    Gate,
    Scale,
    Value,
)
from followupbot.domain.rules import Tier, fired
from followupbot.protocol_files.protocol import ProtocolText
from followupbot.protocol_files.reading import Path, Reading, Severity, nearest

TIERS_WITH_ALERTS = tuple(tier for tier in Tier if tier is not Tier.RECORD)


TIERS_THAT_BUZZ = (Tier.EMERGENCY, Tier.SAME_DAY)
"""The others stand in the list and in the digest (clinical.md 0.7)."""


def inspect(protocol: CareProtocol, text: ProtocolText, reading: Reading) -> None:
    """Everything that contradicts itself in the protocol is reported; what only follows from that is not."""
    if _inspect_names(protocol, reading):
        _inspect_questions(protocol, reading)
        _inspect_forms(protocol, text, reading)
        _inspect_rules(protocol, reading)
        if all(problem.severity is Severity.WARNING for problem in reading.problems):
            _inspect_gates(protocol, reading)
    _inspect_ladder(protocol, reading)


def _inspect_names(protocol: CareProtocol, reading: Reading) -> bool:
    """Whether each question, item, rule and timing has a name of its own."""
    questions: list[tuple[Path, str]] = []
    for n, asked in enumerate(protocol.asked):
        questions.append((("questions", n, "id"), asked.question.id))
        if isinstance(asked.question, Gate):
            questions += [(("questions", n, "items", i, "id"), item.id) for i, item in enumerate(asked.question.items)]
    rules = [(("rules", n, "id"), rule.id) for n, rule in enumerate(protocol.rules)]
    timings = [(("timings", n, "id"), timing.id) for n, timing in enumerate(protocol.timings)]
    twice = [
        _twice(questions, "question", reading),
        _twice(rules, "rule", reading),
        _twice(timings, "timing", reading),
    ]
    return not any(twice)


def _inspect_ladder(protocol: CareProtocol, reading: Reading) -> None:
    for tier in TIERS_WITH_ALERTS:
        paging = protocol.ladder.get(tier)
        if paging is None:
            reading.complain(("ladder",), f'the ladder has no line for "{tier}"')
        elif tier in TIERS_THAT_BUZZ and not paging.waits:
            reading.complain(("ladder", tier, "waits"), f"{tier} must page somebody; say how long each step has")
        elif tier is Tier.EMERGENCY and not paging.at_any_hour:
            reading.complain(("ladder", tier, "at_any_hour"), "an emergency must page at any hour")
    if Tier.RECORD in protocol.ladder:
        reading.complain(("ladder", Tier.RECORD), "record is only kept and raises no alert; leave it out")


def _inspect_questions(protocol: CareProtocol, reading: Reading) -> None:
    for n, asked in enumerate(protocol.asked):
        path: Path = ("questions", n)
        question = asked.question
        match question:
            case Scale(_, minimum, maximum):
                if minimum >= maximum:
                    reading.complain((*path, "minimum"), f"the scale's minimum, {minimum}, is not below its maximum")
                if maximum - minimum >= SCALE_POINTS_MAX:
                    points = maximum - minimum + 1
                    reading.complain(
                        (*path, "maximum"), f"the scale has {points} points; a phone shows {SCALE_POINTS_MAX}"
                    )
            case Choice(_, options):
                if len(options) > CHOICES_MAX:
                    reading.complain((*path, "options"), f"{len(options)} options; a phone shows {CHOICES_MAX}")
                _twice((((*path, "options", i), option) for i, option in enumerate(options)), "option", reading)
            case Gate(_, items):
                if len(items) > GATE_ITEMS_MAX:
                    message = f"{len(items)} items on one screen; split it: a phone shows {GATE_ITEMS_MAX}"
                    reading.complain((*path, "items"), message)
        if asked.ask_if is not None:
            _inspect_condition(protocol, asked.ask_if, (*path, "ask_if"), reading)


def _inspect_forms(protocol: CareProtocol, text: ProtocolText, reading: Reading) -> None:
    by_id = {asked.question.id: asked for asked in protocol.asked}
    for name, form in text.forms.items():
        before: list[QuestionId] = []
        for n, question in enumerate(form):
            path: Path = ("forms", name, n)
            if question not in by_id:
                screen = protocol.question(question)
                hint = f'; ask for its screen, "{screen.id}"' if screen else nearest(question, by_id)
                reading.complain(path, f'no question "{question}"{hint}')
                continue
            _inspect_order(by_id[question], [by_id[other] for other in before], path, reading)
            before.append(question)
        _twice((((("forms", name, n)), question) for n, question in enumerate(form)), "question of this form", reading)
    used = {line.form for line in text.timings}
    for name in text.forms:
        if name not in used:
            reading.complain(("forms", name), f'no timing asks the form "{name}"', Severity.WARNING)
    asked_for = {question for form in text.forms.values() for question in form}
    for n, asked in enumerate(protocol.asked):
        if asked.question.id not in asked_for:
            message = f'no form asks "{asked.question.id}"'
            reading.complain(("questions", n, "id"), message, Severity.WARNING)


def _inspect_order(asked: Asked, before: list[Asked], path: Path, reading: Reading) -> None:
    """Red flags come before all else, and a question comes after those that decide whether it is put."""
    if isinstance(asked.question, Gate) and any(not isinstance(other.question, Gate) for other in before):
        reading.complain(path, f'the red-flag screen "{asked.question.id}" must come before all other questions')
    known = {name for other in before for name in other.question.ids()}
    for needed in sorted((asked.ask_if.questions() if asked.ask_if else frozenset()) - known):
        reading.complain(path, f'"{asked.question.id}" depends on "{needed}", which this form does not ask before it')


def _inspect_rules(protocol: CareProtocol, reading: Reading) -> None:
    for n, rule in enumerate(protocol.rules):
        path: Path = ("rules", n)
        _inspect_condition(protocol, rule.condition, (*path, "when"), reading)
        if rule.tier is Tier.EMERGENCY and rule.card is None:
            reading.complain((*path, "tier"), "an emergency needs a card, so that the patient is told at once")
        if rule.tier is not Tier.EMERGENCY and rule.card is not None:
            reading.complain((*path, "card"), "only an emergency has a card")


def _inspect_gates(protocol: CareProtocol, reading: Reading) -> None:
    """No press on a red-flag screen may lead nowhere (clinical.md 0.2, 0.4; hazard H1)."""
    for n, asked in enumerate(protocol.asked):
        if not isinstance(asked.question, Gate):
            continue
        for i, item in enumerate(asked.question.items):
            path: Path = ("questions", n, "items", i, "id")
            if protocol.card_for(item.id, NEW) is None:
                reading.complain(path, f'no emergency rule fires when "{item.id}" is {NEW}')
            answered = Evidence({item.id: AS_BEFORE})
            if item.as_before and not fired(protocol.rules, answered, frozenset((item.id,))):
                reading.complain(path, f'no rule fires when "{item.id}" is {AS_BEFORE}')


def _inspect_condition(protocol: CareProtocol, condition: Condition, path: Path, reading: Reading) -> None:
    for leaf, at in _leaves(condition, path):
        names = [name for asked in protocol.asked for name in asked.question.ids()]
        unknown = sorted(leaf.questions() - frozenset(names))
        for name in unknown:
            reading.complain((*at, "question"), f'no answer is named "{name}"{nearest(name, names)}')
        if unknown:
            continue
        match leaf:
            case Is(question, value):
                _inspect_value(protocol, question, value, (*at, "value"), reading)
            case AnyOf(question, values):
                for n, value in enumerate(values):
                    _inspect_value(protocol, question, value, (*at, "values", n), reading)
            case AtLeast(question, value):
                _inspect_value(protocol, question, value, (*at, "value"), reading)
            case _:
                pass  # Another kind of condition has names only, and these lead somewhere.


def _inspect_value(protocol: CareProtocol, question: QuestionId, value: Value, path: Path, reading: Reading) -> None:
    found = protocol.question(question)
    possible = found.values(question) if found else ()
    if not possible or value in possible:
        return
    if all(isinstance(point, int) for point in possible):
        known = f"; its answers are {possible[0]} to {possible[-1]}"
    else:
        known = nearest(str(value), [str(name) for name in possible])
    reading.complain(path, f'"{question}" is never answered with {value}{known}')


def _leaves(condition: Condition, path: Path) -> Iterator[tuple[Condition, Path]]:
    at = (*path, condition.KEY)
    match condition:
        case All(conditions) | Any(conditions):
            for n, part in enumerate(conditions):
                yield from _leaves(part, (*at, n))
        case Not(part):
            yield from _leaves(part, at)
        case _:
            yield condition, at


def _twice(named: Iterable[tuple[Path, str]], what: str, reading: Reading) -> bool:
    """Whether two things have one name; reported at the second."""
    lines: dict[str, int] = {}
    found = False
    for path, name in named:
        if name in lines:
            reading.complain(path, f'"{name}" is the name of another {what}, in line {lines[name]}')
            found = True
        else:
            lines[name] = reading.at(*path).line
    return found
