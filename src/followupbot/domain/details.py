"""Why there is an alert, for whoever has it: what was said, which rules found what, and how it has gone over time.

In their private chat alone, and each look at it is in the access log (clinical.md 0.9).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from followupbot.domain import alerts, expectations, pages, progress, prompts
from followupbot.domain.addressing import alert_subject, stamp, to_staff
from followupbot.domain.alert_state import Alert, Flag
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import QuestionAnswered
from followupbot.domain.ids import AlertId, MessageKey, StaffId
from followupbot.domain.outgoing import Lane, Notice, OutgoingMessage
from followupbot.domain.params import Instant, Line, Lines, Param, Said, Summary, Words
from followupbot.domain.presses import AlertPress, Choice
from followupbot.domain.replies import Value

FLAGS_SHOWN_MAX = 10
"""The most urgent, and of equal ones the newest; more do not fit one message. All are in the record."""


def show(chart: Chart, alert_id: AlertId, by: StaffMember, facts: Iterable[ChartFact], now: datetime) -> Decision:
    """What was found, in words, and then the picture. Below both the alert's own message stands as it did."""
    found = alerts.in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    facts = tuple(facts)
    check_ins = progress.answered(facts)
    lines, picture = progress.overview(chart, check_ins)
    shown = [_message(chart, found, by, "details", params(chart, found, facts), now)]
    if lines:
        trend: dict[str, Param] = {"code": chart.patient, "lines": Lines(lines), "picture": picture}
        shown.append(_message(chart, found, by, "trend", trend, now))
    # What can be done with it has scrolled out of sight: the last of them leads there.
    to_alert = ((Choice("to_alert", AlertPress(chart.patient, found.id, below=True)),),)
    return Decision(outgoing=(*shown[:-1], replace(shown[-1], choices=to_alert)))


def params(chart: Chart, alert: Alert, facts: tuple[ChartFact, ...]) -> dict[str, Param]:
    """What `alerts/details` is given."""
    return {
        "code": chart.patient,
        "tier": pages.tier(alert),
        "flags": Lines(tuple(_flags(chart, alert, facts))),
        "expected": expectations.lines(chart, chart.expectations) if chart.expectations else None,
    }


def _message(
    chart: Chart, alert: Alert, by: StaffMember, message: str, given: dict[str, Param], now: datetime
) -> OutgoingMessage:
    # A subject of its own: what becomes of the alert's copies does not take the place of this.
    subject = f"{alert_subject(chart.patient, alert.id)}/details"
    key = f"{subject}/{message}/{stamp(now)}/{by.id}"
    return to_staff(chart.clinic, by.id, f"alerts/{message}", key=key, subject=subject, lane=Lane.REPLY, params=given)


def _flags(chart: Chart, alert: Alert, facts: tuple[ChartFact, ...]) -> Iterator[Line]:
    worst_first = sorted(alert.flags, key=lambda flag: (flag.tier.rank, -flag.at.timestamp()))
    for flag in worst_first[:FLAGS_SHOWN_MAX]:
        yield pages.why(chart, flag)
        answers, given = Summary(tuple(_answers(chart, flag))), _givers(flag, facts)
        yield Line(
            MessageKey("alerts/rule"),
            {
                "said": answers if answers.lines else None,
                "helpers": _listed(fact.carer for fact in given),
                "entered_by": _listed(_name(chart, fact.entered_by) for fact in given if fact.entered_by is not None),
                "tier": Words(MessageKey(f"alerts/tiers/{flag.tier}")),
                "rule": flag.trace.rule,
                "version": flag.trace.version,
                "at": Instant(flag.at, chart.clinic.settings.hours.zone),
            },
        )


def _answers(chart: Chart, flag: Flag) -> Iterator[Said]:
    """What the rule looked at. Numbers stand in its own words already, and gate items have none but its words."""
    protocol = chart.protocol()
    for answer in flag.trace.inputs:
        asked = protocol.asked_as(answer.question)
        value: Value = answer.value
        if asked is not None and asked.question.id == answer.question and not isinstance(value, int):
            yield prompts.said_once(asked.question, answer.question, value)


def _givers(flag: Flag, facts: tuple[ChartFact, ...]) -> list[QuestionAnswered]:
    """Each answer that the rule looked at, as it was given; whoever gave it last counts."""
    given = {
        (fact.question, fact.value): fact
        for fact in facts
        if isinstance(fact, QuestionAnswered) and fact.check_in == flag.check_in and fact.at <= flag.at
    }
    found = (given.get((answer.question, answer.value)) for answer in flag.trace.inputs)
    return [fact for fact in found if fact is not None]


def _name(chart: Chart, entered_by: str) -> str:
    """The name of who entered it, as a fact has them: `staff:<id>`, or `shell:<user>`."""
    kind, _, who = entered_by.partition(":")
    member = chart.clinic.member(StaffId(who)) if kind == "staff" else None
    return who if member is None else member.name


def _listed(names: Iterable[object]) -> str | None:
    """Each of them once; None where there is none."""
    return ", ".join(sorted({str(name) for name in names if name is not None})) or None
