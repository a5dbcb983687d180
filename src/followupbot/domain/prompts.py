"""A question as it is put to a patient: which one comes next, and the buttons below it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import assert_never

from followupbot.domain.addressing import check_in_subject, stamp, to_patient
from followupbot.domain.care_protocol import Asked, CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.dates import parse_day
from followupbot.domain.gates import Gate
from followupbot.domain.ids import CardId, MessageId, MessageKey, QuestionId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Day, Param, Said, Summary
from followupbot.domain.presses import AnswerPress, BackPress, LaterPress, StartPress
from followupbot.domain.presses import Choice as Button
from followupbot.domain.questions import Choice, Date, Multiple, Number, Question, Scale, Text, YesNo
from followupbot.domain.replies import (
    DONE,
    NONE_OF_THESE,
    NOT_NEW,
    SKIP,
    SKIPPED,
    Answer,
    Typed,
    Value,
    options_by_words,
)
from followupbot.domain.schedule import local

OF_CARER = "_carer"
"""Ends the name of a screen's words as a carer reads them, where the screen has items that are private."""

QUESTIONS_A_MINUTE = 6
"""What a neutral first line promises: about so many buttons are pressed in a minute."""

SCALE_ROW_MAX = 6
"""0–10 stands in two rows of buttons that a thumb can hit."""


def applicable(chart: Chart, check_in: CheckIn, now: datetime) -> tuple[Asked, ...]:
    """The form's questions that apply to whoever is asked, in its order."""
    asked = chart.protocol(check_in.version).to_ask(check_in.form, chart.evidence(check_in, now))
    if chart.speaker is None:
        return asked
    return tuple(found for question in asked if (found := question.for_carer()) is not None)


def put_as(chart: Chart, check_in: CheckIn | None, question: QuestionId) -> Asked | None:
    """That question as it is put to whoever is asked; None where there is none, or it is not theirs to answer."""
    asked = chart.protocol(check_in.version if check_in else None).asked_as(question)
    return asked.for_carer() if asked is not None and chart.speaker is not None else asked


def answered(check_in: CheckIn, question: Question) -> bool:
    """A gate screen is done with when one of its items has an answer: any press goes on (clinical.md 0.4)."""
    return check_in.answers_any(question.ids())


def left_to_patient(chart: Chart, check_in: CheckIn, question: Question) -> bool:
    """Whether a carer has denied what they are asked of that screen, and the patient alone is asked the rest.

    It is put whole; who has no chat of their own has nobody to ask them (clinical.md 0.19).
    """
    if chart.speaker is not None or chart.enrolled.chat is None or not isinstance(question, Gate):
        return False
    said = [check_in.answer(item.id) for item in question.items]
    denied = NOT_NEW in said and all(value in {None, NOT_NEW} for value in said)
    return denied and any(item.private and check_in.answer(item.id) is None for item in question.items)


@dataclass(frozen=True)
class Turn:
    """A question that is put, and all that apply, in their order."""

    asked: Asked
    questions: tuple[Asked, ...]

    @property
    def number(self) -> int:
        """Which of them it is, from 1; one that applies no more, and was gone back to, stands at the end."""
        return self.questions.index(self.asked) + 1 if self.asked in self.questions else len(self.questions)


def upcoming(chart: Chart, check_in: CheckIn, now: datetime) -> Turn | None:
    """The one that the patient went back to, else the first that applies and has no answer; None at the end."""
    questions = applicable(chart, check_in, now)
    asked = put_as(chart, check_in, check_in.reopened) if check_in.reopened else None
    if asked is None:
        asked = next((found for found in questions if _to_ask(chart, check_in, found.question)), None)
    return None if asked is None else Turn(asked, questions)


def _to_ask(chart: Chart, check_in: CheckIn, question: Question) -> bool:
    return not answered(check_in, question) or left_to_patient(chart, check_in, question)


def again(chart: Chart, check_in: CheckIn, asked: Asked, now: datetime) -> Turn | None:
    """That question put once more; None where it does not apply any more."""
    questions = applicable(chart, check_in, now)
    return Turn(asked, questions) if asked in questions else None


def before(chart: Chart, check_in: CheckIn, question: QuestionId, now: datetime) -> Turn | None:
    """The last question with an answer before that one, or of all where it is not among them; None where none is."""
    questions = applicable(chart, check_in, now)
    found = _before(check_in, questions, question)
    return None if found is None else Turn(found, questions)


