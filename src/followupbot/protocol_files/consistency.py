"""What one care protocol must keep within itself: every name leads somewhere, and every red flag too."""

from collections.abc import Iterable
from datetime import timedelta

from followupbot.domain.alerts import EXPECTED
from followupbot.domain.care_protocol import Asked, CareProtocol
from followupbot.domain.check_in_state import RECHECK, REPORT, URGENT
from followupbot.domain.comparisons import BaselineConfirmed
from followupbot.domain.conditions import leaves, of_silence, readings_needed
from followupbot.domain.evidence import Evidence
from followupbot.domain.gates import GATE_ITEMS_MAX, Gate
from followupbot.domain.ids import QuestionId
from followupbot.domain.questions import (
    CHOICES_MAX,
    SCALE_POINTS_MAX,
    Choice,
    Date,
    Multiple,
    Number,
    Scale,
    Text,
    YesNo,
)
from followupbot.domain.replies import AS_BEFORE, NEW, RESERVED
from followupbot.domain.rules import Rule, Tier, emergency_card, fired
from followupbot.domain.scores import PercentOfMaximum, Score, Table
from followupbot.protocol_files.conditions import answer_names, inspect_condition
from followupbot.protocol_files.problems import Severity
from followupbot.protocol_files.protocol_text import ProtocolText
from followupbot.protocol_files.reading import Path, Reading, nearest
from followupbot.protocol_files.timings import inspect_timings

TIERS_WITH_ALERTS = tuple(tier for tier in Tier if tier is not Tier.RECORD)


EXPECTED_MAX = timedelta(days=92)
"""Three months: after that somebody looks anew."""

TIERS_THAT_BUZZ = (Tier.EMERGENCY, Tier.SAME_DAY)
"""The others stand in the list and in the digest (clinical.md 0.7)."""


def inspect(protocol: CareProtocol, text: ProtocolText, reading: Reading) -> None:
    """Everything that contradicts itself in the protocol is reported; what only follows from that is not."""
    if _inspect_names(protocol, reading):
        _inspect_questions(protocol, reading)
        _inspect_scores(protocol, reading)
        _inspect_forms(protocol, text, reading)
        _inspect_after_card(protocol, reading)
        _inspect_unscheduled(protocol, reading)
        _inspect_rules(protocol, reading)
        _inspect_reserved(protocol, reading)
        _inspect_triggers(protocol, text, reading)
        _inspect_outcomes(protocol, reading)
        inspect_timings(protocol, reading)
        if all(problem.severity is Severity.WARNING for problem in reading.problems):
            _inspect_gates(protocol, reading)
    _inspect_ladder(protocol, reading)


def _inspect_reserved(protocol: CareProtocol, reading: Reading) -> None:
    for n, timing in enumerate(protocol.timings):
        if timing.id == RECHECK:
            reading.complain(("timings", n, "id"), f'"{RECHECK}" is what a rule asks; give the timing another name')
        if timing.id in {URGENT, REPORT}:
            message = f'"{timing.id}" is what a patient asks for; give the timing another name'
            reading.complain(("timings", n, "id"), message)


def _inspect_outcomes(protocol: CareProtocol, reading: Reading) -> None:
    """Alerts can end, each way in a name of its own; what is expected ends on a day."""
    _twice(((("outcomes", n, "id"), outcome.id) for n, outcome in enumerate(protocol.outcomes)), "outcome", reading)
    for n, outcome in enumerate(protocol.outcomes):
        if outcome.id == EXPECTED:
            reading.complain(
                ("outcomes", n, "id"), f'"{EXPECTED}" is how "expected until" ends an alert; choose another'
            )
    if protocol.outcomes and all(outcome.confirms_baseline for outcome in protocol.outcomes):
        reading.complain(("outcomes",), "one outcome at least must fit every alert: one that confirms no baseline")
    if any(
        isinstance(leaf, BaselineConfirmed) for rule in protocol.rules for leaf in leaves(rule.condition)
    ) and not any(outcome.confirms_baseline for outcome in protocol.outcomes):
        reading.complain(("outcomes",), 'a rule asks for "baseline_confirmed", and no outcome confirms one')
    if protocol.expecting is not None:
        for n, span in enumerate(protocol.expecting.spans):
            if span < timedelta(days=1) or span % timedelta(days=1):
                reading.complain(("expecting", "spans", n), "expected a whole number of days")
            elif span > EXPECTED_MAX:
                days = EXPECTED_MAX.days
                reading.complain(("expecting", "spans", n), f"nothing is expected for more than {days} days at a time")


