"""One occasion on which questions are put to one patient: asking, answering, expiring."""

from collections.abc import Iterator
from datetime import date, datetime
from math import ceil

from followupbot.domain import alerts
from followupbot.domain.addressing import (
    card_subject,
    check_in_subject,
    patient_notice,
    retire,
    stamp,
    to_patient,
)
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart, CheckIn, Flag
from followupbot.domain.conditions import Evidence
from followupbot.domain.decision import Decision
from followupbot.domain.education import topics_for
from followupbot.domain.facts import (
    ChartFact,
    CheckInAsked,
    CheckInBegun,
    CheckInCompleted,
    CheckInCutShort,
    CheckInExpired,
    QuestionAnswered,
)
from followupbot.domain.folding import fold
from followupbot.domain.ids import CardId, CheckInId, MessageId, QuestionId
from followupbot.domain.outgoing import (
    AnswerPress,
    Day,
    Instant,
    Lane,
    OutgoingMessage,
    Param,
    Retire,
    StartPress,
)
from followupbot.domain.outgoing import (
    Choice as Button,
)
from followupbot.domain.questions import NONE_OF_THESE, Answer, Choice, Gate, Pressed, Question, Rejected, Scale, Typed
from followupbot.domain.rules import Rule, Tier, fired, trace
from followupbot.domain.schedule import Timing, local, resolve

QUESTIONS_A_MINUTE = 6
"""What a neutral first line promises: about so many buttons are pressed in a minute."""

CARD_AGAIN_AFTER_SECONDS = 60
"""A button tapped twice in one minute brings one card; tapped later, another: the first may be out of sight."""

SCALE_ROW_MAX = 6
"""0–10 stands in two rows of buttons that a thumb can hit."""

# -- asking ------------------------------------------------------------------------------------------------------------


def ask(chart: Chart, timing: Timing, now: datetime, for_day: date | None = None) -> Decision:
    """The check-in is put to the patient, with a neutral first line and a Start button.

    With `for_day` it is the schedule's: we start it, so it keeps to daytime, and its time runs from that day's hour.
    """
    number = CheckInId(chart.check_in_count + 1)
    plan = chart.enrolled.plan
    due_at = now if for_day is None else resolve(for_day, plan.ask_at, plan.zone)
    version = chart.clinic.published.version
    asked = CheckInAsked(now, number, timing.id, version, timing.form, due_at + timing.open_for, for_day)
    check_in = fold(chart, (asked,)).check_in(number)
    assert check_in is not None
    return Decision((asked,), (_ready(chart, check_in, f"c{number}/ready", starts=for_day is not None),))


def repeat(chart: Chart, now: datetime) -> Decision | None:
    """What waits for the patient's answer is sent again; None where nothing does."""
    check_in = chart.open_check_in
    if check_in is None:
        return None
    if check_in.state.kind == "waiting":
        return Decision(outgoing=(_ready(chart, check_in, f"c{check_in.id}/ready/{stamp(now)}", starts=False),))
    question = _next(chart, check_in)
    assert question is not None, "a check-in without a question left is closed"
    return Decision(outgoing=(_question(chart, check_in, question, now, None),))


def _ready(chart: Chart, check_in: CheckIn, key: str, starts: bool) -> OutgoingMessage:
    return to_patient(
        chart,
        "check_ins/ready",
        key=key,
        lane=Lane.CHECK_IN if starts else Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        params={"minutes": max(1, ceil(len(check_in.form) / QUESTIONS_A_MINUTE))},
        choices=((Button("start", StartPress(chart.patient, check_in.id)),),),
        starts=starts,
        expires_at=check_in.expires_at,
    )


