"""Which rules can never fire or always do, and which questions are never put, found by trying answers.

Only answers that a condition can tell apart are tried. What was said before is free to be anything it can be, each
comparison by itself; so what is refused here can truly never be, while not everything that cannot be is found.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from followupbot.checking.forms import Form, forms_of
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.comparisons import (
    AnyOf,
    AtLeast,
    AtMost,
    FallsBy,
    Flagged,
    Includes,
    Is,
    Leaf,
    Newly,
    RisesBy,
    Truth,
)
from followupbot.domain.conditions import All, Any, Condition, ConfirmedWithin, HeldBefore, Not, leaves, of_silence
from followupbot.domain.gates import Gate
from followupbot.domain.ids import QuestionId
from followupbot.domain.questions import Choice, Date, Multiple, Number, Scale, Text, YesNo
from followupbot.domain.scores import Mean, PercentOfMaximum, Table
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.programme import ReadProtocol

TRIES_MAX = 20_000
"""For one condition in one form; what is not settled by then is let pass."""

UNANSWERED = "unanswered"

Tried = int | float | bool | str
Variable = tuple[object, ...]
Assignment = dict[Variable, Tried]


def check_reach(read: ReadProtocol) -> Iterator[Problem]:
    """Rules that never or always fire, questions that no form can come to put, conditions that decide nothing."""
    protocol = read.protocol
    forms = _largest_first(read)
    for n, rule in enumerate(protocol.rules):
        at = read.reading.at("rules", n, "when")
        if not any(_Search(protocol, form).finds(rule.condition) for form in forms):
            text = f'the rule "{rule.id}" can never fire: no answers of one form make it hold'
            yield Problem(read.reading.file, at.line, at.column, text)
        elif not of_silence(rule.condition) and _always(protocol, rule.condition, forms):
            text = f'the rule "{rule.id}" always fires, whatever is answered'
            yield Problem(read.reading.file, at.line, at.column, text)
    for n, asked in enumerate(protocol.asked):
        if asked.ask_if is None:
            continue
        at = read.reading.at("questions", n, "ask_if")
        own = [form for form in forms if asked.question.id in form]
        if protocol.after_card == asked.question.id:
            own = forms
        if own and not any(_Search(protocol, form).finds(asked.ask_if) for form in own):
            text = f'"{asked.question.id}" is never put: no answers make its "ask_if" hold'
            yield Problem(read.reading.file, at.line, at.column, text)
        elif own and _always(protocol, asked.ask_if, own):
            text = f'"{asked.question.id}" is always put; leave out its "ask_if"'
            yield Problem(read.reading.file, at.line, at.column, text, Severity.WARNING)


def _always(protocol: CareProtocol, condition: Condition, forms: Iterable[Form]) -> bool:
    """Whether every answer makes it hold, in each form that can make it hold at all."""
    for question in condition.questions():
        asked = protocol.asked_as(question)
        if asked is not None and asked.skippable and isinstance(asked.question, Text):
            return False  # It holds by anything that is said; so what matters is whether anything is.
    holding = [form for form in forms if condition.questions() <= _names(protocol, form)]
    return bool(holding) and not any(_Search(protocol, form, known=True).finds(Not(condition)) for form in holding)


def _largest_first(read: ReadProtocol) -> list[Form]:
    """Every form with the question that may follow a card; what holds in any form mostly holds in the largest."""
    after = () if read.protocol.after_card is None else (read.protocol.after_card,)
    return sorted({(*form, *after) for form in forms_of(read)}, key=lambda form: (-len(form), form))


def _names(protocol: CareProtocol, form: Form) -> frozenset[QuestionId]:
    """Every name that answers of that form may have, scores among them."""
    by_id = {asked.question.id: asked.question for asked in protocol.asked}
    names = {name for question in form if question in by_id for name in by_id[question].ids()}
    return frozenset(names | {score.id for score in protocol.scores if names.intersection(score.of)})


@dataclass
class _Search:
    """Looks for answers, in one form, under which a condition holds. `known`: everything was answered."""

    protocol: CareProtocol
    form: Form
    known: bool = False
    tries: int = field(default=0, init=False)

    def finds(self, condition: Condition) -> bool:
        """Whether there are any, or there was no time to tell."""
        self.tries = 0
        asks = dict(self._asks(condition))
        variables = self._variables((condition, *asks.values()))
        return self._try(condition, asks, list(variables.items()), {})

    def _try(
        self,
        condition: Condition,
        asks: Mapping[QuestionId, Condition],
        left: list[tuple[Variable, tuple[Tried, ...]]],
        chosen: Assignment,
    ) -> bool:
        self.tries += 1
        if self.tries > TRIES_MAX:
            return True
        truth = self._holds(condition, chosen)
        if truth is False:
            return False
        asked = [
            self._holds(ask_if, chosen)
            for question, ask_if in asks.items()
            if chosen.get(("now", question), UNANSWERED) != UNANSWERED
        ]
        if False in asked:
            return False
        if truth is True and all(asked):
            return True
        if not left:
            return False
        (variable, values), rest = left[0], left[1:]
        return any(self._try(condition, asks, rest, {**chosen, variable: value}) for value in values)

    def _asks(self, condition: Condition) -> Iterator[tuple[QuestionId, Condition]]:
        """Under which condition each name that it looks at is asked, and so on."""
        waiting, done = list(condition.questions()), set[QuestionId]()
        while waiting:
            name = waiting.pop()
            asked = self.protocol.asked_as(name)
            if name in done or asked is None or asked.ask_if is None:
                continue
            done.add(name)
            yield name, asked.ask_if
            waiting += asked.ask_if.questions()

    def _variables(self, conditions: tuple[Condition, ...]) -> dict[Variable, tuple[Tried, ...]]:
        """What may vary, and everything that it may be as far as these conditions can tell."""
        found: dict[Variable, tuple[Tried, ...]] = {}
        all_leaves = [leaf for condition in conditions for leaf in _outer_leaves(condition)]
        names = _names(self.protocol, self.form)
        for leaf in all_leaves:
            if isinstance(leaf, HeldBefore):
                found[("held", leaf)] = (True, False)
                continue
            for question in leaf.questions():
                there = tuple(_values(self.protocol, question, all_leaves)) if question in names else ()
                found[("now", question)] = there if self.known and there else (*there, UNANSWERED)
            if isinstance(leaf, RisesBy | FallsBy):
                then = tuple(_numbers(self.protocol, leaf.question, all_leaves))
                found[_reference(leaf)] = (*then, UNANSWERED)
            elif not isinstance(leaf, Is | AnyOf | AtLeast | AtMost):
                found[("free", leaf)] = (False, True)
        return found

    def _holds(self, condition: Condition, chosen: Assignment) -> Truth:
        match condition:
            case All(conditions):
                truths = [self._holds(part, chosen) for part in conditions]
                return False if False in truths else None if None in truths else True
            case Any(conditions):
                truths = [self._holds(part, chosen) for part in conditions]
                return True if True in truths else None if None in truths else False
            case Not(part):
                truth = self._holds(part, chosen)
                return None if truth is None else not truth
            case ConfirmedWithin(part, within):
                return self._holds(All((part, HeldBefore(part, within))), chosen)
            case HeldBefore():
                held = chosen.get(("held", condition))
                return held if isinstance(held, bool) else None
            case _:
                return self._leaf(condition, chosen)

    def _leaf(self, leaf: Leaf, chosen: Assignment) -> Truth:
        match leaf:
            case Flagged(tier):
                if not any(rule.tier.at_least(tier) for rule in self.protocol.rules):
                    return False
                return _free(leaf, chosen)
            case RisesBy() | FallsBy():
                return self._rise(leaf, chosen)
            case Newly(question, value):
                now = chosen.get(("now", question), UNANSWERED)
                so = None if now == UNANSWERED else self._together(question) or now == value
                return _and(so, _free(leaf, chosen))
            case Includes(question):
                return None if chosen.get(("now", question), UNANSWERED) == UNANSWERED else _free(leaf, chosen)
            case Is(question, value):
                now = chosen.get(("now", question), UNANSWERED)
                return None if now == UNANSWERED else now == value
            case AnyOf(question, values):
                now = chosen.get(("now", question), UNANSWERED)
                return None if now == UNANSWERED else now in values
            case AtLeast(question, value):
                now = chosen.get(("now", question), UNANSWERED)
                return now >= value if isinstance(now, int | float) else None
            case AtMost(question, value):
                now = chosen.get(("now", question), UNANSWERED)
                return now <= value if isinstance(now, int | float) else None
            case _:
                return _free(leaf, chosen)

    def _together(self, question: QuestionId) -> bool:
        """Whether several may be chosen: each by itself, then, may be among them or not."""
        return isinstance(self.protocol.question(question), Multiple)

    def _rise(self, leaf: RisesBy | FallsBy, chosen: Assignment) -> Truth:
        now, then = chosen.get(("now", leaf.question), UNANSWERED), chosen.get(_reference(leaf), UNANSWERED)
        if isinstance(now, str) and now != UNANSWERED:
            question = self.protocol.question(leaf.question)
            now = question.options.index(now) if isinstance(question, Choice) and now in question.options else now
        if isinstance(now, str) or isinstance(then, str):
            return None
        by = now - then if isinstance(leaf, RisesBy) else then - now
        return by >= leaf.value


def _free(leaf: Leaf, chosen: Assignment) -> Truth:
    truth = chosen.get(("free", leaf))
    return truth if isinstance(truth, bool) else None


def _and(one: Truth, other: Truth) -> Truth:
    return False if False in (one, other) else None if None in (one, other) else True


def _reference(leaf: RisesBy | FallsBy) -> Variable:
    return ("then", leaf.question, leaf.since, leaf.readings, leaf.settled_after)


def _outer_leaves(condition: Condition) -> Iterator[Leaf | HeldBefore]:
    """Every part that is tried by itself: what held before is one thing."""
    match condition:
        case All(conditions) | Any(conditions):
            for part in conditions:
                yield from _outer_leaves(part)
        case Not(part):
            yield from _outer_leaves(part)
        case ConfirmedWithin(part, within):
            yield from _outer_leaves(part)
            yield HeldBefore(part, within)
        case _:
            yield condition


def _values(protocol: CareProtocol, name: QuestionId, seen: Iterable[Leaf | HeldBefore]) -> Iterator[Tried]:
    """Every answer that conditions may tell apart."""
    question = protocol.question(name)
    match question:
        case Choice() | YesNo() | Multiple():
            yield from question.options
        case Gate():
            yield from (str(value) for value in question.values(name))
        case Text():
            yield "given"
        case Date():
            yield "2020-03-02"
        case _:
            yield from _numbers(protocol, name, seen)


def _numbers(protocol: CareProtocol, name: QuestionId, seen: Iterable[Leaf | HeldBefore]) -> Iterator[int | float]:
    """Every number that conditions may tell apart, from the smallest that it can be to the largest."""
    lowest, highest = _bounds(protocol, name)
    found = {lowest, highest}
    for leaf in seen:
        for part in leaves(leaf):
            amount = getattr(part, "value", None)
            if name in part.questions() and isinstance(amount, int | float):
                found |= {amount - 1, amount, amount + 1, lowest + amount, highest - amount}
    yield from sorted(number for number in found if lowest <= number <= highest)


def _item_bounds(
    protocol: CareProtocol, item: QuestionId, points: Mapping[str, int]
) -> tuple[int | float, int | float]:
    """The fewest and the most points that it can bring to a score: its options' points, or its own number."""
    question = protocol.question(item)
    if not isinstance(question, Choice | YesNo):
        return _bounds(protocol, item)
    possible = [points[option] for option in question.options]
    return min(possible), max(possible)


def _bounds(protocol: CareProtocol, name: QuestionId) -> tuple[int | float, int | float]:
    match protocol.question(name):
        case Scale(_, minimum, maximum) | Number(_, _, minimum, maximum):
            return minimum, maximum
        case Choice(_, options):
            return 0, len(options) - 1
        case _:
            pass
    score = protocol.score(name)
    if score is None:
        return 0, 0
    if isinstance(score, PercentOfMaximum):
        return 0, 100
    if isinstance(score, Table):
        return min(score.table.values(), default=0), max(score.table.values(), default=0)
    ranges = [_item_bounds(protocol, item, score.points) for item in score.of]
    lowest, highest = [low for low, _ in ranges], [high for _, high in ranges]
    if isinstance(score, Mean):
        return min(lowest), max(highest)
    # Items that need not be there bring nothing.
    return sum(sorted(lowest)[: score.items_at_least]), sum(highest)
