"""What made-up patients have told us of hearing nothing: the checker excuses by it, so it must be what they told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from followupbot.simulation.quiet import Quiet

BEGINS = datetime(2027, 7, 1, 12, tzinfo=UTC)
BLOCKS, UNBLOCKS = "blocks", "unblocks"


@pytest.mark.parametrize(
    ("happens", "on", "expected"),
    [
        ([(0, "/stop")], 400, True),
        ([(0, "/stop"), (5, BLOCKS), (9, UNBLOCKS)], 20, True),
        ([(0, "/stop"), (5, BLOCKS), (9, "/resume")], 20, False),
        ([(0, "/stop"), (5, BLOCKS), (9, "thank you")], 20, True),
        ([(0, BLOCKS)], 400, True),
        ([(0, BLOCKS), (9, UNBLOCKS)], 20, False),
        ([(0, BLOCKS), (9, "thank you")], 20, False),
        ([(0, BLOCKS), (5, "/stop"), (9, "/resume"), (12, BLOCKS)], 20, True),
        ([(0, "/pause 2w")], 15, True),
        ([(0, "/pause 2w")], 17, False),
        ([(0, "/pause 8w"), (3, "/resume")], 20, False),
        ([(0, "/pause 8w"), (3, "/pause 1w")], 20, False),
        ([(0, "stop"), (3, "/pause 1w")], 20, False),
        ([(0, "/pause 1w"), (3, "/stop")], 20, True),
        ([(0, "/stop"), (9, "/resume")], 5, True),
        ([(9, "/stop")], 5, False),
        ([(0, "thank you"), (1, "/time 18:30")], 5, False),
    ],
    ids=str,
)
def test_each_reason_ends_by_itself(happens: Sequence[tuple[int, str]], on: int, expected: bool) -> None:
    """Whoever lets the bot in again stays stopped; whoever writes has let it in; the last stop or pause counts."""
    quiet = Quiet()
    for day, what in happens:
        now = BEGINS + timedelta(days=day)
        if what == BLOCKS:
            quiet.begin("blocked", now)
        elif what == UNBLOCKS:
            quiet.end("blocked", now)
        else:
            quiet.hear(what, now)
    then = (BEGINS + timedelta(days=on)).date()
    assert quiet.touches(then, then) is expected


def test_nobody_comes_back_from_death() -> None:
    """Whatever the family writes then."""
    quiet = Quiet()
    quiet.begin("dead", BEGINS)
    quiet.hear("/resume", BEGINS + timedelta(days=3))
    then = (BEGINS + timedelta(days=30)).date()
    assert quiet.touches(then, then)