def begin(chart: Chart, check_in_id: CheckInId, pressed: MessageId | None, now: datetime) -> Decision:
    """The first question that has no answer stands in the place of the Start button; it has begun once."""
    check_in = chart.check_in(check_in_id)
    if check_in is None or not check_in.open:
        return _over(chart, pressed, now)
    begun = (CheckInBegun(now, check_in.id),) if check_in.state.kind == "waiting" else ()
    after = fold(chart, begun)
    current = after.check_in(check_in.id)
    assert current is not None
    question = _next(after, current)
    assert question is not None, "a check-in without a question left is closed"
    return Decision(begun, (_question(after, current, question, now, pressed),))


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
    question = protocol.question(question_id)
    read = Rejected("unknown") if question is None else question.read(question_id, Pressed(value))
    if not isinstance(read, Rejected) and any(protocol.card_for(answer.question, answer.value) for answer in read):
        # An item that was denied before and is new now counts, and so does one that is pressed again: safety runs on
        # the worse answer. Of a check-in that the chart keeps no more, only this is still heard.
        if check_in is None:
            return _late_emergency(chart, check_in_id, read, pressed, now)
        return _record(chart, check_in, read, pressed, now)
    if card is not None:
        return _unrecorded(chart, card, pressed, now)
    if isinstance(read, Rejected) or check_in is None:
        return _over(chart, pressed, now)
    fresh = tuple(answer for answer in read if check_in.answer(answer.question) is None)
    if not fresh:
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    if not check_in.open:
        return _over(chart, pressed, now)
    if question is not None and _answered(check_in, question):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    return _record(chart, check_in, fresh, pressed, now)


def answer_text(chart: Chart, text: str, now: datetime) -> Decision | None:
    """What was typed, where a question that has begun waits for it; None where none does."""
    check_in = chart.open_check_in
    if check_in is None or check_in.state.kind != "begun":
        return None
    question = _next(chart, check_in)
    assert question is not None, "a check-in without a question left is closed"
    read = question.read(question.id, Typed(text))
    if isinstance(read, Rejected):
        rejected = to_patient(
            chart,
            f"replies/rejected/{read.reason}",
            key=f"rejected/{stamp(now)}",
            lane=Lane.REPLY,
            subject=check_in_subject(chart.patient, check_in.id),
        )
        return Decision(outgoing=(rejected, _question(chart, check_in, question, now, None)))
    return _record(chart, check_in, read, None, now)


def _record(
    chart: Chart, check_in: CheckIn, answers: tuple[Answer, ...], pressed: MessageId | None, now: datetime
) -> Decision:
    """The answers, the flags that they raise, and what comes next."""
    facts: tuple[ChartFact, ...] = ()
    if check_in.state.kind == "waiting":
        facts += (CheckInBegun(now, check_in.id),)
    facts += tuple(
        QuestionAnswered(now, check_in.id, answer.question, answer.value)
        for answer in answers
        if check_in.answer(answer.question) != answer.value
    )
    decision = Decision(facts)
    after = fold(chart, facts)
    protocol = chart.protocol(check_in.version)
    current = after.check_in(check_in.id)
    assert current is not None
    because_of = frozenset(answer.question for answer in answers)
    evidence = after.evidence(current)
    rules = fired(protocol.rules, evidence, because_of)
    raised, after = _raise(after, current.id, rules, evidence, now)
    decision += raised
    # The card is for the press itself, whether or not its rule has fired on this occasion before.
    card = _card_of(protocol, answers) or next((rule.card for rule in rules if rule.card), None)
    if card is not None:
        return decision + _emergency(after, current, answers[0].question, card, pressed, now)
    current = after.check_in(check_in.id)
    assert current is not None
    question = _next(after, current)
    saved = Decision(notice=patient_notice(chart, "replies/notices/saved"))
    if question is not None:
        return decision + Decision(outgoing=(_question(after, current, question, now, pressed),)) + saved
    return decision + _complete(after, current, pressed, now) + saved


def _raise(
    chart: Chart, check_in: CheckInId, rules: tuple[Rule, ...], evidence: Evidence, now: datetime
) -> tuple[Decision, Chart]:
    """One flag for each rule that has none on this occasion, the most urgent first, and the chart after."""
    decision = Decision()
    for rule in sorted(rules, key=lambda rule: rule.tier.rank):
        if _flagged(chart, check_in, rule):
            continue
        flag = Flag(check_in, rule.tier, rule.concern, trace(rule, evidence), now)
        raised = alerts.raise_flag(chart, flag, now)
        chart = fold(chart, raised.facts)  # type: ignore[arg-type] # raising gives chart facts only
        decision += raised
    return decision, chart


