"""One occasion on which questions are put to one patient: asking, answering, reminding. Its end is in `lapses`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from followupbot.domain import cards, endings, findings, offers, prompts, reminders
from followupbot.domain.addressing import check_in_subject, patient_notice, retire, stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.evidence import Evidence
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInBegun, QuestionAnswered, QuestionReopened
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.folding import fold
from followupbot.domain.ids import CardId, CheckInId, MessageId, QuestionId
from followupbot.domain.notes import NOTE_LENGTH_MAX, review_by
from followupbot.domain.outgoing import Lane, Retire
from followupbot.domain.params import Instant
from followupbot.domain.questions import Text
from followupbot.domain.replies import Answer, Pressed, Rejected, Toggled
from followupbot.domain.rules import Rule, Tier
from followupbot.domain.schedule import Timing, resolve

# -- asking ------------------------------------------------------------------------------------------------------------


def ask(chart: Chart, timing: Timing, now: datetime, for_day: date | None = None) -> Decision:
    """The check-in is put to the patient, with a neutral first line and a Start button.

    With `for_day` it is the schedule's: we start it, so it keeps to daytime, and its time runs from that day's hour.
    """
    number = CheckInId(chart.check_in_count + 1)
    plan = chart.enrolled.plan
    due_at = now if for_day is None else resolve(for_day, timing.hour or plan.ask_at, plan.zone)
    expires_at = due_at + timing.open_for
    asked = CheckInAsked(
        at=now,
        check_in=number,
        timing=timing.id,
        version=chart.clinic.published.version,
        form=timing.form,
        expires_at=expires_at,
        for_day=for_day,
        remind_at=tuple(reminders.planned(chart, timing, now, expires_at)),
    )
    check_in = fold(chart, (asked,)).check_in(number)
    assert check_in is not None
    return Decision((asked,), (prompts.ready(chart, check_in, f"c{number}/ready", starts=for_day is not None),))


def repeat(chart: Chart, now: datetime) -> Decision | None:
    """What waits for the patient's answer is sent again; None where nothing does."""
    check_in = chart.open_check_in
    if check_in is None:
        return None
    if check_in.state.kind == "waiting":
        return Decision(outgoing=(prompts.ready(chart, check_in, f"c{check_in.id}/ready/{stamp(now)}", starts=False),))
    return begin(chart, check_in.id, None, now)


def begin(chart: Chart, check_in_id: CheckInId, pressed: MessageId | None, now: datetime) -> Decision:
    """The first question that has no answer stands in the place of the Start button; it has begun once."""
    check_in = chart.check_in(check_in_id)
    if check_in is None or not check_in.open:
        return over(chart, pressed, now)
    begun: tuple[ChartFact, ...] = (CheckInBegun(now, check_in.id),) if check_in.state.kind == "waiting" else ()
    if check_in.reopened is not None:
        begun += (QuestionReopened(now, check_in.id, None),)
    after = fold(chart, begun)
    current = after.check_in(check_in.id)
    assert current is not None
    turn = prompts.upcoming(after, current, now)
    if turn is None:
        return Decision(begun) + endings.finish(after, current, pressed, now)
    return Decision(begun, (prompts.question(after, current, turn, now, pressed),))


# -- another time ------------------------------------------------------------------------------------------------------


def put_off(chart: Chart, check_in_id: CheckInId, pressed: MessageId, now: datetime) -> Decision:
    """The check-in waits for another time, and is reminded of as planned."""
    check_in = chart.check_in(check_in_id)
    if check_in is None or not check_in.open:
        return over(chart, pressed, now)
    later = to_patient(
        chart,
        "check_ins/later",
        key=f"c{check_in.id}/later/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        params={"until": Instant(check_in.expires_at, chart.enrolled.plan.zone)},
        choices=prompts.start(chart, check_in),
        in_place_of=pressed,
        expires_at=check_in.expires_at,
    )
    return Decision(outgoing=(later,))


# -- answering ---------------------------------------------------------------------------------------------------------


