"""How a patient's pain and function have gone: what was said last, and what was said first, never a judgement."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from followupbot.domain import prompts
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.care_protocol import Asked, CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInAsked, QuestionAnswered
from followupbot.domain.ids import CheckInId, Concern, MessageKey, QuestionId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Day, Line, Lines, Param, Picture, Point, Shown, Title, Trend
from followupbot.domain.questions import Choice, Scale
from followupbot.domain.replies import SKIPPED, Answer
from followupbot.domain.schedule import local
from followupbot.domain.tiers import Tier

FUNCTION = Concern("function")
"""What rules about it look at is shown beside the pain scores."""

PICTURED_MAX = 4
"""Lines that one picture shows: more of them nobody tells apart."""

LINES_MAX = 12
"""Questions that one message shows: more than a phone does without scrolling are read by nobody."""


def show(chart: Chart, facts: Iterable[ChartFact], now: datetime) -> Decision:
    """A line for each question that is followed over time. No figures while somebody is to look at something urgent."""
    if chart.urgent:
        return _reply(chart, "replies/progress_later", now, {"emergency": chart.waiting_tier is Tier.EMERGENCY})
    lines, picture = overview(chart, answered(facts))
    if not lines:
        return _reply(chart, "replies/progress_none", now)
    return _reply(chart, "replies/progress", now, {"lines": Lines(lines), "picture": picture})


def overview(chart: Chart, check_ins: tuple[CheckIn, ...]) -> tuple[tuple[Line, ...], Picture | None]:
    """A line for each question that is followed and was answered, and a picture where one was answered twice."""
    asked = followed(chart.protocol())
    pictured = {found.question.ids()[0]: trend for found in asked if (trend := _trend(chart, found, check_ins))}
    numbers = {question: n for n, question in enumerate(list(pictured)[:PICTURED_MAX], start=1)}
    lines = tuple(_line(chart, found, check_ins, numbers.get(found.question.ids()[0])) for found in asked)
    told = tuple(line for line in lines if line is not None)
    return told[:LINES_MAX], Picture(tuple(pictured[question] for question in numbers)) if numbers else None


def followed(protocol: CareProtocol) -> tuple[Asked, ...]:
    """Every scale, and what rules about function look at by itself, in the order of the protocol."""
    function = {question for rule in protocol.rules if rule.concern == FUNCTION for question in rule.questions}
    return tuple(
        asked
        for asked in protocol.asked
        if isinstance(asked.question, Scale) or (isinstance(asked.question, Choice) and asked.question.id in function)
    )


def answered(facts: Iterable[ChartFact]) -> tuple[CheckIn, ...]:
    """Every check-in that there ever was, with what was said in it last, the oldest first."""
    asked: dict[CheckInId, CheckInAsked] = {}
    said: dict[CheckInId, dict[QuestionId, Answer]] = {}
    for fact in facts:
        match fact:
            case CheckInAsked():
                asked[fact.check_in] = fact
            case QuestionAnswered():
                said.setdefault(fact.check_in, {})[fact.question] = Answer(fact.question, fact.value)
            case _:
                pass
    return tuple(
        CheckIn(
            check_in,
            fact.timing,
            fact.version,
            fact.form,
            fact.at,
            fact.expires_at,
            answers=tuple(said.get(check_in, {}).values()),
        )
        for check_in, fact in asked.items()
    )


def _trend(chart: Chart, asked: Asked, check_ins: tuple[CheckIn, ...]) -> Trend | None:
    """From the second answer on; one point is no line, and what has another scale than 0 to 10 is in the words."""
    scale = asked.question
    if not isinstance(scale, Scale) or (scale.minimum, scale.maximum) != (0, 10):
        return None
    said = ((_day(chart, check_in).on, check_in.answer(scale.id)) for check_in in check_ins)
    points = tuple(Point(on, value) for on, value in said if isinstance(value, int))
    return Trend(points) if len(points) > 1 else None


def _line(chart: Chart, asked: Asked, check_ins: tuple[CheckIn, ...], number: int | None) -> Line | None:
    question = asked.question.ids()[0]
    known = [check_in for check_in in check_ins if check_in.answer(question) not in {None, SKIPPED}]
    if not known:
        return None
    first, last = known[0], known[-1]
    params: dict[str, Shown] = {
        "number": number,
        "title": Title(MessageKey(f"questions/{question}")),
        "last": prompts.said(last, asked),
        "last_on": _day(chart, last),
        "first": prompts.said(first, asked) if first is not last else None,
        "first_on": _day(chart, first) if first is not last else None,
    }
    return Line(MessageKey("record/trend"), params)


def _day(chart: Chart, check_in: CheckIn) -> Day:
    return Day(local(check_in.asked_at, chart.enrolled.plan.zone).date())


def _reply(chart: Chart, message: str, now: datetime, params: Mapping[str, Param] | None = None) -> Decision:
    reply = to_patient(chart, message, key=f"progress/{stamp(now)}", lane=Lane.REPLY, params=params)
    return Decision(outgoing=(reply,))
