"""What was said, and is to be another answer: back to a question, and the list of all that has one at the end."""

from collections.abc import Iterator
from datetime import datetime

from followupbot.domain import check_ins, endings, offers, prompts
from followupbot.domain.addressing import check_in_subject, stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInCompleted, QuestionReopened
from followupbot.domain.folding import fold
from followupbot.domain.ids import CheckInId, MessageId, QuestionId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Said
from followupbot.domain.presses import ChangePress, Choice, SaidPress
from followupbot.domain.prompts import Turn
from followupbot.domain.tiers import Tier

ANSWERS_SHOWN_MAX = 8
"""Answers on one screen, a button each, so that with large letters it fits a phone; more are on the next."""


def go_back(chart: Chart, check_in_id: CheckInId, question: QuestionId, pressed: MessageId, now: datetime) -> Decision:
    """The question before that one stands again, with its answer."""
    check_in = chart.check_in(check_in_id)
    if check_in is None or not _may_change(chart, check_in, now):
        return check_ins.over(chart, pressed, now)
    before = prompts.before(chart, check_in, question, now) or prompts.upcoming(chart, check_in, now)
    if before is None:
        return ask_which(chart, check_in_id, 0, pressed, now)
    return _opened(chart, check_in, before, pressed, now)


# -- at the end --------------------------------------------------------------------------------------------------------


def ask_which(chart: Chart, check_in_id: CheckInId, first: int, pressed: MessageId, now: datetime) -> Decision:
    """A button for each answer stands there, from the `first` on, and one that leaves all as it is.

    A question that was opened anew, and is gone back from, keeps its answer; the page is the one that it is on.
    """
    check_in = chart.check_in(check_in_id)
    if check_in is None or not _may_change(chart, check_in, now):
        return _too_late(chart, pressed, now)
    facts, opened = _kept(chart, check_in, now), check_in.reopened
    chart = fold(chart, facts)
    check_in = chart.check_in(check_in_id)
    assert check_in is not None
    answers = tuple(_answers(chart, check_in, now))
    if not answers:
        return Decision(facts) + leave(chart, check_in_id, pressed, now)
    places = [place for place, (turn, _) in enumerate(answers) if turn.asked.question.id == opened]
    first = places[0] // ANSWERS_SHOWN_MAX * ANSWERS_SHOWN_MAX if places else first
    first = first if first < len(answers) else 0
    shown = answers[first : first + ANSWERS_SHOWN_MAX]
    asked = to_patient(
        chart,
        "check_ins/change",
        key=f"c{check_in.id}/change/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        params={"first": first + 1, "last": first + len(shown), "of": len(answers)},
        choices=(
            *((_opening(chart, check_in, turn, said),) for turn, said in shown),
            *_leaves(chart, check_in, first, len(answers)),
            (Choice("nothing", SaidPress(chart.patient, check_in.id)),),
        ),
        in_place_of=pressed,
        expires_at=check_in.expires_at,
    )
    return Decision(facts, (asked,))


def reopen(chart: Chart, check_in_id: CheckInId, question: QuestionId, pressed: MessageId, now: datetime) -> Decision:
    """That question stands again, with its answer; of one that has none, or none any more, it is asked which."""
    check_in = chart.check_in(check_in_id)
    if check_in is None or not _may_change(chart, check_in, now):
        return _too_late(chart, pressed, now)
    for turn, _ in _answers(chart, check_in, now):
        if turn.asked.question.id == question:
            return _opened(chart, check_in, turn, pressed, now)
    return ask_which(chart, check_in_id, 0, pressed, now)


def leave(chart: Chart, check_in_id: CheckInId, pressed: MessageId, now: datetime) -> Decision:
    """What was said stands there once more; of a check-in that is open, what is still to be asked."""
    check_in = chart.check_in(check_in_id)
    if check_in is None or not _may_change(chart, check_in, now):
        return check_ins.over(chart, pressed, now)
    if check_in.open:
        return check_ins.begin(chart, check_in.id, pressed, now)
    return Decision(outgoing=(endings.said(chart, check_in, now, pressed),))


def _answers(chart: Chart, check_in: CheckIn, now: datetime) -> Iterator[tuple[Turn, Said]]:
    """What was said, as it is listed at the end; words of one's own by the question's title alone."""
    questions = prompts.applicable(chart, check_in, now)
    for asked in questions:
        if prompts.answered(check_in, asked.question):
            said = prompts.said(check_in, asked) or prompts.given(check_in, asked)
            yield Turn(asked, questions), said


def _opening(chart: Chart, check_in: CheckIn, turn: Turn, said: Said) -> Choice:
    return Choice(said.question, ChangePress(chart.patient, check_in.id, turn.asked.question.id), said=said)


def _leaves(chart: Chart, check_in: CheckIn, first: int, of: int) -> Iterator[tuple[Choice, ...]]:
    """To the answers before these, and to those after them."""
    row = []
    if first > 0:
        before = max(0, first - ANSWERS_SHOWN_MAX)
        row.append(Choice("buttons/back", ChangePress(chart.patient, check_in.id, None, before)))
    if first + ANSWERS_SHOWN_MAX < of:
        row.append(Choice("more", ChangePress(chart.patient, check_in.id, None, first + ANSWERS_SHOWN_MAX)))
    if row:
        yield tuple(row)


def _kept(chart: Chart, check_in: CheckIn, now: datetime) -> tuple[ChartFact, ...]:
    """The question that was opened anew is left as it was; what was at its end is at its end again."""
    if check_in.reopened is None:
        return ()
    kept = QuestionReopened(now, check_in.id, None)
    after = fold(chart, (kept,))
    current = after.check_in(check_in.id)
    assert current is not None
    if prompts.upcoming(after, current, now) is not None or not endings.all_said(after, current, now):
        return (kept,)
    return kept, CheckInCompleted(now, check_in.id)


# -- both --------------------------------------------------------------------------------------------------------------


def _opened(chart: Chart, check_in: CheckIn, turn: Turn, pressed: MessageId, now: datetime) -> Decision:
    facts: tuple[ChartFact, ...] = ()
    question = turn.asked.question
    if prompts.answered(check_in, question) and check_in.reopened != question.id:
        facts = (QuestionReopened(now, check_in.id, question.id),)
    after = fold(chart, facts)
    current = after.check_in(check_in.id)
    assert current is not None
    return Decision(facts, (prompts.question(after, current, turn, now, pressed),))


def _may_change(chart: Chart, check_in: CheckIn, now: datetime) -> bool:
    """While its time lasts, and nothing newer is asked; what an emergency has cut short is not taken up again."""
    newest = check_in.id == chart.check_in_count and now < check_in.expires_at
    ended = newest and check_in.state.kind == "completed" and chart.waiting_tier is not Tier.EMERGENCY
    return chart.active is not None and (check_in.open or ended)


def _too_late(chart: Chart, pressed: MessageId, now: datetime) -> Decision:
    """What was said is kept, and it may be a fever that is not in it: the way to say that stands there (8c, H11).

    While help is awaited nothing stands below the card but what belongs to it.
    """
    over, ways = check_ins.over(chart, pressed, now), offers.check_now(chart)
    if chart.waiting_tier is Tier.EMERGENCY or not ways:
        return over
    told = to_patient(chart, "check_ins/unchanged", key=f"unchanged/{pressed}", lane=Lane.REPLY, choices=ways)
    return over + Decision(outgoing=(told,))
