"""What the facts about old and expected findings add up to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from followupbot.domain.alert_state import Baseline, Expectation, Flag
from followupbot.domain.chart import EXPECTATIONS_MAX, Chart
from followupbot.domain.facts.expectations import (
    BaselineConfirmed,
    ExpectationEnded,
    ExpectationFact,
    ExpectationsReviewed,
    ExpectedFlagRecorded,
    FindingsExpected,
)
from followupbot.domain.folding.changes import Changes
from followupbot.domain.folding.flags import fired


def changes(chart: Chart, fact: ExpectationFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case BaselineConfirmed():
            others = tuple(known for known in chart.baselines if known.item not in fact.items)
            return {"baselines": (*others, *(Baseline(item, fact.at, fact.by) for item in fact.items))}
        case FindingsExpected():
            rules = {expected.flag.trace.rule for expected in fact.expected}
            kept = tuple(known for known in chart.expectations if known.flag.trace.rule not in rules)
            return {"expectations": (*kept, *fact.expected)[-EXPECTATIONS_MAX:]}
        case ExpectedFlagRecorded():
            return fired(chart, fact.flag) | {"expectations": tuple(_held_back(chart, fact.flag))}
        case ExpectationsReviewed():
            return {}
        case ExpectationEnded():
            left = tuple(known for known in chart.expectations if known.flag.trace.rule not in fact.rules)
            return {"expectations": left}
        case _:
            assert_never(fact)


def _held_back(chart: Chart, flag: Flag) -> Iterator[Expectation]:
    for known in chart.expectations:
        yield replace(known, held=known.held + 1) if known.flag.trace.rule == flag.trace.rule else known