def _flagged(chart: Chart, check_in: CheckInId, rule: Rule) -> bool:
    """Whether the rule has raised its flag on this occasion; an emergency that has had its outcome may come again."""
    if rule.tier is Tier.EMERGENCY:
        alert = chart.unresolved_alert
        flags = () if alert is None else alert.flags
        return any(flag.check_in == check_in and flag.trace.rule == rule.id for flag in flags)
    found = chart.check_in(check_in)
    return found is not None and rule.id in found.fired


def _card_of(protocol: CareProtocol, answers: tuple[Answer, ...]) -> CardId | None:
    return next((card for answer in answers if (card := protocol.card_for(answer.question, answer.value))), None)


def _emergency(
    chart: Chart, check_in: CheckIn, question: QuestionId, card: CardId, pressed: MessageId | None, now: datetime
) -> Decision:
    """The card, as a new message in the alert lane; the rest of the check-in is dropped (clinical.md 0.4)."""
    facts: tuple[ChartFact, ...] = (CheckInCutShort(now, check_in.id),) if check_in.open else ()
    return Decision(facts, _card(chart, f"c{check_in.id}/card/{question}", card, pressed, now))


def _late_emergency(
    chart: Chart, check_in: CheckInId, answers: tuple[Answer, ...], pressed: MessageId, now: datetime
) -> Decision:
    protocol = chart.protocol()
    evidence = Evidence({answer.question: answer.value for answer in answers})
    rules = fired(protocol.rules, evidence, frozenset(evidence.answers))
    decision, after = _raise(chart, check_in, rules, evidence, now)
    card = _card_of(protocol, answers)
    assert card is not None, "an emergency has a card"
    return decision + Decision(outgoing=_card(after, f"c{check_in}/card/{answers[0].question}", card, pressed, now))


def _unrecorded(chart: Chart, card: CardId, pressed: MessageId, now: datetime) -> Decision:
    sent = to_patient(
        chart,
        f"cards/{card}",
        key=f"card/{card}/{_once(now)}",
        lane=Lane.ALERT,
        subject=f"{chart.patient}/card",
        params={"recorded": False, "reached": False},
    )
    return Decision(outgoing=(sent, retire(chart, pressed, now)))


def _once(now: datetime) -> int:
    return int(now.timestamp()) // CARD_AGAIN_AFTER_SECONDS


def _card(
    chart: Chart, key: str, card: CardId, pressed: MessageId | None, now: datetime
) -> tuple[OutgoingMessage | Retire, ...]:
    alert = chart.unresolved_alert
    assert alert is not None, "an emergency has an alert"
    subject = card_subject(chart.patient, alert.id)
    sent = to_patient(
        chart,
        f"cards/{card}",
        key=f"{key}/{_once(now)}",
        lane=Lane.ALERT,
        subject=subject,
        params={"recorded": True, "reached": alerts.reachable(chart, alert)},
    )
    return (sent, *_retire(chart, pressed, now))


def _complete(chart: Chart, check_in: CheckIn, pressed: MessageId | None, now: datetime) -> Decision:
    """What happens now and when somebody looks at it; then the education that fits, none after an urgent flag."""
    completed = CheckInCompleted(now, check_in.id)
    # Also one that has been resolved in the meantime: what was said was said. The newest first, of equal ones.
    flags = [
        (flag.tier, alert) for alert in reversed(chart.alerts) for flag in alert.flags if flag.check_in == check_in.id
    ]
    worst, alert = min(flags, key=lambda found: found[0].rank, default=(None, None))
    params: dict[str, Param] = {}
    if alert is not None and worst in {Tier.SAME_DAY, Tier.THIS_WEEK}:
        params["due"] = Instant(alert.due_at, chart.enrolled.plan.zone)
    if alert is not None and worst is Tier.SAME_DAY:
        params["reached"] = alerts.reachable(chart, alert)
    done = to_patient(
        chart,
        f"check_ins/done/{worst or 'no_flag'}",
        key=f"c{check_in.id}/done",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        params=params,
        in_place_of=pressed,
    )
    waiting = chart.unresolved_alert
    tiers = [tier for tier in (worst, waiting.tier if waiting else None) if tier is not None]
    education = tuple(
        to_patient(
            chart,
            f"education/{topic}",
            key=f"c{check_in.id}/education/{topic}",
            lane=Lane.EDUCATION,
            subject=check_in_subject(chart.patient, check_in.id),
        )
        for topic in topics_for(
            chart.protocol(check_in.version), check_in, min(tiers, key=lambda tier: tier.rank, default=None)
        )
    )
    return Decision((completed,), (done, *education))


