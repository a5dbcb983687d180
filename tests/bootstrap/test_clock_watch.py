"""A wall clock that jumps is noticed, and one that is kept right by small steps is not."""

import pytest

from followupbot.bootstrap.clock_watch import ClockWatch, steady_ms, wall_ms


class Clocks:
    """Both, in milliseconds."""

    def __init__(self) -> None:
        self.wall = 1_700_000_000_000
        self.steady = 5_000

    def pass_by(self, ms: int, jump: int = 0) -> None:
        self.steady += ms
        self.wall += ms + jump


@pytest.mark.parametrize(
    ("jump", "noticed"),
    [
        (-2_001, -2_001),
        (-2_000, 0),
        (0, 0),
        (3_600_000, 0),
        (3_600_001, 3_600_001),
        (400, 0),
        (-86_400_000, -86_400_000),
    ],
)
def test_a_jump_is_noticed_once(jump: int, noticed: int) -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall, lambda: clocks.steady)
    clocks.pass_by(2_000, jump)
    assert watch.look() == noticed
    clocks.pass_by(2_000)
    assert watch.look() == 0


def test_small_steps_do_not_add_up_to_a_jump() -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall, lambda: clocks.steady)
    for _ in range(10):
        clocks.pass_by(2_000, -1_500)
        assert watch.look() == 0


def test_the_real_clocks_go_together() -> None:
    watch = ClockWatch()
    assert (wall_ms() > 1_700_000_000_000, steady_ms() > 0, watch.look()) == (True, True, 0)
