"""What the schedule in a protocol file must keep to: reminders inside their window, hours inside the day."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.schedule import DAY_ENDS, DAY_STARTS, SURGERY, Timing
from followupbot.protocol_files.problems import Severity
from followupbot.protocol_files.reading import Path, Reading

LAST_REMINDER_BEFORE_END = timedelta(days=1)
"""Whoever is reminded has a day to answer (issue 3)."""


def inspect_timings(protocol: CareProtocol, reading: Reading) -> None:
    """Everything that contradicts itself in the schedule is reported."""
    quiet = protocol.quiet_hours
    if not DAY_STARTS < quiet.starts <= DAY_ENDS:
        reading.complain(("quiet_hours", "starts"), f"expected a time not after {DAY_ENDS:%H:%M}")
    if not DAY_STARTS <= quiet.ends < DAY_ENDS:
        reading.complain(("quiet_hours", "ends"), f"expected a time not before {DAY_STARTS:%H:%M}")
    elif quiet.ends >= quiet.starts:
        reading.complain(("quiet_hours",), "they leave no hour of the day in which something may be started")
    for n, timing in enumerate(protocol.timings):
        _inspect_timing(protocol, timing, ("timings", n), reading)
    _inspect_absorption(protocol, reading)


def misplaced_reminders(reminders: Sequence[timedelta], open_for: timedelta) -> Iterator[tuple[int, str]]:
    """The place of each reminder that comes out of order or too late in a window of that length, and which it does."""
    last = timedelta()
    for n, reminder in enumerate(reminders):
        if reminder <= last:
            yield n, "each reminder comes later than the one before it"
        elif reminder > open_for - LAST_REMINDER_BEFORE_END:
            yield n, "a reminder comes at least a day before the window ends"
        last = reminder


def _inspect_timing(protocol: CareProtocol, timing: Timing, path: Path, reading: Reading) -> None:
    for n, text in misplaced_reminders(timing.reminders, timing.open_for):
        reading.complain((*path, "reminders", n), text)
    if timing.hour is not None and not protocol.quiet_hours.ends <= timing.hour < protocol.quiet_hours.starts:
        reading.complain((*path, "hour"), f"{timing.hour:%H:%M} is in the quiet hours")
    if timing.until is not None and timing.repeat is None:
        reading.complain((*path, "until"), '"until" ends a repeat, and there is none')
    if timing.anchor != SURGERY:
        message = f'only the date "{SURGERY}" can be entered so far; this timing never asks'
        reading.complain((*path, "anchor"), message, Severity.WARNING)
    if timing.id == protocol.at_enrolment:
        for name in ("anchor", "group", "repeat", "until", "hour", "open_before"):
            if (*path, name) in reading.places:
                reading.complain((*path, name), f'"{name}" means nothing at enrolment, which is when the patient comes')


def _inspect_absorption(protocol: CareProtocol, reading: Reading) -> None:
    within = protocol.absorb_within
    if within is not None and within % timedelta(days=1):
        reading.complain(("absorb_within",), "expected whole days")
