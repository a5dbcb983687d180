"""The emergency card: at that very tap, whatever else is going on; and the one question that follows it."""

from datetime import datetime

from followupbot.domain import findings, ladders, prompts
from followupbot.domain.addressing import card_subject, retire, stamp, to_patient
from followupbot.domain.alert_state import Alert, HelpToAsk
from followupbot.domain.care_protocol import Asked
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.evidence import Evidence
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.cards import CardSent
from followupbot.domain.facts.check_ins import CheckInCutShort
from followupbot.domain.ids import CardId, CheckInId, MessageId, QuestionId
from followupbot.domain.offers import CRISIS_CARD
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.replies import Answer
from followupbot.domain.rules import Tier, fired

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
    sent = show(chart, f"c{check_in.id}/card/{question}", card, pressed, now)
    return Decision(facts) + sent + Decision(outgoing=_onset(chart, check_in, now))


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
    return decision + show(after, f"c{check_in}/card/{answers[0].question}", card, pressed, now)


def show(
    chart: Chart,
    key: str,
    card: CardId,
    pressed: MessageId | None,
    now: datetime,
    again: bool = False,
    told: bool = True,
) -> Decision:
    """The card is with the patient, whatever was pressed has no buttons, and it will be asked whether help is there.

    One card of that key in a minute; `again` says that we send it anew, so that the time until we ask begins anew too.
    Without `told` it says neither that the clinic knows nor, while somebody can be reached, that it could not be
    reached; and nothing is asked afterwards: nobody would hear the answer.
    """
    alert = chart.unresolved_alert
    assert alert is not None, "an emergency has an alert"
    sent = _message(chart, alert, f"{key}/{stamp(now) if again else _once(now)}", card, now, told)
    facts = _sent(chart, alert, card, now, again) if told else ()
    return Decision(facts, (sent,) if pressed is None else (sent, retire(chart, pressed, now)))


def standing(chart: Chart, now: datetime) -> tuple[OutgoingMessage, ...]:
    """The card of an emergency in which help is not there yet, and the question behind it where that waits.

    For whoever reads it out: nothing is recorded, and the time until it is asked whether help is there runs on.
    """
    alert = chart.unresolved_alert
    if alert is None or alert.card is None or alert.help is None:
        return ()
    card = _message(chart, alert, f"a{alert.id}/card/standing/{stamp(now)}", alert.card, now, told=True)
    found = (chart.check_in(flag.check_in) for flag in reversed(alert.flags))
    check_in = next((check_in for check_in in found if check_in is not None and not check_in.open), None)
    return (card,) if check_in is None else (card, *_onset(chart, check_in, now))


def unrecorded(chart: Chart, card: CardId, pressed: MessageId, now: datetime) -> Decision:
    """The card that the button itself bears, in the form that says that nothing was recorded."""
    sent = to_patient(
        chart,
        f"cards/{card}",
        key=f"card/{card}/{_once(now)}",
        lane=Lane.ALERT,
        subject=f"{chart.patient}/card",
        params={"recorded": False, "reached": False},
        private=card == CRISIS_CARD,
    )
    return Decision(outgoing=(sent, retire(chart, pressed, now)))


def onset(chart: Chart, check_in: CheckIn, question: QuestionId) -> Asked | None:
    """The question that follows a card, where that is the one and it waits for its answer."""
    asked = chart.protocol(check_in.version).onset
    waits = asked is not None and asked.question.id == question and not check_in.open
    return asked if waits and check_in.answer(question) is None else None


def _message(chart: Chart, alert: Alert, key: str, card: CardId, now: datetime, told: bool) -> OutgoingMessage:
    return to_patient(
        chart,
        f"cards/{card}",
        key=key,
        lane=Lane.ALERT,
        subject=card_subject(chart.patient, alert.id),
        params={"recorded": True, "reached": _reached(chart, alert, now, told)},
        private=card == CRISIS_CARD,
    )


def _reached(chart: Chart, alert: Alert, now: datetime, told: bool) -> bool | None:
    """Whether the clinic was told; None where nobody is told at once, and somebody will look (clinical.md 0.14)."""
    reachable = ladders.reachable(chart, alert, now)
    return reachable if told or not reachable else None


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


def _sent(chart: Chart, alert: Alert, card: CardId, now: datetime, again: bool) -> tuple[CardSent, ...]:
    """When to ask whether help is there. What has been set is left alone, or pressing again would put it off."""
    if alert.help is not None and alert.card == card and not again:
        return ()
    check = chart.protocol().ladder[Tier.EMERGENCY].help_check
    ask_at = None if check is None else now + check.after
    if isinstance(alert.help, HelpToAsk) and not again:
        ask_at = alert.help.at
    return (CardSent(now, alert.id, card, ask_at),)