def _before(check_in: CheckIn, questions: tuple[Asked, ...], question: QuestionId) -> Asked | None:
    names = [asked.question.id for asked in questions]
    until = names.index(question) if question in names else len(names)
    return next((asked for asked in reversed(questions[:until]) if answered(check_in, asked.question)), None)


def waiting(chart: Chart, check_in: CheckIn, now: datetime) -> frozenset[QuestionId]:
    """The names of everything that applies and has no answer."""
    return frozenset(
        name
        for asked in applicable(chart, check_in, now)
        if not answered(check_in, asked.question)
        for name in asked.question.ids()
    )


def typed(chart: Chart, check_in: CheckIn, asked: Asked, text: str, now: datetime) -> Typed:
    """What the patient wrote, with what is needed to read it."""
    plan = chart.enrolled.plan
    programme = chart.programmes.get(check_in.version, chart.clinic.published)
    labels = programme.labels.get(plan.language, {}).get(asked.question.id, {})
    numbers = chart.lexicon.numbers
    if isinstance(asked.question, Scale | Gate):
        # Who is asked in one language may count in another. Not where any number may be meant: "once" is eleven there.
        numbers = numbers.beside(lexicon.numbers for lexicon in chart.clinic.published.lexicons.values())
    return Typed(text, local(now, plan.zone).date(), plan.language, options_by_words(labels), numbers)


def question(
    chart: Chart, check_in: CheckIn, turn: Turn, now: datetime, pressed: MessageId | None, mask: int = 0
) -> OutgoingMessage:
    """The question, in the place of the message that was pressed; `mask` is what is chosen of several so far."""
    asked = turn.asked
    return to_patient(
        chart,
        words_of(chart, check_in, asked),
        key=f"c{check_in.id}/question/{asked.question.id}/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        words=check_in.version,
        params=_params(chart, check_in, turn.number, len(turn.questions)),
        choices=(*rows(chart, check_in, asked, mask), _way(chart, check_in, turn)),
        in_place_of=pressed,
        expires_at=check_in.expires_at,
    )


def words_of(chart: Chart, check_in: CheckIn, asked: Asked) -> str:
    """The message that puts it: a screen without the items that are private is another one."""
    whole = chart.protocol(check_in.version).question(asked.question.id)
    return f"questions/{asked.question.id}" + ("" if whole == asked.question else OF_CARER)


def ready(chart: Chart, check_in: CheckIn, key: str, starts: bool) -> OutgoingMessage:
    """A neutral first line and a Start button; with `starts` it is we who begin."""
    return to_patient(
        chart,
        "check_ins/ready",
        key=key,
        lane=Lane.CHECK_IN if starts else Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        params={"minutes": minutes(check_in)},
        choices=start(chart, check_in),
        starts=starts,
        expires_at=check_in.expires_at,
    )


def _way(chart: Chart, check_in: CheckIn, turn: Turn) -> tuple[Button, ...]:
    """One last row, below every answer: back, on with the answer as it was, another time.

    Where nothing else is left to ask, back is to the list of all that was said, and there is nothing to put off.
    """
    keep = Button("buttons/keep", StartPress(chart.patient, check_in.id))
    if check_in.reopened is not None and not any(_to_ask(chart, check_in, each.question) for each in turn.questions):
        return Button("buttons/back", BackPress(chart.patient, check_in.id)), keep
    buttons, question = [], turn.asked.question.id
    if _before(check_in, turn.questions, question) is not None:
        buttons.append(Button("buttons/back", BackPress(chart.patient, check_in.id, question)))
    if check_in.reopened is not None:
        buttons.append(keep)
    return (*buttons, Button("buttons/later", LaterPress(chart.patient, check_in.id)))


def start(chart: Chart, check_in: CheckIn) -> tuple[tuple[Button, ...], ...]:
    """The button that begins it, or goes on."""
    return ((Button("start", StartPress(chart.patient, check_in.id)),),)


def minutes(check_in: CheckIn) -> int:
    """How long it takes, as a neutral first line promises it."""
    return max(1, ceil(len(check_in.form) / QUESTIONS_A_MINUTE))


def alone(chart: Chart, check_in: CheckIn, asked: Asked, *, key: str, subject: str) -> OutgoingMessage:
    """One question by itself, in the alert lane, as a message of its own: what follows an emergency card."""
    return to_patient(
        chart,
        words_of(chart, check_in, asked),
        key=key,
        lane=Lane.ALERT,
        subject=subject,
        words=check_in.version,
        params=_params(chart, check_in, 1, 1),
        choices=tuple(rows(chart, check_in, asked)),
    )


