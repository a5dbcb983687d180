"""What answers come to: scores, flags of the rules that fire, and the re-checks that these rules want."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import alerts, prompts
from followupbot.domain.alert_state import Flag
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import RECHECK, CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.evidence import Evidence
from followupbot.domain.facts.check_ins import ScoreRecorded
from followupbot.domain.facts.occasions import RecheckPlanned
from followupbot.domain.folding import fold
from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.rules import Recheck, Rule, Tier, fired, fired_by_silence, trace
from followupbot.domain.schedule import local


def of_answers(
    chart: Chart, check_in: CheckInId, answered: frozenset[QuestionId], now: datetime
) -> tuple[Decision, tuple[Rule, ...], Chart]:
    """Scores that can be made now, and a flag for each rule that fires on them or on what was `answered`.

    Also the rules that fired, whether or not each has its flag already, and the chart after all that.
    """
    found = chart.check_in(check_in)
    assert found is not None, "an answer belongs to a check-in that the chart knows"
    protocol = chart.protocol(found.version)
    scores = (*_scores(chart, protocol, found, now), *_corrected(protocol, found, answered, now))
    chart = fold(chart, scores)
    found = chart.check_in(check_in)
    assert found is not None
    evidence = chart.evidence(found, now)
    looked_at = answered | {score.score for score in scores}
    rules = fired(protocol.rules_about(looked_at), evidence, looked_at)
    raised, chart = raise_flags(chart, check_in, rules, evidence, now)
    for earlier in _as_said_before(found, evidence):
        worse = fired(protocol.rules, earlier, answered)
        more, chart = raise_flags(chart, check_in, worse, earlier, now)
        raised, rules = raised + more, (*rules, *worse)
    return Decision(scores) + raised, rules, chart


def _as_said_before(check_in: CheckIn, evidence: Evidence) -> Iterator[Evidence]:
    """The evidence with each answer that was changed as it was: whichever of the two is worse counts."""
    for answer in check_in.superseded:
        yield replace(evidence, answers={**evidence.answers, answer.question: answer.value})


def silent_rules(chart: Chart, check_in: CheckIn, evidence: Evidence) -> tuple[Rule, ...]:
    """The rules that such a silence makes fire, and that have not fired on this occasion."""
    rules = fired_by_silence(chart.protocol(check_in.version).rules, evidence)
    return tuple(rule for rule in rules if rule.id not in check_in.fired)


def raise_flags(
    chart: Chart, check_in: CheckInId, rules: tuple[Rule, ...], evidence: Evidence, now: datetime
) -> tuple[Decision, Chart]:
    """One flag for each rule that has none on this occasion, the most urgent first, its re-checks, the chart after."""
    decision = Decision()
    for rule in sorted(rules, key=lambda rule: rule.tier.rank):
        if _flagged(chart, check_in, rule):
            continue
        flag = Flag(check_in, rule.tier, rule.concern, trace(rule, evidence), now)
        raised = alerts.raise_flag(chart, flag, now)
        chart = fold(chart, raised.chart_facts)
        planned = tuple(_rechecks(chart, check_in, rule, now))
        chart = fold(chart, planned)
        decision += raised + Decision(planned)
    return decision, chart


def _flagged(chart: Chart, check_in: CheckInId, rule: Rule) -> bool:
    """Whether the rule has raised its flag on this occasion; an emergency that has had its outcome may come again."""
    if rule.tier is Tier.EMERGENCY:
        alert = chart.unresolved_alert
        flags = () if alert is None else alert.flags
        return any(flag.check_in == check_in and flag.trace.rule == rule.id for flag in flags)
    found = chart.check_in(check_in)
    return found is not None and rule.id in found.fired


def _scores(chart: Chart, protocol: CareProtocol, check_in: CheckIn, now: datetime) -> Iterator[ScoreRecorded]:
    """Each score of which no item is still to be answered, once; none of which nothing was answered at all."""
    begun = [score for score in protocol.scores if not check_in.scored(score.id) and check_in.answers_any(score.of)]
    if not begun:
        return
    evidence = chart.evidence(check_in, now)
    to_come = protocol.may_ask(check_in.form, evidence) - {answer.question for answer in check_in.answers}
    if prompts.upcoming(chart, check_in, now) is None:
        to_come = frozenset()  # It is the end: what an answer would have had to bring up is not asked any more.
    for score in begun:
        if to_come.isdisjoint(score.of):
            yield ScoreRecorded(now, check_in.id, score.id, score.of_answers(check_in.known))


def _corrected(
    protocol: CareProtocol, check_in: CheckIn, answered: frozenset[QuestionId], now: datetime
) -> Iterator[ScoreRecorded]:
    """Each score that was made of an answer that has been changed since, made again; its flag, if any, stands."""
    for score in protocol.scores:
        if check_in.scored(score.id) and answered & set(score.of):
            value = score.of_answers(check_in.known)
            if value != check_in.known.get(score.id):
                yield ScoreRecorded(now, check_in.id, score.id, value)


def _rechecks(chart: Chart, check_in: CheckInId, rule: Rule, now: datetime) -> Iterator[RecheckPlanned]:
    """The rule's re-checks that are not planned yet; a re-check plans none, or it would go on for ever."""
    found = chart.check_in(check_in)
    if found is None or found.timing == RECHECK or chart.active is None:
        return
    within = chart.protocol(found.version).absorb_within or timedelta()
    today = local(now, chart.enrolled.plan.zone)
    for recheck in rule.rechecks:
        on = (today + recheck.after).date()
        planned = RecheckPlanned(now, check_in, rule.id, on, recheck.form, recheck.open_for, recheck.reminders)
        if not _covered(chart, planned, recheck, within):
            chart = fold(chart, (planned,))
            yield planned


def _covered(chart: Chart, planned: RecheckPlanned, recheck: Recheck, within: timedelta) -> bool:
    """Whether one that asks as much is planned for that day, or shortly before it."""
    return any(
        timedelta() <= planned.on - known.on <= within and len(known.form) >= len(recheck.form)
        for known in chart.rechecks
    )
