"""Which short text goes back to a patient."""

from dataclasses import replace

import pytest

from followupbot.domain.education import topics_for
from followupbot.domain.ids import RuleId
from followupbot.domain.rules import Tier
from tests.builders import a_chart, a_protocol


@pytest.mark.parametrize(
    ("fired", "worst", "topics"),
    [
        ((), None, ()),
        (("mood_mixed",), None, ()),
        (("mood_low",), Tier.ROUTINE, ("mood",)),
        (("mood_low", "weak_slight"), Tier.THIS_WEEK, ("weakness",)),  # in the protocol's order
        (("weak_slight",), Tier.SAME_DAY, ()),
        (("weak_slight",), Tier.EMERGENCY, ()),
    ],
)
def test_one_topic_at_a_time_and_none_after_an_urgent_flag(
    fired: tuple[str, ...], worst: Tier | None, topics: tuple[str, ...]
) -> None:
    """Clinical.md 0.4."""
    check_in = a_chart().check_ins[0]
    flagged = replace(check_in, fired=tuple(RuleId(rule) for rule in fired))
    assert topics_for(a_protocol(), flagged, worst) == topics