def answer_press(
    chart: Chart,
    check_in_id: CheckInId,
    question_id: QuestionId,
    value: str,
    pressed: MessageId,
    now: datetime,
    card: CardId | None = None,
) -> Decision:
    """The button's answer is recorded once; a red one brings its card and its alert however old the button is.

    `card` is what the button itself bears. Where the programme has lost the question since, that card comes all the
    same, in the form that says that nothing was recorded.
    """
    check_in = chart.check_in(check_in_id)
    protocol = chart.protocol(check_in.version if check_in else None)
    asked = prompts.put_as(chart, check_in, question_id)
    read = Rejected("unknown") if asked is None else asked.read(question_id, Pressed(value))
    if not isinstance(read, Rejected | Toggled) and prompts.card_of(protocol, read):
        # An item that was denied before and is new now counts, and so does one that is pressed again: safety runs on
        # the worse answer. Of a check-in that the chart keeps no more, only this is still heard.
        if check_in is None:
            return cards.late_emergency(chart, check_in_id, read, pressed, now)
        return _record(chart, check_in, read, pressed, now)
    if card is not None:
        return cards.unrecorded(chart, card, pressed, now)
    if isinstance(read, Rejected) or check_in is None or asked is None:
        return _answered_too_late(chart, pressed, now)
    if cards.onset(chart, check_in, question_id) is not None and not isinstance(read, Toggled):
        return _tell_onset(chart, check_in, read, pressed, now)
    said = not isinstance(read, Toggled) and all(check_in.answer(answer.question) is not None for answer in read)
    if not check_in.open and not said:
        return _answered_too_late(chart, pressed, now)
    done = prompts.answered(check_in, asked.question)
    done = done and not prompts.left_to_patient(chart, check_in, asked.question)
    if check_in.reopened != asked.question.id and (said or done):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    if isinstance(read, Toggled):
        turn = prompts.again(chart, check_in, asked, now)
        if turn is None:
            return over(chart, pressed, now)
        return Decision(outgoing=(prompts.question(chart, check_in, turn, now, pressed, read.mask),))
    return _record(chart, check_in, read, pressed, now)


def answer_text(chart: Chart, text: str, now: datetime) -> Decision | None:
    """What was typed, where a question that has begun waits for it; None where none does."""
    check_in = chart.open_check_in
    if check_in is None or check_in.state.kind != "begun":
        return None
    turn = prompts.upcoming(chart, check_in, now)
    if turn is None:
        return None  # what was left to ask applies no more since
    asked = turn.asked
    read = asked.read(asked.question.id, prompts.typed(chart, check_in, asked, text, now))
    assert not isinstance(read, Toggled), "nothing typed chooses one of several"
    if isinstance(read, Rejected):
        rejected = to_patient(
            chart,
            f"replies/rejected/{read.reason}",
            key=f"rejected/{stamp(now)}",
            lane=Lane.REPLY,
            subject=check_in_subject(chart.patient, check_in.id),
        )
        return Decision(outgoing=(rejected, prompts.question(chart, check_in, turn, now, None)))
    words = None
    if isinstance(asked.question, Text):
        words = FreeText(_note(check_in, asked.question.id, now), text[:NOTE_LENGTH_MAX])
    return _record(chart, check_in, read, None, now, words)


def _note(check_in: CheckIn, question: QuestionId, now: datetime) -> str:
    """What the words are kept under: those that are given anew stand beside the first, and both are read."""
    note = f"c{check_in.id}/{question}"
    return f"{note}/{stamp(now)}" if check_in.reopened == question else note


def _record(
    chart: Chart,
    check_in: CheckIn,
    answers: tuple[Answer, ...],
    pressed: MessageId | None,
    now: datetime,
    words: FreeText | None = None,
) -> Decision:
    """The answers, the flags that they raise, and what comes next."""
    facts: tuple[ChartFact, ...] = ()
    if check_in.state.kind == "waiting":
        facts += (CheckInBegun(now, check_in.id),)
    facts += tuple(
        QuestionAnswered(now, check_in.id, answer.question, answer.value, carer=chart.speaker)
        for answer in answers
        if check_in.answer(answer.question) != answer.value
    )
    if check_in.reopened is not None and not any(isinstance(fact, QuestionAnswered) for fact in facts):
        facts += (QuestionReopened(now, check_in.id, None),)
    if words is not None:
        facts += (NoteReceived(now, words.note, review_by(chart, now), chart.speaker),)
    decision = Decision(facts, texts=() if words is None else (words,))
    names = frozenset(answer.question for answer in answers)
    found, rules, after = findings.of_answers(fold(chart, facts), check_in.id, names, now)
    decision += found
    current = after.check_in(check_in.id)
    assert current is not None
    # The card is for the press itself, whether or not its rule has fired on this occasion before.
    protocol = chart.protocol(check_in.version)
    card = prompts.card_of(protocol, answers) or next((rule.card for rule in rules if rule.card), None)
    if card is not None:
        return decision + cards.emergency(after, current, answers[0].question, card, pressed, now)
    turn = prompts.upcoming(after, current, now)
    saved = Decision(notice=patient_notice(chart, "replies/notices/saved"))
    told = endings.tell_at_once(chart, after, current, now)
    if turn is not None:
        return decision + told + Decision(outgoing=(prompts.question(after, current, turn, now, pressed),)) + saved
    ending = endings.finish(after, current, pressed, now)
    # Its end says whom to call; where it waits for the patient's own part, nothing else would.
    return decision + (ending if ending.facts else told + ending) + saved


