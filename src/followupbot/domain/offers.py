"""The buttons that stand below any reply: to be asked about the red flags now, and to say what is hardest to say."""

from followupbot.domain.chart import Chart
from followupbot.domain.ids import CardId
from followupbot.domain.presses import CheckNowPress, Choice, CrisisPress

CRISIS_CARD = CardId("crisis")

Rows = tuple[tuple[Choice, ...], ...]


def check_now(chart: Chart) -> Rows:
    """ "Something has changed: check now"; none where nothing is asked of this patient yet, or by the protocol."""
    active = chart.active
    if active is None or not active.operated or chart.protocol().urgent is None:
        return ()
    return ((Choice("buttons/check_now", CheckNowPress(chart.patient)),),)


def crisis(chart: Chart) -> Rows:
    """ "I am thinking of harming myself" (clinical.md 0.14)."""
    return ((Choice("buttons/crisis", CrisisPress(chart.patient, CRISIS_CARD, chart.enrolled.plan.language)),),)
