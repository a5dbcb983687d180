"""Links that were tried are counted in the database."""

from datetime import timedelta

from followupbot.domain.decision import ByStranger, Cause
from followupbot.domain.ids import ChatId
from tests.storage.people import NOON, Site

HOUR = timedelta(hours=1)
HERS, HIS = ChatId("hers"), ChatId("his")


def tried(site: Site, key: str, chat: ChatId = HERS, minutes: int = 0) -> bool:
    cause = Cause(key, ByStranger())
    return site.charts.admit_link(cause, chat, NOON + timedelta(minutes=minutes), HOUR, chat_max=2, all_max=3)


def test_no_more_than_so_many_of_a_chat_and_of_all_in_that_time(site: Site) -> None:
    """What was not admitted does not count; what is older than the time is forgotten."""
    story = [
        tried(site, "1"),
        tried(site, "2", minutes=10),
        tried(site, "3", minutes=20),
        tried(site, "4", HIS, 20),
        tried(site, "5", HIS, 20),
        tried(site, "6", minutes=59),
        tried(site, "7", minutes=60),
        tried(site, "8", minutes=60),
    ]
    assert story == [True, True, False, True, False, False, True, False]


def test_the_same_cause_is_one_try(site: Site) -> None:
    """Telegram hands an update out again."""
    assert [tried(site, key) for key in ("1", "1", "1", "2", "3", "1")] == [True, True, True, True, False, True]
