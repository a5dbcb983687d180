"""Lists as staff read them: alerts without an outcome, patients who need somebody's eye, gaps in the rota.

Each goes to somebody's private chat, never to a group.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice

from followupbot.domain import duty, pages, rota_page
from followupbot.domain.addressing import role_words
from followupbot.domain.alert_state import Alert
from followupbot.domain.clinic import Clinic
from followupbot.domain.ids import AlertId, MessageKey, PatientId, StaffId
from followupbot.domain.lists import AlertLine, ListLine
from followupbot.domain.params import Day, Instant, Line, Shown, Words
from followupbot.domain.presses import AlertPress, Choice, StaffCommandPress, TakePress
from followupbot.domain.schedule import local

ALERTS_SHOWN_MAX = 12
"""More is nobody's next hour; a button below has the next so many."""

OF_A_LIST_SHOWN_MAX = 6
LIST_ROWS_MAX = 72
"""Lines of patients, headings among them. With every list full fewer of each are shown: a message has 4,096
characters."""

ROTA_SHOWN_MAX = 8
"""What the ladder and the rota lack; `/rota` has the rest."""

ALERTS_PAGES_MAX = 99
"""Nobody asks for a further one; what is no number in `/alerts 2` is the first."""

BUTTONS_A_ROW = 5


Details = Mapping[tuple[PatientId, AlertId], Alert]
"""Of alerts on the list, what only a patient's chart says."""


def alerts(
    clinic: Clinic, lines: Sequence[AlertLine], details: Details, now: datetime, before: int = 0
) -> tuple[Line, ...]:
    """One line an alert, in the order given, numbered on after `before` others: who, what, how soon, since when."""
    return tuple(
        _alert_line(clinic, number, line, details.get((line.patient, line.id)), now)
        for number, line in enumerate(lines, before + 1)
    )


def _alert_line(clinic: Clinic, number: int, line: AlertLine, alert: Alert | None, now: datetime) -> Line:
    zone = clinic.settings.hours.zone
    unsaid: dict[str, Shown] = {"concern": None, "others": None}
    return Line(
        MessageKey("staff/alert_line"),
        {
            "number": number,
            "code": line.patient,
            "tier": Words(MessageKey(f"alerts/tiers/{line.tier}")),
            **(unsaid if alert is None else pages.about(alert, clinic.settings.alert_detail)),
            "since": Instant(line.raised_at if alert is None else pages.since(alert), zone),
            "due": Instant(line.due_at, zone),
            "late": line.due_at <= now,
            "by": None if line.state == "open" or line.staff is None else clinic.name(line.staff),
        },
    )


def page_of_alerts(lines: Sequence[AlertLine], asked: str) -> tuple[int, Sequence[AlertLine]]:
    """How many stand before that page of the list, and what is on it. Past the end it is the last."""
    number = int(asked) if asked.isdecimal() and len(asked) <= len(str(ALERTS_PAGES_MAX)) else 1
    last = max(1, -(-len(lines) // ALERTS_SHOWN_MAX))
    before = (min(max(number, 1), last) - 1) * ALERTS_SHOWN_MAX
    return before, lines[before : before + ALERTS_SHOWN_MAX]


def alert_buttons(
    lines: Sequence[AlertLine], reader: StaffId, before: int = 0, more: int = 0
) -> tuple[tuple[Choice, ...], ...]:
    """A button with its number for each that nobody has, which takes it, and for each of the reader's, to see it.

    Where `more` come after them, one that shows those.
    """
    choices = []
    for number, line in enumerate(lines, before + 1):
        if line.state == "open":
            choices.append(Choice(str(number), TakePress(line.patient, line.id)))
        elif line.staff == reader:
            choices.append(Choice(str(number), AlertPress(line.patient, line.id, below=True)))
    following = str(before // ALERTS_SHOWN_MAX + 2)
    return (*in_rows(choices), *(((Choice("more", StaffCommandPress("alerts", following)),),) if more else ()))


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
    clinic: Clinic,
    lines: Sequence[ListLine],
    now: datetime,
    at_most: int = OF_A_LIST_SHOWN_MAX,
    rows_max: int = LIST_ROWS_MAX,
) -> tuple[Line, ...]:
    """Every list that has somebody on it, each under its heading; then what the rota lacks.

    So many of each list at most, or as few as keep within `rows_max` lines; with none a heading alone says how many.
    """
    fitting = (tuple(islice(_lists(clinic, lines, each), rows_max + 1)) for each in range(at_most, -1, -1))
    shown = next((rows for rows in fitting if len(rows) <= rows_max), None)
    assert shown is not None, "there is room for every heading"
    return (*shown, *rota(clinic, now)[:ROTA_SHOWN_MAX])


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
        if at_most and len(members) > at_most:
            yield Line(MessageKey("staff/lists_more"), {"more": len(members) - at_most})
