"""Lists as staff read them: alerts without an outcome, patients who need somebody's eye, gaps in the rota."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from followupbot.domain import duty, rota_page
from followupbot.domain.addressing import role_words
from followupbot.domain.clinic import Clinic
from followupbot.domain.ids import MessageKey, StaffId
from followupbot.domain.lists import AlertLine, ListLine
from followupbot.domain.params import Day, Instant, Line, Shown, Words
from followupbot.domain.presses import AlertPress, Choice, StaffCommandPress, TakePress
from followupbot.domain.schedule import local

ALERTS_SHOWN_MAX = 12
OF_A_LIST_SHOWN_MAX = 6
"""More is nobody's next hour, and a message has 4,096 characters; how many more there are stands below."""

BUTTONS_A_ROW = 5


def alerts(
    clinic: Clinic, lines: Sequence[AlertLine], now: datetime, at_most: int = ALERTS_SHOWN_MAX
) -> tuple[Line, ...]:
    """One line an alert, numbered from 1, in the order given."""
    zone = clinic.settings.hours.zone
    return tuple(
        Line(
            MessageKey("staff/alert_line"),
            {
                "number": number,
                "code": line.patient,
                "tier": Words(MessageKey(f"alerts/tiers/{line.tier}")),
                "raised": Instant(line.raised_at, zone),
                "due": Instant(line.due_at, zone),
                "late": line.due_at <= now,
                "by": None if line.state == "open" or line.staff is None else clinic.name(line.staff),
            },
        )
        for number, line in enumerate(lines[:at_most], 1)
    )


def alert_buttons(lines: Sequence[AlertLine], reader: StaffId) -> tuple[tuple[Choice, ...], ...]:
    """A button with its number for each that nobody has, which takes it, and for each of the reader's, to see it."""
    choices = []
    for number, line in enumerate(lines[:ALERTS_SHOWN_MAX], 1):
        if line.state == "open":
            choices.append(Choice(str(number), TakePress(line.patient, line.id)))
        elif line.staff == reader:
            choices.append(Choice(str(number), AlertPress(line.patient, line.id, below=True)))
    return in_rows(choices)


def in_rows(choices: Sequence[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """So many side by side."""
    return tuple(tuple(choices[at : at + BUTTONS_A_ROW]) for at in range(0, len(choices), BUTTONS_A_ROW))


def numbered(clinic: Clinic, lines: Sequence[ListLine]) -> tuple[Line, ...]:
    """One line a patient, numbered from 1."""
    zone = clinic.settings.hours.zone
    return tuple(
        Line(
            MessageKey("staff/review_line"),
            {
                "number": number,
                "code": line.patient,
                "since": Instant(line.since, zone),
                "held": line.kind == "held",
            },
        )
        for number, line in enumerate(lines, 1)
    )


def lists(
    clinic: Clinic, lines: Sequence[ListLine], now: datetime, at_most: int = OF_A_LIST_SHOWN_MAX
) -> tuple[Line, ...]:
    """Every list that has somebody on it, each under its heading; then what the rota lacks."""
    return (*_lists(clinic, lines, at_most), *rota(clinic, now))


def review_buttons(lines: Sequence[ListLine]) -> tuple[tuple[Choice, ...], ...]:
    """The way to what waits to be read, where something does."""
    waits = any(line.kind in {"held", "to_review"} for line in lines)
    return ((Choice("review", StaffCommandPress("review")),),) if waits else ()


def rota(clinic: Clinic, now: datetime) -> tuple[Line, ...]:
    """Steps on which nobody can be relied on, and days of the next week on which nobody is there."""
    unready = [
        Line(MessageKey(f"staff/lists_unready/{found.want}"), {"role": role_words(found.role)})
        for found in duty.unready(clinic, now)
    ]
    return (*unready, *rota_page.gap_lines(clinic, now, "staff/lists_gap"))


def _lists(clinic: Clinic, lines: Sequence[ListLine], at_most: int) -> Iterator[Line]:
    zone = clinic.settings.hours.zone
    for kind, group in groupby(lines, key=lambda line: line.kind):
        members = list(group)
        heading: dict[str, Shown] = {"list": Words(MessageKey(f"staff/lists/{kind}")), "count": len(members)}
        yield Line(MessageKey("staff/lists_heading"), heading)
        for line in members[:at_most]:
            since = Day(local(line.since, zone).date())
            until = None if line.until is None else Day(local(line.until, zone).date())
            yield Line(MessageKey("staff/lists_line"), {"code": line.patient, "since": since, "until": until})
        if len(members) > at_most:
            yield Line(MessageKey("staff/lists_more"), {"more": len(members) - at_most})
