"""Whether help is there: asked some time after an emergency card, at any hour, until it is yes (clinical.md 0.6).

"Not yet", and silence, bring the card again and page the ladder from its first step. Nothing is asked of an alert that
has its outcome, nor of who has died or lies in hospital, as staff have recorded, nor of whose death somebody has
written (0.13). Words about a hospital silence nothing here: "I can't get there" may be meant (0.8).
"""

from datetime import datetime

from followupbot.domain import alerts, cards
from followupbot.domain.addressing import card_subject, patient_notice, retire, stamp, to_patient
from followupbot.domain.alert_state import Alert, HelpAwaited, HelpToAsk
from followupbot.domain.cards import CARD_AGAIN_AFTER_SECONDS
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.cards import HelpAnswered, HelpAsked
from followupbot.domain.folding import fold
from followupbot.domain.ids import AlertId, CardId, MessageId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.presses import Choice, HelpPress
from followupbot.domain.rules import Tier


def wake(chart: Chart, now: datetime) -> Decision:
    """It has been asked where that was due; where nobody answered in time, the card has come again."""
    alert = _waiting(chart)
    match None if alert is None else alert.help:
        case HelpToAsk(at) if at <= now:
            assert alert is not None, "what is to be asked belongs to an alert"
            return _ask(chart, alert, now)
        case HelpAwaited(repeat_at) if repeat_at <= now:
            assert alert is not None, "what was asked belongs to an alert"
            return _repeat(chart, alert, None, now)
        case _:
            return Decision()


def next_wake_at(chart: Chart) -> datetime | None:
    """When it is to be asked, or when silence has lasted too long; None where neither is to come."""
    alert = _waiting(chart)
    match None if alert is None else alert.help:
        case HelpToAsk(at) | HelpAwaited(at):
            return at
        case _:
            return None


def answer(
    chart: Chart, alert_id: AlertId, getting: bool, card: CardId | None, pressed: MessageId, now: datetime
) -> Decision:
    """What the patient says is on the record. "Not yet" counts however old the button is, also after a "yes"."""
    alert = chart.alert(alert_id)
    if getting:
        return _is_there(chart, alert, pressed, now)
    if alert is not None and not alert.unresolved:
        # It had its outcome, and still there is no help: that is an emergency once more.
        worst = min(alert.flags, key=lambda flag: flag.tier.rank)
        raised = alerts.raise_flag(chart, worst, now)
        chart = fold(chart, raised.chart_facts)
        again = chart.unresolved_alert
        assert again is not None, "a flag that was raised has an alert"
        known = alert.card or card
        shown = Decision() if known is None else cards.show(chart, f"a{again.id}/card/help", known, pressed, now)
        return raised + shown
    if alert is None or alert.card is None:
        return Decision() if card is None else cards.unrecorded(chart, card, pressed, now)
    if _said_just_now(alert, now):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    said = HelpAnswered(now, alert.id, getting=False)
    after = fold(chart, (said,))
    current = after.alert(alert.id)
    assert current is not None
    return Decision((said,)) + _repeat(after, current, pressed, now)


def _waiting(chart: Chart) -> Alert | None:
    """The alert whose patient is to be asked, or has been."""
    alert = chart.unresolved_alert
    return None if alert is None or alert.help is None or not chart.reads_of(alert) else alert


def _ask(chart: Chart, alert: Alert, now: datetime) -> Decision:
    check = chart.protocol().ladder[Tier.EMERGENCY].help_check
    if check is None:
        return _repeat(chart, alert, None, now)
    return Decision((HelpAsked(now, alert.id, now + check.within),), (question(chart, alert, now),))


def question(chart: Chart, alert: Alert, now: datetime) -> OutgoingMessage:
    """Whether help is there, and a button for each answer."""
    language = chart.enrolled.plan.language
    return to_patient(
        chart,
        "replies/getting_help",
        key=f"a{alert.id}/help/{stamp(now)}",
        lane=Lane.ALERT,
        subject=card_subject(chart.patient, alert.id),
        private=alert.private,
        choices=(
            (Choice("yes", HelpPress(chart.patient, alert.id, getting=True)),),
            (Choice("not_yet", HelpPress(chart.patient, alert.id, getting=False, card=alert.card, language=language)),),
        ),
    )


def _repeat(chart: Chart, alert: Alert, pressed: MessageId | None, now: datetime) -> Decision:
    """The card comes again, the ladder is paged from its first step, and it will be asked once more."""
    assert alert.card is not None, "help is asked about after a card"
    paged = alerts.page_again(chart, alert.id, now)
    after = fold(chart, paged.chart_facts)
    return paged + cards.show(after, f"a{alert.id}/card/help", alert.card, pressed, now, again=True)


def _is_there(chart: Chart, alert: Alert | None, pressed: MessageId, now: datetime) -> Decision:
    if alert is None or (alert.help is None and alert.help_told is not None and alert.help_told.getting):
        over = patient_notice(chart, "replies/notices/already_answered")
        return Decision(outgoing=(retire(chart, pressed, now),), notice=over)
    told = to_patient(
        chart,
        "replies/help_is_there",
        key=f"a{alert.id}/help_is_there/{stamp(now)}",
        lane=Lane.ALERT,
        subject=card_subject(chart.patient, alert.id),
        in_place_of=pressed,
    )
    saved = patient_notice(chart, "replies/notices/saved")
    return Decision((HelpAnswered(now, alert.id, getting=True),), (told,), saved)


def _said_just_now(alert: Alert, now: datetime) -> bool:
    told = alert.help_told
    return told is not None and not told.getting and (now - told.at).total_seconds() < CARD_AGAIN_AFTER_SECONDS