def _over(chart: Chart, pressed: MessageId | None, now: datetime) -> Decision:
    """An old button: a kind word, and the button is gone."""
    return Decision(outgoing=_retire(chart, pressed, now), notice=patient_notice(chart, "replies/notices/over"))


def _retire(chart: Chart, pressed: MessageId | None, now: datetime) -> tuple[Retire, ...]:
    return () if pressed is None else (retire(chart, pressed, now),)


# -- the question that comes next --------------------------------------------------------------------------------------


def _answered(check_in: CheckIn, question: Question) -> bool:
    """A gate screen is done with when one of its items has an answer: any press goes on (clinical.md 0.4)."""
    return any(check_in.answer(name) is not None for name in question.ids())


def _applicable(chart: Chart, check_in: CheckIn) -> tuple[Question, ...]:
    return chart.protocol(check_in.version).to_ask(check_in.form, chart.evidence(check_in))


def _next(chart: Chart, check_in: CheckIn) -> Question | None:
    return next((asked for asked in _applicable(chart, check_in) if not _answered(check_in, asked)), None)


def _question(
    chart: Chart, check_in: CheckIn, question: Question, now: datetime, pressed: MessageId | None
) -> OutgoingMessage:
    questions = _applicable(chart, check_in)
    since = chart.answered_at
    return to_patient(
        chart,
        f"questions/{question.id}",
        key=f"c{check_in.id}/question/{question.id}/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        words=check_in.version,
        params={
            "number": questions.index(question) + 1,
            "of": len(questions),
            "first": since is None,
            "since": None if since is None else Day(local(since, chart.enrolled.plan.zone).date()),
        },
        choices=tuple(_rows(chart, check_in, question)),
        in_place_of=pressed,
        expires_at=check_in.expires_at,
    )


def _rows(chart: Chart, check_in: CheckIn, question: Question) -> Iterator[tuple[Button, ...]]:
    """Big, plain buttons; each carries all that an emergency needs when no database answers (clinical.md 0.5)."""
    protocol = chart.protocol(check_in.version)
    match question:
        case Scale():
            points = [str(value) for value in question.values(question.id)]
            for start in range(0, len(points), SCALE_ROW_MAX):
                row = points[start : start + SCALE_ROW_MAX]
                yield tuple(_button(chart, protocol, check_in, question.id, value, value) for value in row)
        case Choice():
            for option in question.options:
                yield (_button(chart, protocol, check_in, question.id, option, option),)
        case Gate():
            for item in question.items:
                values = [str(value) for value in question.values(item.id)[1:]]
                yield tuple(
                    _button(chart, protocol, check_in, item.id, value, f"{item.id}.{value}") for value in values
                )
            yield (_button(chart, protocol, check_in, question.id, NONE_OF_THESE, NONE_OF_THESE),)


def _button(
    chart: Chart, protocol: CareProtocol, check_in: CheckIn, question: QuestionId, value: str, label: str
) -> Button:
    read = protocol.question(question)
    answers = () if read is None else read.read(question, Pressed(value))
    card = None if isinstance(answers, Rejected) else _card_of(protocol, answers)
    language = chart.enrolled.plan.language if card else None
    return Button(label, AnswerPress(chart.patient, check_in.id, question, value, card, language))


def expire(chart: Chart, check_in: CheckIn, now: datetime) -> CheckInExpired:
    """Its time is over. It is a miss where not even the gate was finished, or, without a gate, nothing was answered."""
    gates = [asked for asked in _applicable(chart, check_in) if isinstance(asked, Gate)]
    finished = all(_answered(check_in, gate) for gate in gates) if gates else bool(check_in.answers)
    return CheckInExpired(now, check_in.id, missed=not finished)
