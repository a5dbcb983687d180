"""The emergency card: at that very tap, whatever else is going on; and the one question that follows it."""

from datetime import datetime

from followupbot.domain import alerts, findings, prompts
from followupbot.domain.addressing import card_subject, retire, to_patient
from followupbot.domain.care_protocol import Asked
from followupbot.domain.chart import Chart, CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.evidence import Evidence
from followupbot.domain.facts import ChartFact, CheckInCutShort
from followupbot.domain.ids import CardId, CheckInId, MessageId, QuestionId
from followupbot.domain.outgoing import Lane, OutgoingMessage, Retire
from followupbot.domain.questions import Answer
from followupbot.domain.rules import fired

CARD_AGAIN_AFTER_SECONDS = 60
"""A button tapped twice in one minute brings one card; tapped later, another: the first may be out of sight."""


def emergency(
    chart: Chart, check_in: CheckIn, question: QuestionId, card: CardId, pressed: MessageId | None, now: datetime
) -> Decision:
    """The card, as a new message in the alert lane; the rest of the check-in is dropped, but for one question.

    That one, after the card and behind it, is when it began: what is said to it takes nothing back (clinical.md 0.3,
    0.4).
    """
    facts: tuple[ChartFact, ...] = (CheckInCutShort(now, check_in.id),) if check_in.open else ()
    sent = _card(chart, f"c{check_in.id}/card/{question}", card, pressed, now)
    return Decision(facts, (*sent, *_onset(chart, check_in, now)))


def late_emergency(
    chart: Chart, check_in: CheckInId, answers: tuple[Answer, ...], pressed: MessageId, now: datetime
) -> Decision:
    """The same for a check-in that the chart keeps no more."""
    protocol = chart.protocol()
    evidence = Evidence({answer.question: answer.value for answer in answers}, at=now)
    rules = fired(protocol.rules, evidence, frozenset(evidence.answers))
    decision, after = findings.raise_flags(chart, check_in, rules, evidence, now)
    card = prompts.card_of(protocol, answers)
    assert card is not None, "an emergency has a card"
    return decision + Decision(outgoing=_card(after, f"c{check_in}/card/{answers[0].question}", card, pressed, now))


def unrecorded(chart: Chart, card: CardId, pressed: MessageId, now: datetime) -> Decision:
    """The card that the button itself bears, in the form that says that nothing was recorded."""
    sent = to_patient(
        chart,
        f"cards/{card}",
        key=f"card/{card}/{_once(now)}",
        lane=Lane.ALERT,
        subject=f"{chart.patient}/card",
        params={"recorded": False, "reached": False},
    )
    return Decision(outgoing=(sent, retire(chart, pressed, now)))


def onset(chart: Chart, check_in: CheckIn, question: QuestionId) -> Asked | None:
    """The question that follows a card, where that is the one and it waits for its answer."""
    asked = chart.protocol(check_in.version).onset
    waits = asked is not None and asked.question.id == question and not check_in.open
    return asked if waits and check_in.answer(question) is None else None


def _onset(chart: Chart, check_in: CheckIn, now: datetime) -> tuple[OutgoingMessage, ...]:
    asked, alert = chart.protocol(check_in.version).onset, chart.unresolved_alert
    if asked is None or alert is None or check_in.answer(asked.question.id) is not None:
        return ()
    if asked.applies(chart.evidence(check_in, now)) is not True:
        return ()
    key = f"c{check_in.id}/question/{asked.question.id}/{_once(now)}"
    return (prompts.alone(chart, check_in, asked, key=key, subject=card_subject(chart.patient, alert.id)),)


def _once(now: datetime) -> int:
    return int(now.timestamp()) // CARD_AGAIN_AFTER_SECONDS


def _card(
    chart: Chart, key: str, card: CardId, pressed: MessageId | None, now: datetime
) -> tuple[OutgoingMessage | Retire, ...]:
    alert = chart.unresolved_alert
    assert alert is not None, "an emergency has an alert"
    sent = to_patient(
        chart,
        f"cards/{card}",
        key=f"{key}/{_once(now)}",
        lane=Lane.ALERT,
        subject=card_subject(chart.patient, alert.id),
        params={"recorded": True, "reached": alerts.reachable(chart, alert)},
    )
    return (sent,) if pressed is None else (sent, retire(chart, pressed, now))
