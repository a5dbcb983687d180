"""How fast we may send: GCRA, by the machine's clock, with nothing else in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupbot.application.limiter import CHATS_MAX, Limiter
from followupbot.domain.outgoing import Lane

T0 = 1_000_000
MARIA, JUAN, GROUP = 701, 702, -401


def went(limiter: Limiter, wanted: list[tuple[int, Lane]], until: int, step: int = 10) -> list[tuple[int, Lane]]:
    """What went, and when (ms after T0): each is asked for again until it goes, the most urgent first."""
    waiting, log = sorted(wanted, key=lambda one: one[1]), list[tuple[int, Lane]]()
    for now in range(0, until, step):
        for one in list(waiting):
            if limiter.take(one[0], one[1], T0 + now) == 0:
                waiting.remove(one)
                log.append((now, one[1]))
    return log


@pytest.mark.parametrize(
    ("address", "lane", "sent_at"),
    [
        (MARIA, Lane.CHECK_IN, [0, 0, 0, 1000, 2000, 3000]),
        (MARIA, Lane.ALERT, [0, 0, 0, 0, 0, 0]),
        (GROUP, Lane.ALERT, [0, 0, 0, 0, 3750, 7500]),
    ],
)
def test_one_chat_gets_a_few_at_once_and_then_its_rate(address: int, lane: Lane, sent_at: list[int]) -> None:
    """One a second with a burst of three to a person, cards apart; in a group sixteen a minute with a burst of four."""
    assert [at for at, _ in went(Limiter(), [(address, lane)] * 6, until=8000)] == sent_at


def test_bulk_uses_30_a_second_to_one_per_cent() -> None:
    """A thousand check-ins that are due at nine o'clock, with a timer that is late by up to ten milliseconds."""
    wave = [(address, Lane.CHECK_IN) for address in range(1, 1001)]
    sent = [at for at, _ in went(Limiter(), wave, until=30_000)]
    assert 0.99 * 300 <= len([at for at in sent if 10_000 <= at < 20_000]) <= 300


def test_an_alert_takes_the_next_slot_and_bulk_waits_the_longer() -> None:
    """In the middle of a wave nobody who must be paged waits for those who are only asked."""
    limiter = Limiter()
    wave = [(address, Lane.CHECK_IN) for address in range(1, 101)]
    went(limiter, wave, until=1000)
    assert [limiter.take(9_000 + number, Lane.ALERT, T0 + 1000) for number in range(5)] == [0] * 5
    wait = limiter.take(9_009, Lane.CHECK_IN, T0 + 1000)
    assert 5 * 33.5 <= wait <= 6 * 33.5


def test_what_must_wait_takes_nothing() -> None:
    """Asking ten times is no different from asking once."""
    limiter = Limiter()
    assert [limiter.take(number, Lane.REPLY, T0) for number in range(801, 811)] == [0] * 10
    assert [limiter.take(JUAN, Lane.REPLY, T0) for _ in range(10)] == [34] * 10
    assert limiter.take(JUAN, Lane.REPLY, T0 + 34) == 0


def test_a_pause_is_for_everybody_and_only_ever_grows() -> None:
    limiter = Limiter()
    limiter.pause(T0 + 5000)
    limiter.pause(T0 + 2000)
    assert limiter.take(MARIA, Lane.ALERT, T0) == 5000
    assert limiter.paused(T0 + 4000) == 1000
    assert limiter.take(MARIA, Lane.ALERT, T0 + 5000) == 0


def test_a_clock_that_was_set_back_holds_up_nobody() -> None:
    """By ten minutes, in the middle of a wave: else nothing would go for so long, not even an alert."""
    limiter = Limiter()
    for number in range(20):
        limiter.take(MARIA, Lane.ALERT, T0 + number)
    limiter.pause(T0 + 5000)
    set_back = T0 - 600_000
    assert limiter.paused(set_back) == 0
    assert limiter.take(MARIA, Lane.ALERT, set_back) == 0
    assert limiter.take(MARIA, Lane.REPLY, set_back + 1) == 0


def test_chats_that_owe_nothing_are_forgotten() -> None:
    """Years go by, patients come and go, the memory stays."""
    limiter = Limiter()
    for number in range(1, CHATS_MAX + 100):
        assert limiter.take(number, Lane.ALERT, T0 + number * 1000) == 0
    assert len(limiter._chats) <= CHATS_MAX


@given(st.lists(st.tuples(st.sampled_from([MARIA, JUAN, 703, 704, GROUP]), st.sampled_from(Lane)), max_size=80))
def test_a_third_of_the_bucket_is_never_touched_and_no_minute_sees_more_than_20_to_a_group(
    wanted: list[tuple[int, Lane]],
) -> None:
    """Whatever is wanted, in whatever order; and everything goes in the end. What is left is for the way there."""
    limiter, sent = Limiter(), list[tuple[int, int]]()
    waiting = list(wanted)
    tokens = 20.0
    for now in range(0, 400_000, 50):
        tokens = min(20.0, tokens + 30 * 0.05)
        for one in list(waiting):
            if limiter.take(one[0], one[1], T0 + now) == 0:
                waiting.remove(one)
                sent.append((now, one[0]))
                tokens -= 1
        assert tokens >= 0
        if not waiting:
            break
    assert not waiting
    group = [at for at, address in sent if address == GROUP]
    assert all(sum(1 for at in group if began <= at < began + 60_000) <= 20 for began in group)
