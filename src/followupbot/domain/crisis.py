""" "I am thinking of harming myself": the words that help first, always, and then people (clinical.md 0.14)."""

from datetime import datetime

from followupbot.domain import alerts, cards, ladders
from followupbot.domain.addressing import card_subject, stamp, to_patient
from followupbot.domain.alert_state import MOOD, NO_CHECK_IN, Flag, Open
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.folding import fold
from followupbot.domain.ids import CardId, RuleId
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier, Trace

CONCERN = MOOD

BUTTON = RuleId("harming_myself")
"""What the flag's trace has in the place of a rule: a button, and no answer, raised it."""


def press(chart: Chart, card: CardId, now: datetime) -> Decision:
    """The card at that very tap, and an alert.

    With a ladder of its own in the clinic's file it is an emergency, paged at once at any hour. Without one somebody
    looks at it the same day, and the patient is told when, never that the clinic knows, and never beside that that it
    could not be reached.
    """
    settings = chart.clinic.settings
    roles = () if settings.crisis is None else settings.crisis.ladder
    flag = Flag(NO_CHECK_IN, Tier.EMERGENCY if roles else Tier.SAME_DAY, CONCERN, Trace(BUTTON, 1, ()), now)
    raised = Decision() if _is_waiting(chart, flag) else alerts.raise_flag(chart, flag, now, roles)
    after = fold(chart, raised.chart_facts)
    shown = cards.show(after, "card/crisis", card, None, now, told=bool(roles))
    # The words that help come before all else, so that nothing is sent ahead of them.
    decision = Decision(raised.facts) + shown + Decision(outgoing=raised.outgoing)
    return decision if roles else decision + _when(after, now)


def _is_waiting(chart: Chart, flag: Flag) -> bool:
    """Whether this was said already, and nobody has taken it in hand yet: they are being paged."""
    alert = chart.unresolved_alert
    if alert is None or not isinstance(alert.state, Open):
        return False
    return any(known.trace.rule == BUTTON and known.tier is flag.tier for known in alert.flags)


def _when(chart: Chart, now: datetime) -> Decision:
    alert = chart.unresolved_alert
    assert alert is not None, "it has just been raised"
    if not ladders.reachable(chart, alert, now):
        return Decision()  # the card says that the clinic could not be reached: nobody will look
    told = to_patient(
        chart,
        "replies/crisis_seen_by",
        key=f"crisis/{stamp(now)}",
        lane=Lane.ALERT,
        subject=card_subject(chart.patient, alert.id),
        params={"due": ladders.due_ahead(chart, alert, now)},
        private=True,
    )
    return Decision(outgoing=(told,))
