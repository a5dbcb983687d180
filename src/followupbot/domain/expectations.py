"""Findings that a clinician expects until a day, for a reason (clinical.md 0.15).

Never an emergency, nor anything that is one when it is new, nor new weakness, nor self-harm. There is no threshold of a
patient's own: the finding is expected as it was when somebody looked at it. The same rule on the same answers, or on
lower points of a scale, is recorded and told to nobody; anything else, and anything worse, is told as if nothing had
been expected, and ends it. It ends by itself on its day; until then it is on the list, and comes
before the lead each week with the digest.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from followupbot.domain.addressing import staff_notice, stamp
from followupbot.domain.alert_state import Alert, Expectation, Flag
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import EXPECTATIONS_MAX, Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.expectations import ExpectationEnded, FindingsExpected
from followupbot.domain.ids import Concern, MessageId, MessageKey, QuestionId, RuleId, StaffId
from followupbot.domain.outgoing import Retire, ToClinician
from followupbot.domain.params import Instant, Line, Lines, Shown, Words
from followupbot.domain.questions import Scale
from followupbot.domain.replies import Value
from followupbot.domain.rules import Trace
from followupbot.domain.tiers import Tier

NEVER_EXPECTED = frozenset({Concern("weakness")})
"""New weakness (clinical.md 0.15)."""

GROWING = frozenset({"misses", "silent_days"})
"""What a rule about silence is compared with: more of it is worse."""


def may_be_offered(chart: Chart, alert: Alert) -> bool:
    """Whether everything that the alert tells of may be expected, and the protocol says for how long."""
    protocol = chart.protocol()
    return (
        protocol.expecting is not None
        and len(chart.expectations) + len(alert.flags) <= EXPECTATIONS_MAX
        and all(_may_be_expected(protocol, flag) for flag in alert.flags)
    )


def expect(
    chart: Chart, alert: Alert, by: StaffId, reason: str, span: timedelta, now: datetime
) -> tuple[FindingsExpected, ...]:
    """What the alert tells of is expected from now on; nothing where it may not be, or not for that, or so long."""
    expecting = chart.protocol().expecting
    if expecting is None or reason not in expecting.reasons or span not in expecting.spans:
        return ()
    if not may_be_offered(chart, alert):
        return ()
    until, flags = now + span, {flag.trace.rule: flag for flag in alert.flags}
    expected = tuple(Expectation(flag, reason, now, until, by) for flag in flags.values())
    return (FindingsExpected(now, alert.id, expected),)


def known(chart: Chart, flag: Flag, now: datetime) -> bool:
    """Whether that finding is expected as it is."""
    found = _of(chart, flag.trace.rule)
    return found is not None and now < found.until and _covers(chart.protocol(), found, flag)


def disappointed(chart: Chart, flag: Flag, now: datetime) -> tuple[ExpectationEnded, ...]:
    """Where it was expected and comes otherwise, or worse, nothing of the kind is expected any more."""
    found = _of(chart, flag.trace.rule)
    return () if found is None else (ExpectationEnded(now, (flag.trace.rule,), None),)


def end(chart: Chart, by: StaffId, pressed: MessageId | None, now: datetime) -> Decision:
    """Somebody wants to hear of everything again; the message that was pressed loses its button."""
    rules = tuple(found.flag.trace.rule for found in chart.expectations)
    subject = f"{chart.patient}/expected"
    strip = (
        ()
        if pressed is None
        else (Retire(f"{subject}/retire/{pressed}/{by}/{stamp(now)}", ToClinician(by), subject, pressed),)
    )
    if not rules:
        return Decision(outgoing=strip, notice=staff_notice(chart.clinic, "alerts/notices/nothing_expected"))
    ended = ExpectationEnded(now, rules, by)
    return Decision((ended,), strip, staff_notice(chart.clinic, "alerts/notices/expected_ended"))


def wake(chart: Chart, now: datetime) -> Decision:
    """What was expected until now is expected no more."""
    over = tuple(found.flag.trace.rule for found in chart.expectations if found.until <= now)
    return Decision((ExpectationEnded(now, over, None),) if over else ())


def next_wake_at(chart: Chart) -> datetime | None:
    """When the first of them ends; None where nothing is expected."""
    return min((found.until for found in chart.expectations), default=None)


def of_patients(charts: Iterable[Chart], at_most: int) -> tuple[tuple[Line, ...], int]:
    """Whoever has something expected, each with what it is, in as many lines; and how many patients are left out."""
    shown: list[Line] = []
    charts = [chart for chart in charts if chart.expectations]
    for number, chart in enumerate(charts):
        found = lines(chart, chart.expectations)
        if number and len(shown) + len(found.each) + 1 > at_most:
            return tuple(shown), len(charts) - number
        shown += [Line(MessageKey("staff/expected_of"), {"code": chart.patient}), *found.each]
    return tuple(shown), 0


def lines(chart: Chart, expected: tuple[Expectation, ...]) -> Lines:
    """Each in a line: what it is about, why, until when, who said so, and how often it was held back since.

    Several findings of which all that is the same are one line.
    """
    zone, expecting = chart.clinic.settings.hours.zone, chart.protocol().expecting
    reasons = () if expecting is None else expecting.reasons
    found: list[Line] = []
    for each in expected:
        params: dict[str, Shown] = {
            "concern": Words(MessageKey(f"alerts/concerns/{each.flag.concern}")),
            # A reason that the programme names no more has no words.
            "reason": Words(MessageKey(f"alerts/reasons/{each.reason}")) if each.reason in reasons else None,
            "until": Instant(each.until, zone),
            "by": chart.clinic.name(each.by),
            "held": each.held,
        }
        line = Line(MessageKey("alerts/expectation"), params)
        found += [] if line in found else [line]
    return Lines(tuple(found))


def _of(chart: Chart, rule: RuleId) -> Expectation | None:
    return next((found for found in chart.expectations if found.flag.trace.rule == rule), None)


def _may_be_expected(protocol: CareProtocol, flag: Flag) -> bool:
    """Of the protocol's own rules alone: what a button outside every question raises is self-harm, or a stranger."""
    rule = protocol.rule(flag.trace.rule)
    return (
        rule is not None
        and Tier.EMERGENCY not in {flag.tier, rule.tier}
        and flag.concern not in NEVER_EXPECTED
        and rule.questions.isdisjoint(protocol.emergency_items)
    )


def _covers(protocol: CareProtocol, expected: Expectation, flag: Flag) -> bool:
    then = expected.flag
    return (
        _may_be_expected(protocol, flag)
        and not flag.tier.worse_than(then.tier)
        and flag.trace.version == then.trace.version
        and _no_worse(protocol, then.trace, flag.trace)
    )


def _no_worse(protocol: CareProtocol, then: Trace, now: Trace) -> bool:
    """The same was said, or less on a scale; what was not said then is not known to be no worse."""
    before: dict[QuestionId, Value] = {answer.question: answer.value for answer in then.inputs}
    for answer in now.inputs:
        old = before.get(answer.question)
        lower = isinstance(protocol.question(answer.question), Scale) and _at_most(answer.value, old)
        if answer.value != old and not lower:
            return False
    compared = {against.name: against.value for against in then.against}
    for against in now.against:
        score = against.name.startswith("cur_")
        if score and compared.get(against.name) != against.value:
            return False
        if against.name in GROWING and not _at_most(against.value, compared.get(against.name)):
            return False
    return True


def _at_most(value: object, other: object) -> bool:
    return isinstance(value, int | float) and isinstance(other, int | float) and value <= other
