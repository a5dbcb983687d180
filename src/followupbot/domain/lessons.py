"""Short, sourced texts that a patient asks for: a list of topics, a text, and where it comes from."""

from datetime import datetime

from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.ids import TopicId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice, TopicPress
from followupbot.domain.tiers import Tier

SOURCES = "buttons/sources"
"""The words of that button, which every text has and none brings with it."""


def topics(chart: Chart, now: datetime) -> Decision:
    """A button for each topic of the care protocol. While somebody waits for help there is nothing to read."""
    if chart.urgent:
        return Decision(outgoing=(_first_help(chart, now),))
    rows = tuple((Choice(f"education/{topic}", TopicPress(chart.patient, topic)),) for topic in _topics(chart))
    listed = to_patient(chart, "replies/learn", key=f"learn/{stamp(now)}", lane=Lane.REPLY, choices=rows)
    return Decision(outgoing=(listed,))


def show(chart: Chart, topic: TopicId, sources: bool, now: datetime) -> Decision:
    """The text, or where it comes from; the list of topics where there is no such text any more."""
    if chart.urgent or topic not in _topics(chart):
        return topics(chart, now)
    message = f"education_sources/{topic}" if sources else f"education/{topic}"
    rows = () if sources else ((Choice(SOURCES, TopicPress(chart.patient, topic, sources=True)),),)
    text = to_patient(chart, message, key=f"learn/{topic}/{sources:d}/{stamp(now)}", lane=Lane.REPLY, choices=rows)
    return Decision(outgoing=(text,))


def _topics(chart: Chart) -> tuple[TopicId, ...]:
    protocol = chart.protocol()
    found = [timing.teaches for timing in protocol.timings] + [rule.education for rule in protocol.rules]
    return tuple(dict.fromkeys(topic for topic in found if topic is not None))


def _first_help(chart: Chart, now: datetime) -> OutgoingMessage:
    params: dict[str, Param] = {"emergency": chart.waiting_tier is Tier.EMERGENCY}
    return to_patient(chart, "replies/first_help", key=f"learn/{stamp(now)}", lane=Lane.REPLY, params=params)
