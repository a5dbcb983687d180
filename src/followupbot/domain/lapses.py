"""Check-ins that end before all of them is answered: the time is over, it is ended, or another takes its place."""

from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import endings, findings, prompts
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn, EndReason
from followupbot.domain.decision import Decision
from followupbot.domain.evidence import Silence
from followupbot.domain.facts.check_ins import CheckInEnded, CheckInExpired, CheckInReplaced
from followupbot.domain.folding import fold
from followupbot.domain.gates import Gate
from followupbot.domain.ids import CheckInId
from followupbot.domain.rules import Rule


def expire(chart: Chart, check_in: CheckIn, now: datetime) -> CheckInExpired:
    """Its time is over. It is a miss where not even the gate was finished, or, without a gate, nothing was answered."""
    questions = [asked.question for asked in prompts.applicable(chart, check_in, now)]
    gates = [question for question in questions if isinstance(question, Gate)]
    finished = all(prompts.answered(check_in, gate) for gate in gates) if gates else bool(check_in.answers)
    return CheckInExpired(now, check_in.id, missed=not finished)


def lapse(chart: Chart, check_in: CheckIn, now: datetime) -> Decision:
    """Its time is over, and what was left unanswered, this time or again, has raised its flags."""
    expired = expire(chart, check_in, now)
    after = fold(chart, (expired,))
    silence = replace(endings.silence(chart, check_in, now, over=True), misses=after.misses)
    return Decision((expired,)) + _of_silence(after, check_in.id, silence, now, True)


def end(chart: Chart, check_in: CheckIn, reason: EndReason, now: datetime, by_staff: bool = False) -> Decision:
    """The patient has stopped or paused, or staff see no point in it: it is over and no miss.

    What was half said has raised its flags; the patient is told whom to call, unless it is staff who end it.
    """
    return _cut_off(chart, check_in, CheckInEnded(now, check_in.id, reason), now, told=not by_staff)


def give_way(chart: Chart, check_in: CheckIn, now: datetime) -> Decision:
    """Another takes its place, which looks at nothing that was said here: what was half said has raised its flags.

    Whom to call for that is said; for what was said whole it has been, at the press.
    """
    return _cut_off(chart, check_in, CheckInReplaced(now, check_in.id), now, told=True, said=False)


def _cut_off(
    chart: Chart, check_in: CheckIn, ended: CheckInEnded | CheckInReplaced, now: datetime, told: bool, said: bool = True
) -> Decision:
    # They have just been heard, so it is not for silence that a rule may fire.
    silence = replace(endings.silence(chart, check_in, now, over=True), misses=0, lasted=timedelta())
    rules = tuple(rule for rule in chart.protocol(check_in.version).rules if said and rule.id in check_in.fired)
    return Decision((ended,)) + _of_silence(fold(chart, (ended,)), check_in.id, silence, now, False, rules, told=told)


def _of_silence(
    chart: Chart,
    check_in: CheckInId,
    silence: Silence,
    now: datetime,
    starts: bool,
    said: tuple[Rule, ...] = (),
    told: bool = True,
) -> Decision:
    """The flags of what was not said in a check-in that is closed. `said` are rules whose end nobody was told.

    The patient is `told` whom to call.
    """
    closed = chart.check_in(check_in)
    assert closed is not None, "a check-in that has just been closed is kept"
    evidence = chart.evidence(closed, now, silence)
    rules = findings.silent_rules(chart, closed, evidence)
    found, after = findings.raise_flags(chart, closed.id, rules, evidence, now)
    return found + endings.tell(after, closed, (*said, *rules), now, starts) if told else found
