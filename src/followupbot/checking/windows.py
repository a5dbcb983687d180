"""Which check-ins would get in each other's way, and re-checks whose reminders come too late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, islice, pairwise

from followupbot.domain.schedule import Timing
from followupbot.protocol_files.problems import Problem
from followupbot.protocol_files.programme import ReadProtocol
from followupbot.protocol_files.protocol import recheck_path
from followupbot.protocol_files.timings import misplaced_reminders

ANCHOR = date(2020, 3, 2)
"""Any day will do: two windows that overlap do so wherever the year begins."""

REPEATS_LOOKED_AT = 40


@dataclass(frozen=True)
class _Window:
    """One time that a timing asks, and when that ends."""

    timing: Timing
    asks_on: date
    ends_on: date


def check_windows(read: ReadProtocol) -> Iterator[Problem]:
    """Everything about the times of one protocol's check-ins that contradicts itself."""
    yield from _overlaps(read)
    for n, rule in enumerate(read.protocol.rules):
        for i, recheck in enumerate(rule.rechecks):
            path = recheck_path(read.reading, n, i)
            for k, text in misplaced_reminders(recheck.reminders, recheck.open_for):
                at = read.reading.at(*path, "reminders", k)
                yield Problem(read.reading.file, at.line, at.column, text)
        for i, (earlier, later) in enumerate(pairwise(rule.rechecks)):
            if later.after < earlier.after + earlier.open_for:
                at = read.reading.at("rules", n, "recheck", i + 1, "after")
                text = "this re-check would be asked while the one before it is still open"
                yield Problem(read.reading.file, at.line, at.column, text)


def _overlaps(read: ReadProtocol) -> Iterator[Problem]:
    """Of two timings that count from one date, one would ask while the other is open.

    Within `absorb_within` of each other the larger form stands for both, so those do not.
    """
    protocol = read.protocol
    absorbed = (protocol.absorb_within or timedelta()).days
    places = {timing.id: n for n, timing in enumerate(protocol.timings)}
    windows = sorted(
        (window for timing in protocol.timings if timing.id != protocol.at_enrolment for window in _windows(timing)),
        key=lambda window: (window.timing.anchor, window.asks_on),
    )
    told: set[tuple[str, str]] = set()
    for one, other in _pairs(windows):
        if one.timing.anchor != other.timing.anchor or other.asks_on >= one.ends_on:
            continue
        apart = (other.asks_on - one.asks_on).days
        pair = (one.timing.id, other.timing.id)
        if pair in told or (apart <= absorbed and one.timing != other.timing and protocol.absorb_within is not None):
            continue
        told.add(pair)
        n = places[other.timing.id]
        if one.timing == other.timing:
            at = read.reading.at("timings", n, "repeat")
            text = f'"{other.timing.id}" comes again before its window has ended'
        else:
            at = read.reading.at("timings", n, "after")
            text = f'"{other.timing.id}" would be asked while "{one.timing.id}" is still open'
        yield Problem(read.reading.file, at.line, at.column, text)


def _pairs(windows: Sequence[_Window]) -> Iterator[tuple[_Window, _Window]]:
    """Each window behind the one before it, and behind the one that ends last of all before: a short one hides none."""

    def ends_last(one: _Window, other: _Window) -> _Window:
        return one if one.timing.anchor == other.timing.anchor and one.ends_on >= other.ends_on else other

    for longest, before, window in zip(accumulate(windows, ends_last), windows, windows[1:], strict=False):
        yield before, window
        if longest is not before:
            yield longest, window


def _windows(timing: Timing) -> Iterator[_Window]:
    for asks_on in islice(timing.days(ANCHOR), REPEATS_LOOKED_AT):
        yield _Window(timing, asks_on, asks_on + timing.open_for)
