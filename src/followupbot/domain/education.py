"""Which short, sourced text goes back to a patient after a check-in."""

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.ids import TopicId
from followupbot.domain.rules import Tier

TOPICS_MAX = 1
"""One thing at a time: more is not read (clinical.md 6)."""


def topics_for(protocol: CareProtocol, check_in: CheckIn, worst: Tier | None) -> tuple[TopicId, ...]:
    """Topics of the rules that fired, else the timing's own; none after an emergency or same_day flag (0.4)."""
    if worst is not None and worst.urgent:
        return ()
    topics = [rule.education for rule in protocol.rules if rule.id in check_in.fired]
    found = [topic for topic in (*topics, protocol.teaches(check_in.timing)) if topic is not None]
    return tuple(dict.fromkeys(found))[:TOPICS_MAX]
