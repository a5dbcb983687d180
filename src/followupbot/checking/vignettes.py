"""Histories in plain sentences, and what a care protocol must make of each.

`protocols/<key>.vignettes.yaml` lies beside `protocols/<key>.yaml`; the `stage` is where it is played.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from followupbot.checking.histories import Gives, Occasion, Said, Vignette, Vignettes
from followupbot.checking.second_stage import SecondStage
from followupbot.checking.stage import NOTHING, Stage
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.ids import CardId, ProtocolKey, QuestionId, RuleId, TimingId, TopicId
from followupbot.domain.questions import Date, Multiple, Number, Text
from followupbot.domain.rules import Tier
from followupbot.protocol_files import shapes
from followupbot.protocol_files.durations import OFFSET, SPAN
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.programme import ReadFiles, ReadProtocol
from followupbot.protocol_files.reading import Listing, Node, Path, Reading, Scalar, nearest
from followupbot.protocol_files.shapes import Field, Keyed, Many, Name, OneOf, Record, Schema, Unreadable, Whole
from followupbot.protocol_files.sources import PROTOCOL, PROTOCOLS, VIGNETTES, key_in

VIGNETTES_MAX = 1000
OCCASIONS_MAX = 20

ALIKE_TOLD_MAX = 3
"""So many vignettes that go wrong in the same words are told of one by one."""


@dataclass(frozen=True)
class _Said:
    """Anything that is one word, number or text; or several."""

    def read(self, node: Node, reading: Reading) -> Said:
        match node:
            case Scalar(_, text, _) if text:
                return text
            case Listing(_, items) if all(isinstance(item, Scalar) for item in items):
                return tuple(item.text for item in items if isinstance(item, Scalar))
            case _:
                raise shapes.refuse(node, "an answer", reading)

    def schema(self) -> Schema:
        one = {"type": ["string", "integer"]}
        return {"anyOf": [one, {"type": "array", "items": one}]}


@dataclass(frozen=True)
class _OrNone:
    """A word, or `none`."""

    of: shapes.Shape[object]

    def read(self, node: Node, reading: Reading) -> object:
        return None if isinstance(node, Scalar) and node.text == NOTHING else self.of.read(node, reading)

    def schema(self) -> Schema:
        return {"anyOf": [{"const": NOTHING}, self.of.schema()]}


_TIER = _OrNone(OneOf({tier.value: tier for tier in Tier}))
SAYS = Keyed(Name(str, "the name of a question or an item"), _Said())
_LONG_NAME = shapes.Parsed(lambda text: _long_name(text), "^[a-z][a-z0-9_]{0,79}$", ("new_foot_drop_four_years_on",))

OCCASION = Record(
    "an occasion",
    (
        Field("asks", Name(TimingId, "the name of a timing"), None, "The timing that asks; by default the file's."),
        Field("at", OFFSET, None, "How long after the operation, where the timing does not say it."),
        Field("recheck", shapes.Truth(), False, "true: the re-check that the occasion before has planned."),
        Field("answers", SAYS, {}, "What is said; to other questions the usual."),
        Field("stops_at", Name(QuestionId, "the name of a question"), None, "The patient goes away at this question."),
        Field("then", SAYS, {}, "What is pressed on older messages afterwards."),
        Field("waits", SPAN, None, "For how long the clock runs on after the last answer."),
        Field("expires", shapes.Truth(), False, "true: the clock runs until the check-in is over."),
        Field("confirmed", shapes.Truth(), False, "true: afterwards the clinic confirms what is old and unchanged."),
    ),
    Occasion,
)

GIVES = Record(
    "what it gives",
    (
        Field("tier", _TIER, doc="The most urgent tier of the rules that fire, or none."),
        Field("rules", Many(Name(RuleId), 0), doc="All that fire on the last occasion."),
        Field("card", _OrNone(Name(CardId)), None, "The emergency card that is sent."),
        Field("alert", _TIER, doc="The tier of the alert that a clinician is to take."),
        Field("education", _OrNone(Name(TopicId)), None, "The topic that is sent."),
        Field("recheck", Many(Whole(1), 0), (), "How many days later the clock asks again."),
        Field("not_asked", Many(Name(QuestionId)), (), "Questions that must not be asked."),
        Field("scores", Keyed(Name(QuestionId), shapes.Number()), {}, "What these scores come to."),
    ),
    Gives,
)

VIGNETTE = Record(
    "a vignette",
    (
        Field("name", _LONG_NAME, doc="Its name in problems and tests."),
        Field("says", shapes.Text("a sentence"), doc="One sentence for the clinician who reads it."),
        Field("now", OCCASION, doc="The occasion that it is about."),
        Field("gives", GIVES, doc="What must come of it."),
        Field("history", Many(OCCASION, 1, OCCASIONS_MAX), (), "Occasions before, the oldest first."),
        Field("background", shapes.Truth(), True, "false: without the file's background."),
    ),
    Vignette,
)

FILE = Record(
    "a file of vignettes",
    (
        Field("usual", SAYS, doc="What is said to questions that a vignette is silent about."),
        Field("asks", Name(TimingId, "the name of a timing"), doc="The timing of an occasion that names none."),
        Field("background", Many(OCCASION, 1, OCCASIONS_MAX), doc="What comes before each vignette."),
        Field("vignettes", Many(VIGNETTE, 1, VIGNETTES_MAX), doc="The histories."),
    ),
    Vignettes,
)


def read_vignettes(reading: Reading) -> Vignettes | None:
    """The file; None where a part could not be read, all of which is then reported."""
    if reading.top is None:
        return None
    try:
        found = FILE.read(reading.top, reading)
    except Unreadable:
        return None
    lines: dict[str, int] = {}
    for n, vignette in enumerate(found.vignettes):
        if vignette.name in lines:
            text = f'"{vignette.name}" is the name of another vignette, in line {lines[vignette.name]}'
            reading.complain(("vignettes", n, "name"), text)
        lines.setdefault(vignette.name, reading.at("vignettes", n, "name").line)
    return found


def check_vignettes(files: Mapping[str, bytes], read: ReadFiles) -> Iterator[Problem]:
    """Every vignette that comes out otherwise, and every rule that no vignette shows.

    They are begun at once, on a second core where there is one; who takes the problems waits for the rest.
    """
    return _joined([*_begun(files, read)])


def _joined(parts: Iterable[Iterable[Problem]]) -> Iterator[Problem]:
    for problems in parts:
        yield from problems


def _begun(files: Mapping[str, bytes], read: ReadFiles) -> Iterator[Iterable[Problem]]:
    protocols = {found.protocol.key: found for found in read.protocols}
    for path in sorted(path for path in files if path.startswith(PROTOCOLS) and path.endswith(VIGNETTES)):
        key = ProtocolKey(key_in(path))
        reading = Reading(path, files[path])
        vignettes = read_vignettes(reading)
        yield reading.problems
        if f"{PROTOCOLS}{key}{PROTOCOL}" not in files:
            yield (Problem(path, 1, 1, f'there is no care protocol "{key}"{nearest(key, protocols)}'),)
        elif vignettes is not None and key in protocols and not reading.problems:
            if any(problem.severity is Severity.ERROR for problem in protocols[key].reading.problems):
                continue  # what is named there leads nowhere: it can't be played
            unknown = tuple(_unknown(vignettes, reading, protocols[key].protocol))
            yield unknown
            if unknown:
                continue
            second = SecondStage(Stage(vignettes, protocols[key].protocol), vignettes.vignettes)
            yield _check(vignettes, reading, protocols[key], second)
    for key, found in protocols.items():
        if found.triggers and f"{PROTOCOLS}{key}{VIGNETTES}" not in files:
            at = found.reading.at("triggers")
            text = f"no vignette shows any of these triggers: there is no {PROTOCOLS}{key}{VIGNETTES}"
            yield (Problem(found.reading.file, at.line, at.column, text),)


def _check_triggers(read: ReadProtocol, shown: Collection[RuleId]) -> Iterator[Problem]:
    """What must lead to a flag and leads to none in any vignette."""
    for name, rules in read.triggers.items():
        if not any(rule in shown for rule in rules):
            at = read.reading.at("triggers", name)
            text = f'no vignette shows the trigger "{name}": none gives {" or ".join(rules)}'
            yield Problem(read.reading.file, at.line, at.column, text)


def _unknown(vignettes: Vignettes, reading: Reading, protocol: CareProtocol) -> Iterator[Problem]:
    """Questions and answers that the care protocol does not have: once where they stand, not in each vignette."""
    known: dict[str, set[str] | None] = {}
    for asked in protocol.asked:
        for item, value in asked.presses():
            known[item] = {*(known.get(item) or ()), value}
        if isinstance(asked.question, Number | Date | Text | Multiple):
            known[asked.question.id] = None  # anything may be said to it, or several together
    for path, said in _sayings(vignettes):
        for name, answer in said.items():
            at = reading.at(*path, name)
            if name not in known:
                text = f'no question and no item is named "{name}"{nearest(name, known)}'
                yield Problem(reading.file, at.line, at.column, text)
                continue
            values = known[name]
            if values is not None and answer not in values:
                shown = answer if isinstance(answer, str) else ", ".join(answer)
                text = f'"{name}" can\'t be answered with "{shown}"{nearest(shown, values)}'
                yield Problem(reading.file, at.line, at.column, text)


def _sayings(vignettes: Vignettes) -> Iterator[tuple[Path, Mapping[str, Said]]]:
    """Everything that is said in the file, and where."""
    yield ("usual",), vignettes.usual
    for n, occasion in enumerate(vignettes.background):
        yield from _said_on(occasion, ("background", n))
    for n, vignette in enumerate(vignettes.vignettes):
        yield from _said_on(vignette.now, ("vignettes", n, "now"))
        for i, occasion in enumerate(vignette.history):
            yield from _said_on(occasion, ("vignettes", n, "history", i))


def _said_on(occasion: Occasion, path: Path) -> Iterator[tuple[Path, Mapping[str, Said]]]:
    yield (*path, "answers"), occasion.answers
    yield (*path, "then"), occasion.then


def _told_once(faults: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """What goes otherwise in many vignettes in the same way is told of the first, with how many more there are."""
    found = Counter(fault for _, fault in faults)
    told: set[str] = set()
    for n, fault in faults:
        if found[fault] <= ALIKE_TOLD_MAX:
            yield n, fault
        elif fault not in told:
            told.add(fault)
            yield n, f"{fault} (and so in {found[fault] - 1} more)"


def _check(vignettes: Vignettes, reading: Reading, read: ReadProtocol, second: SecondStage) -> Iterator[Problem]:
    shown: set[RuleId] = set()
    faults = [(n, fault) for n, found in enumerate(second.faults()) for fault in found]
    for n, fault in _told_once(faults):
        at = reading.at("vignettes", n, "name")
        yield Problem(reading.file, at.line, at.column, f"{vignettes.vignettes[n].name}: {fault}")
    for vignette in vignettes.vignettes:
        shown |= set(vignette.gives.rules)
    for n, rule in enumerate(read.protocol.rules):
        if rule.id not in shown:
            place = read.reading.at("rules", n, "id")
            text = f'no vignette shows the rule "{rule.id}"'
            yield Problem(read.reading.file, place.line, place.column, text, Severity.WARNING)
    yield from _check_triggers(read, shown)


def _long_name(text: str) -> str:
    if not shapes.NAME.fullmatch(text) or len(text) > 80:
        raise ValueError("a name: small letters, digits and _, at most 80")
    return text