def _tell_onset(
    chart: Chart, check_in: CheckIn, answers: tuple[Answer, ...], pressed: MessageId, now: datetime
) -> Decision:
    """When it began is on the record. It may add a flag; it takes none away and the card stands (clinical.md 0.3)."""
    facts = tuple(
        QuestionAnswered(now, check_in.id, answer.question, answer.value, carer=chart.speaker) for answer in answers
    )
    names = frozenset(answer.question for answer in answers)
    found, _, after = findings.of_answers(fold(chart, facts), check_in.id, names, now)
    told = to_patient(
        after,
        "check_ins/done/emergency",
        key=f"c{check_in.id}/onset",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        in_place_of=pressed,
    )
    return Decision(facts) + found + Decision(outgoing=(told,), notice=patient_notice(chart, "replies/notices/saved"))


def over(chart: Chart, pressed: MessageId | None, now: datetime) -> Decision:
    """An old button: a kind word, and the button is gone."""
    return Decision(outgoing=_retire(chart, pressed, now), notice=patient_notice(chart, "replies/notices/over"))


def _answered_too_late(chart: Chart, pressed: MessageId, now: datetime) -> Decision:
    """What was said counts no more, and it may have been a fever: the way to say it again stands there (8c, H11).

    While help is awaited nothing stands below the card but what belongs to it.
    """
    if chart.waiting_tier is Tier.EMERGENCY:
        return over(chart, pressed, now)
    told = to_patient(chart, "check_ins/over", key=f"over/{pressed}", lane=Lane.REPLY, choices=offers.check_now(chart))
    return over(chart, pressed, now) + Decision(outgoing=(told,))


def _retire(chart: Chart, pressed: MessageId | None, now: datetime) -> tuple[Retire, ...]:
    return () if pressed is None else (retire(chart, pressed, now),)


# -- while it is open --------------------------------------------------------------------------------------------------


def wake(chart: Chart, now: datetime) -> Decision:
    """The patient has been reminded where that was due; what was half said and left has raised its flags."""
    check_in = chart.open_check_in
    if check_in is None:
        return Decision()
    decision, after = _pause(chart, check_in, now)
    if chart.held:
        return decision
    return decision + reminders.due(after, check_in, now)


def next_wake_at(chart: Chart) -> datetime | None:
    """When the patient is to be reminded, or a pause becomes too long; None where neither is to come."""
    check_in = chart.open_check_in
    if check_in is None:
        return None
    times = [
        *(() if chart.held else check_in.remind_at[check_in.reminders :]),
        *(pause.at for pause in _pauses(chart, check_in)),
    ]
    return min(times, default=None)


def _pause(chart: Chart, check_in: CheckIn, now: datetime) -> tuple[Decision, Chart]:
    """The flags of what was half said, each as of the moment at which its pause was over, and the chart after."""
    decision, rules = Decision(), tuple[Rule, ...]()
    while ended := [pause for pause in _pauses(chart, check_in) if pause.at <= now]:
        first = min(ended, key=lambda pause: pause.at)
        new, evidence = first.rules, first.evidence
        found, chart = findings.raise_flags(chart, check_in.id, new, evidence, now)
        decision, rules = decision + found, (*rules, *new)
        current = chart.check_in(check_in.id)
        assert current is not None
        check_in = current
    return decision + endings.tell(chart, check_in, rules, now, starts=True), chart


@dataclass(frozen=True)
class _Pause:
    """When it will be long enough for rules to fire that have not, if nothing more is said; and what they look at."""

    at: datetime
    evidence: Evidence
    rules: tuple[Rule, ...]


def _pauses(chart: Chart, check_in: CheckIn) -> Iterator[_Pause]:
    if check_in.answered_at is None:
        return
    for pause in chart.protocol(check_in.version).pauses:
        at = check_in.answered_at + pause
        evidence = chart.evidence(check_in, at, endings.silence(chart, check_in, at, over=False))
        rules = findings.silent_rules(chart, check_in, evidence)
        if rules:
            yield _Pause(at, evidence, rules)