def _inspect_triggers(protocol: CareProtocol, text: ProtocolText, reading: Reading) -> None:
    """Every trigger has a rule that listens to an answer which some form asks for."""
    rules = {rule.id: rule for rule in protocol.rules}
    asked = {question for form in text.forms.values() for question in form} | {protocol.after_card}
    for name, found in text.triggers.items():
        unknown = [n for n, rule in enumerate(found) if rule not in rules]
        for n in unknown:
            reading.complain(("triggers", name, n), f'no rule "{found[n]}"{nearest(found[n], rules)}')
        looked_at = {question for rule in found if rule in rules for question in rules[rule].questions}
        scores = {score.id: score for score in protocol.scores if score.id in looked_at}
        looked_at = looked_at - scores.keys() | {item for score in scores.values() for item in score.of}
        put_by = {put.question.id if put else None for put in map(protocol.asked_as, looked_at)}
        if not unknown and None not in put_by and not put_by & asked:
            message = f'the rules of the trigger "{name}" look at no answer that a form asks for'
            reading.complain(("triggers", name), message)


def _inspect_names(protocol: CareProtocol, reading: Reading) -> bool:
    """Whether each question, item, rule and timing has a name of its own."""
    questions: list[tuple[Path, str]] = []
    for n, asked in enumerate(protocol.asked):
        questions.append((("questions", n, "id"), asked.question.id))
        if isinstance(asked.question, Gate):
            questions += [(("questions", n, "items", i, "id"), item.id) for i, item in enumerate(asked.question.items)]
    questions += [(("scores", n, "id"), score.id) for n, score in enumerate(protocol.scores)]
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
        if paging is not None and tier is not Tier.EMERGENCY and paging.help_check is not None:
            reading.complain(("ladder", tier, "help_check"), "only an emergency has a card to ask about")
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
                _inspect_options(options, path, reading)
            case Multiple(_, options, none):
                _inspect_options(options, path, reading)
                if none is not None and none not in options:
                    reading.complain((*path, "none"), f'no option "{none}"{nearest(none, options)}')
            case Number(_, _, minimum, maximum):
                if minimum >= maximum:
                    reading.complain((*path, "minimum"), f"the minimum, {minimum}, is not below the maximum, {maximum}")
            case Gate(_, items):
                if len(items) > GATE_ITEMS_MAX:
                    message = f"{len(items)} items on one screen; split it: a phone shows {GATE_ITEMS_MAX}"
                    reading.complain((*path, "items"), message)
                if asked.skippable:
                    reading.complain((*path, "skippable"), "a red-flag screen is never skipped")
            case YesNo() | Date() | Text():
                pass
        if asked.ask_if is not None:
            inspect_condition(protocol, asked.ask_if, (*path, "ask_if"), reading, of_rule=False)


def _inspect_options(options: tuple[str, ...], path: Path, reading: Reading) -> None:
    if len(options) > CHOICES_MAX:
        reading.complain((*path, "options"), f"{len(options)} options; a phone shows {CHOICES_MAX}")
    for n, option in enumerate(options):
        if option in RESERVED:
            reading.complain((*path, "options", n), f'"{option}" is the name of a button of ours; choose another')
    _twice((((*path, "options", i), option) for i, option in enumerate(options)), "option", reading)


def _inspect_scores(protocol: CareProtocol, reading: Reading) -> None:
    """Every item of a score is asked and has points."""
    names = answer_names(protocol)
    for n, score in enumerate(protocol.scores):
        path: Path = ("scores", n)
        for i, item in enumerate(score.of):
            question = names.get(item)
            if question is None:
                reading.complain((*path, "of", i), f'no question "{item}"{nearest(item, names)}')
            elif isinstance(question, Choice | YesNo):
                without = [option for option in question.options if option not in score.points]
                if without:
                    message = f'"points" has none for {", ".join(without)}, which "{item}" may be answered with'
                    reading.complain((*path, "points"), message)
            elif not isinstance(question, Scale | Number):
                reading.complain((*path, "of", i), f'"{item}" is answered with nothing that has points')
        _twice((((*path, "of", i), item) for i, item in enumerate(score.of)), "item of this score", reading)
        _inspect_way(score, path, reading)


def _inspect_way(score: Score, path: Path, reading: Reading) -> None:
    if isinstance(score, Table):
        if not score.table:
            reading.complain((*path, "table"), "the table has no line")
    elif not 1 <= score.items_at_least <= len(score.of):
        message = f"expected a whole number from 1 to {len(score.of)}, the items that it has"
        reading.complain((*path, "items_at_least"), message)
    if isinstance(score, PercentOfMaximum) and score.maximum_per_item < 1:
        reading.complain((*path, "maximum_per_item"), "expected at least 1")


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
            if question == protocol.after_card:
                reading.complain(path, f'"{question}" follows an emergency card, so no form asks it')
            _inspect_order(protocol, by_id[question], [by_id[other] for other in before], path, reading)
            before.append(question)
        _twice((((("forms", name, n)), question) for n, question in enumerate(form)), "question of this form", reading)
    used = {line.form for line in text.timings}
    used |= {recheck.form for line in text.rules for recheck in line.rechecks}
    used |= {line.form for line in (text.urgent, text.report) if line is not None}
    for name in text.forms:
        if name not in used:
            reading.complain(("forms", name), f'no timing asks the form "{name}"', Severity.WARNING)
    asked_for = {question for form in text.forms.values() for question in form} | {protocol.after_card}
    for n, asked in enumerate(protocol.asked):
        if asked.question.id not in asked_for:
            message = f'no form asks "{asked.question.id}"'
            reading.complain(("questions", n, "id"), message, Severity.WARNING)


