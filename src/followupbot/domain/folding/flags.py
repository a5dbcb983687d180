"""What a rule that fired leaves in the chart, whoever is told of it."""

from collections.abc import Set

from followupbot.domain.alert_state import Flag
from followupbot.domain.chart import Chart
from followupbot.domain.folding.changes import Changes, of_check_in, of_enrolment
from followupbot.domain.ids import QuestionId, RuleId
from followupbot.domain.replies import NEW

PHONE_CHANGED = RuleId("phone_changed")
"""The rule of that name puts the patient on the staff's list (clinical.md 0.18)."""


def fired(chart: Chart, flag: Flag) -> Changes:
    """The check-in knows that the rule fired; what the flag says is new is confirmed to be old no more."""
    marked: Changes = {}
    if flag.trace.rule == PHONE_CHANGED:
        marked = of_enrolment(chart, phone_changed_at=chart.enrolled.phone_changed_at or flag.at)
    return marked | _marked(chart, flag)


def _marked(chart: Chart, flag: Flag) -> Changes:
    found = chart.check_in(flag.check_in)
    changes = unconfirmed(chart, {answer.question for answer in flag.trace.inputs if answer.value == NEW})
    if found is None or flag.trace.rule in found.fired:
        return changes
    return changes | of_check_in(chart, flag.check_in, fired=(*found.fired, flag.trace.rule))


def unconfirmed(chart: Chart, items: Set[QuestionId]) -> Changes:
    """What is new or worse is not what was confirmed to be old and unchanged."""
    if chart.confirmed.isdisjoint(items):
        return {}
    return {"baselines": tuple(known for known in chart.baselines if known.item not in items)}
