"""Every timer in the system."""

from datetime import timedelta

from followupbot.domain import wake
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.rules import Tier
from tests.builders import NOW, PATIENT, a_chart, an_alerted_chart, sent


def test_a_chart_wakes_at_its_earliest_timer() -> None:
    """The next step of the ladder before the check-in's end."""
    assert wake.next_wake_at(an_alerted_chart(Tier.EMERGENCY)) == NOW + timedelta(minutes=5)
    assert wake.next_wake_at(an_alerted_chart(Tier.ROUTINE)) == wake.next_wake_at(a_chart())


def test_alerts_wake_by_themselves() -> None:
    """Nothing else that goes wrong in a chart may hold up a page."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    assert sent(wake.wake_alerts(chart, NOW + timedelta(minutes=5))) == ["dr_sato: alerts/new"]
    assert wake.wake(chart, NOW + timedelta(minutes=5)) == Decision()


def test_a_chart_without_a_patient_sleeps() -> None:
    """A code that was never given."""
    assert (wake.wake(Chart(PATIENT), NOW), wake.next_wake_at(Chart(PATIENT))) == (Decision(), None)
