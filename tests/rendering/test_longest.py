"""Messages that grow with what there is to say: at their longest Telegram still takes them."""

from collections.abc import Mapping

import pytest

from followupbot.domain import day_lists, digest
from followupbot.domain.decision import Decision
from followupbot.domain.ids import Language, MessageKey
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.params import Lines, Param
from followupbot.rendering import html
from tests.domain.test_day_lists import LATE, everything_at_once
from tests.test_words import EDITION


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_fullest_lists_are_still_one_message(language: str) -> None:
    """Telegram takes 4,096 characters; a longer one would reach nobody."""
    clinic, alerts, details, listed = everything_at_once()
    before, shown = day_lists.page_of_alerts(alerts, "2")
    on_page = Lines(day_lists.alerts(clinic, shown, details, LATE, before))
    longest: dict[str, Mapping[str, Param]] = {
        "staff/alerts": {"lines": on_page, "more": 9, "buttons": True},
        "staff/lists": {"lines": Lines(day_lists.lists(clinic, listed, LATE))},
        "staff/digest": the_digest(digest.send(clinic, alerts, details, listed, LATE)).params,
    }
    for key, params in longest.items():
        assert list(html.faults(EDITION.html(Language(language), MessageKey(key), params))) == [], key


def the_digest(decision: Decision) -> OutgoingMessage:
    return next(one for one in decision.outgoing if isinstance(one, OutgoingMessage) and one.message == "staff/digest")
