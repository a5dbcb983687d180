"""What the facts about check-ins add up to."""

from datetime import datetime
from typing import assert_never

from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import (
    SUPERSEDED_MAX,
    Begun,
    CheckIn,
    Completed,
    CutShort,
    Ended,
    Expired,
    Scored,
)
from followupbot.domain.facts.check_ins import (
    CheckInAsked,
    CheckInBegun,
    CheckInCompleted,
    CheckInCutShort,
    CheckInEnded,
    CheckInExpired,
    CheckInFact,
    CheckInReminded,
    CheckInReplaced,
    QuestionAnswered,
    QuestionReopened,
    ReminderWithheld,
    ScoreRecorded,
)
from followupbot.domain.folding.changes import Changes, of_check_in, with_check_in
from followupbot.domain.folding.flags import unconfirmed
from followupbot.domain.folding.occasions import dealt_with
from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.replies import AS_BEFORE, NEW, NOT_NEW, SKIPPED, Answer, Datum, Value
from followupbot.domain.series import Reading, Series

_WORSE: tuple[Value, ...] = (NOT_NEW, AS_BEFORE, NEW)
"""What is said of a red-flag item, the worst last: on one occasion it is never taken back, whatever is said later."""


def changes(chart: Chart, fact: CheckInFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case CheckInAsked():
            return _asked(chart, fact)
        case CheckInBegun():
            return of_check_in(chart, fact.check_in, state=Begun())
        case CheckInReminded() | ReminderWithheld():
            return of_check_in(chart, fact.check_in, reminders=fact.number)
        case QuestionAnswered():
            return _answered(chart, fact)
        case QuestionReopened():
            return _reopened(chart, fact)
        case ScoreRecorded():
            return _scored(chart, fact)
        case CheckInCompleted():
            return _closed(chart, fact.check_in, Completed(fact.at), missed=False)
        case CheckInCutShort():
            return _closed(chart, fact.check_in, CutShort(fact.at), missed=False)
        case CheckInEnded():
            ended = _closed(chart, fact.check_in, Ended(fact.at, fact.reason), missed=False)
            # Whoever stops has answered nothing by that: how often they were silent stands as it was.
            return ended | {"misses": chart.misses}
        case CheckInExpired():
            return _closed(chart, fact.check_in, Expired(fact.at, fact.missed), missed=fact.missed)
        case CheckInReplaced():
            # No miss, and no answering either: the one that takes its place goes on from here.
            return of_check_in(chart, fact.check_in, state=Expired(fact.at, missed=False))
        case _:
            assert_never(fact)


def _asked(chart: Chart, fact: CheckInAsked) -> Changes:
    check_in = CheckIn(
        fact.check_in,
        fact.timing,
        fact.version,
        fact.form,
        fact.at,
        fact.expires_at,
        remind_at=fact.remind_at,
        since=chart.answered_at,
    )
    asked = with_check_in(chart, check_in) | {"check_in_count": chart.check_in_count + 1}
    return asked if fact.for_day is None else asked | dealt_with(chart, fact.timing, fact.for_day)


def _answered(chart: Chart, fact: QuestionAnswered) -> Changes:
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "an answer belongs to a check-in that the chart knows"
    kept, before = check_in.answers, check_in.answer(fact.question)
    if before in _WORSE and fact.value in _WORSE and _WORSE.index(fact.value) < _WORSE.index(before):
        return of_check_in(chart, fact.check_in, answered_at=fact.at, reopened=None)
    superseded = check_in.superseded
    if before is not None:
        kept = tuple(answer for answer in kept if answer.question != fact.question)
    if before is not None and before not in {fact.value, SKIPPED}:
        superseded = (*superseded, Answer(fact.question, before))[-SUPERSEDED_MAX:]
    answers = (*kept, Answer(fact.question, fact.value))
    answered = of_check_in(
        chart, fact.check_in, answers=answers, answered_at=fact.at, reopened=None, superseded=superseded
    )
    if fact.value == NEW:
        answered |= unconfirmed(chart, {fact.question})
    return answered if fact.value == SKIPPED else answered | _read(chart, fact.question, fact.value, fact)


def _reopened(chart: Chart, fact: QuestionReopened) -> Changes:
    """One that was at its end is open again, until every question that applies has its answer."""
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "only what the chart still keeps is gone back to"
    state = check_in.state if check_in.open else Begun()
    return of_check_in(chart, fact.check_in, state=state, reopened=fact.question)


def _scored(chart: Chart, fact: ScoreRecorded) -> Changes:
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "a score belongs to a check-in that the chart knows"
    others = tuple(scored for scored in check_in.scores if scored.score != fact.score)
    scored = of_check_in(chart, fact.check_in, scores=(*others, Scored(fact.score, fact.value)))
    return scored if fact.value is None else scored | _read(chart, fact.score, fact.value, fact)


def _read(chart: Chart, question: QuestionId, value: Datum, fact: QuestionAnswered | ScoreRecorded) -> Changes:
    series = chart.history.get(question, Series()).and_then(Reading(value, fact.at, fact.check_in))
    return {"history": {**chart.history, question: series}}


def _closed(chart: Chart, check_in: CheckInId, state: Completed | CutShort | Expired | Ended, missed: bool) -> Changes:
    misses = chart.misses + 1 if missed else 0
    answered_at = _answered_until(chart, check_in, state) or chart.answered_at
    return of_check_in(chart, check_in, state=state, reopened=None) | {"misses": misses, "answered_at": answered_at}


def _answered_until(
    chart: Chart, check_in: CheckInId, state: Completed | CutShort | Expired | Ended
) -> datetime | None:
    """Up to when the check-in answers what is new; None where it leaves red-flag screens open, or may.

    The next one asks what is new since then (clinical.md 0.1): counted from the end of a window that was not answered,
    or only in part, what began in it would never be asked about.
    """
    found = chart.check_in(check_in)
    if found is None or not found.answers:
        return None
    match state:
        case Completed(at) | CutShort(at):
            return at
        case Expired(_, missed):
            return None if missed else found.answered_at
        case Ended():
            return None
        case _:
            assert_never(state)
