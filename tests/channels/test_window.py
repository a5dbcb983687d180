"""Telegram is told to forget an update only when that one, and all before it, are finished."""

from hypothesis import given
from hypothesis import strategies as st

from followupbot.channels.telegram.window import Window


def test_the_offset_stays_at_the_first_that_is_not_finished() -> None:
    """10 is still in hand, so 11 and 12 stay with Telegram too."""
    window = Window()
    assert [window.take(update) for update in (10, 11, 12)] == [True, True, True]
    window.finish(12)
    window.finish(11)
    assert window.offset == 10
    window.finish(10)
    assert window.offset == 13


def test_what_comes_again_is_not_taken_again() -> None:
    """Neither what is in hand, nor what is finished behind something that is in hand."""
    window = Window()
    window.take(10)
    window.take(11)
    window.finish(11)
    assert not window.take(10)
    assert not window.take(11)
    assert window.unconfirmed == 1


def test_ids_that_never_come_hold_nothing_up() -> None:
    """Telegram counts presses that have expired, too."""
    window = Window()
    window.take(10)
    window.take(20)
    window.finish(10)
    assert window.offset == 20
    window.finish(20)
    assert window.offset == 21


def test_numbers_that_begin_anew_lower_are_taken() -> None:
    """After a week without updates Telegram goes on from a number of its choice (Bot API, Update)."""
    window = Window()
    window.take(900)
    window.finish(900)
    assert window.take(5)
    window.finish(5)
    assert window.offset == 6


@given(st.lists(st.integers(1, 12), max_size=60))
def test_nothing_unfinished_is_ever_below_the_offset(steps: list[int]) -> None:
    """Each number takes that update, or finishes it where it is in hand."""
    window, in_hand = Window(), set[int]()
    for update in steps:
        if update in in_hand:
            window.finish(update)
            in_hand.remove(update)
        elif window.take(update):
            in_hand.add(update)
        assert window.offset is not None
        assert all(window.offset <= held for held in in_hand)
        assert window.unconfirmed == len(in_hand)
