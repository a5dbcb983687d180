"""What the facts after an emergency card add up to."""

from typing import assert_never

from followupbot.domain.alert_state import HelpAwaited, HelpToAsk, HelpTold
from followupbot.domain.chart import Chart
from followupbot.domain.facts.cards import CardFact, CardSent, HelpAnswered, HelpAsked
from followupbot.domain.folding.changes import Changes, of_alert


def changes(chart: Chart, fact: CardFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case CardSent():
            asks = None if fact.ask_at is None else HelpToAsk(fact.ask_at)
            return of_alert(chart, fact.alert, card=fact.card, help=asks)
        case HelpAsked():
            return of_alert(chart, fact.alert, help=HelpAwaited(fact.repeat_at))
        case HelpAnswered():
            return of_alert(chart, fact.alert, help=None, help_told=HelpTold(fact.at, fact.getting))
        case _:
            assert_never(fact)