def summary(chart: Chart, check_in: CheckIn, now: datetime) -> Summary:
    """What was said to each question that applies, by the names of its buttons; a text of one's own is left out."""
    lines = (said(check_in, asked) for asked in applicable(chart, check_in, now))
    return Summary(tuple(line for line in lines if line is not None))


def said(check_in: CheckIn, asked: Asked) -> Said | None:
    """What was said to that question, by the names of its buttons; None of a text of one's own, and of nothing."""
    shown = asked.question
    key, answer = MessageKey(f"questions/{shown.id}"), check_in.answer(shown.id)
    match shown:
        case Gate():
            values = [(item.id, check_in.answer(item.id)) for item in shown.items]
            labels = tuple(f"{item}.{value}" for item, value in values if value not in {None, NOT_NEW})
            return Said(key, labels or (NONE_OF_THESE,)) if answered(check_in, shown) else None
        case Text():
            return None
        case _:
            return None if answer is None else said_once(shown, shown.id, answer)


def given(check_in: CheckIn, asked: Asked) -> Said:
    """That something was said to that question, of which only that it was left out has words."""
    question = asked.question.id
    skipped = check_in.answer(question) == SKIPPED
    return Said(MessageKey(f"questions/{question}"), (SKIP,) if skipped else ())


def said_once(question: Question | None, name: QuestionId, value: Value) -> Said:
    """One answer by itself, also where the question is gone since or of another type: what was said is shown."""
    key = MessageKey(f"questions/{name if question is None else question.id}")
    if value == SKIPPED:
        return Said(key, (SKIP,))
    if isinstance(question, Gate):
        return Said(key, (NONE_OF_THESE if value == NOT_NEW else f"{name}.{value}",))
    if isinstance(value, int):
        return Said(key, (), value)
    if isinstance(question, Date) and isinstance(value, str) and (day := parse_day(value)):
        return Said(key, (), Day(day))
    return Said(key, value if isinstance(value, tuple) else (value,))


def card_of(protocol: CareProtocol, answers: tuple[Answer, ...]) -> CardId | None:
    """The card that one of these answers brings by itself."""
    return next((card for answer in answers if (card := protocol.card_for(answer.question, answer.value))), None)


def rows(chart: Chart, check_in: CheckIn, asked: Asked, mask: int = 0) -> Iterator[tuple[Button, ...]]:
    """Big, plain buttons; each carries all that an emergency needs when no database answers (clinical.md 0.5)."""

    def button(name: QuestionId, value: str, label: str, chosen: bool | None = None) -> Button:
        return _button(chart, check_in, name, value, label, chosen)

    shown = asked.question
    match shown:
        case Scale():
            points = [str(value) for value in shown.values(shown.id)]
            for start in range(0, len(points), SCALE_ROW_MAX):
                yield tuple(button(shown.id, value, value) for value in points[start : start + SCALE_ROW_MAX])
        case Choice() | YesNo():
            for option in shown.options:
                yield (button(shown.id, option, option),)
        case Multiple():
            chosen = shown.chosen(mask)
            for option in shown.options:
                yield (button(shown.id, f"t{shown.toggled(mask, option)}", option, option in chosen),)
            if shown.finished(mask):
                yield (button(shown.id, f"d{mask}", DONE),)
        case Gate():
            for item in shown.items:
                values = [str(value) for value in shown.values(item.id)[1:]]
                yield tuple(button(item.id, value, f"{item.id}.{value}") for value in values)
            yield (button(shown.id, NONE_OF_THESE, NONE_OF_THESE),)
        case Number() | Date() | Text():
            pass
        case _:
            assert_never(shown)
    if asked.skippable:
        yield (button(shown.id, SKIP, SKIP),)


def _button(chart: Chart, check_in: CheckIn, name: QuestionId, value: str, label: str, chosen: bool | None) -> Button:
    card = chart.protocol(check_in.version).card_on(name, value)
    language = chart.enrolled.plan.language if card else None
    return Button(label, AnswerPress(chart.patient, check_in.id, name, value, card, language), chosen)


def _params(chart: Chart, check_in: CheckIn, number: int, of: int) -> dict[str, Param]:
    """Where the question stands, and since when "new" is meant (clinical.md 0.1)."""
    since = check_in.since
    return {
        "number": number,
        "of": of,
        "first": since is None,
        "since": None if since is None else Day(local(since, chart.enrolled.plan.zone).date()),
    }