def _inspect_unscheduled(protocol: CareProtocol, reading: Reading) -> None:
    """Who says that something has changed is asked about every red flag before anything else."""
    for name, asked in (("urgent", protocol.urgent), ("report", protocol.report)):
        if asked is None:
            continue
        for gate in protocol.gates():
            if gate.id not in asked.form:
                reading.complain((name, "form"), f'this form leaves out the red-flag screen "{gate.id}"')


def _inspect_after_card(protocol: CareProtocol, reading: Reading) -> None:
    asked = None if protocol.after_card is None else protocol.asked_as(protocol.after_card)
    if protocol.after_card is not None and (asked is None or asked.question.id != protocol.after_card):
        names = [found.question.id for found in protocol.asked]
        message = f'no question "{protocol.after_card}"{nearest(protocol.after_card, names)}'
        reading.complain(("after_card",), message)
    elif asked is not None and not isinstance(asked.question, Choice | YesNo):
        reading.complain(("after_card",), "what follows an emergency card has buttons: a choice, or yes_no")


def _inspect_order(protocol: CareProtocol, asked: Asked, before: list[Asked], path: Path, reading: Reading) -> None:
    """Red flags come before all else, and a question comes after those that decide whether it is put."""
    if isinstance(asked.question, Gate) and any(not isinstance(other.question, Gate) for other in before):
        reading.complain(path, f'the red-flag screen "{asked.question.id}" must come before all other questions')
    known = {name for other in before for name in other.question.ids()}
    needs = asked.ask_if.questions() if asked.ask_if else frozenset()
    items = {item for name in needs for score in protocol.scores if score.id == name for item in score.of}
    for needed in sorted((needs - {score.id for score in protocol.scores} | items) - known):
        reading.complain(path, f'"{asked.question.id}" depends on "{needed}", which this form does not ask before it')


def _inspect_rules(protocol: CareProtocol, reading: Reading) -> None:
    for n, rule in enumerate(protocol.rules):
        path: Path = ("rules", n)
        inspect_condition(protocol, rule.condition, (*path, "when"), reading, of_rule=True)
        if rule.tier is Tier.EMERGENCY and rule.card is None:
            reading.complain((*path, "tier"), "an emergency needs a card, so that the patient is told at once")
        if rule.tier is Tier.EMERGENCY and of_silence(rule.condition):
            reading.complain((*path, "tier"), "an emergency is told at a press; what nobody says is same_day at most")
        if rule.tier is Tier.EMERGENCY and readings_needed(rule.condition) > 1 and _told_by_one_press(protocol, rule):
            text = "a button that is an emergency is one each time; compare it with nothing said earlier"
            reading.complain((*path, "when"), text)
        if rule.tier is not Tier.EMERGENCY and rule.card is not None:
            reading.complain((*path, "card"), "only an emergency has a card")


def _told_by_one_press(protocol: CareProtocol, rule: Rule) -> bool:
    """Whether one answer, nothing else being known, brings its card: the button bears it (clinical.md 0.5)."""
    for name in rule.questions:
        asked = protocol.asked_as(name)
        values = () if asked is None else asked.question.values(name)
        several = asked is not None and isinstance(asked.question, Multiple)
        if any(emergency_card((rule,), name, (str(value),) if several else value) for value in values):
            return True
    return False


def _inspect_gates(protocol: CareProtocol, reading: Reading) -> None:
    """No press on a red-flag screen may lead nowhere (clinical.md 0.2, 0.4; hazard H1)."""
    asked_about = {name for asked in protocol.asked if asked.ask_if for name in asked.ask_if.questions()}
    for n, asked in enumerate(protocol.asked):
        if not isinstance(asked.question, Gate):
            continue
        for i, item in enumerate(asked.question.items):
            path: Path = ("questions", n, "items", i, "id")
            if item.as_before:
                if protocol.card_for(item.id, NEW) is None:
                    reading.complain(path, f'no emergency rule fires when "{item.id}" is {NEW}')
                if not _leads_somewhere(protocol, item.id, AS_BEFORE):
                    reading.complain(path, f'no rule fires when "{item.id}" is {AS_BEFORE}')
            elif item.id not in asked_about and not _leads_somewhere(protocol, item.id, NEW):
                # What has one button may be asked about after the last screen, or be for a rule of any tier.
                reading.complain(path, f'no rule fires when "{item.id}" is {NEW}, and no question asks more about it')


def _leads_somewhere(protocol: CareProtocol, item: QuestionId, value: str) -> bool:
    return bool(fired(protocol.rules, Evidence({item: value}), frozenset((item,))))


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
