"""What `status` tells: what runs, what waits, and what waits for people. Nothing here is decrypted but the clinic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from followupbot.bootstrap import missing, quarantine
from followupbot.bootstrap.house import House
from followupbot.bootstrap.watch import troubles
from followupbot.domain.clinic import Clinic, Notice, Role
from followupbot.domain.enrolment_state import ERASED_WITHIN
from followupbot.domain.ids import GroupId, StaffId, Version
from followupbot.domain.lists import ListLine
from followupbot.protocol_files.programme import to_publish
from followupbot.settings import Settings
from followupbot.storage.queries import Queries, SetAsideLine, Undelivered
from followupbot.storage.status import RATE_OVER, Status, status

ANSWER_WITHIN = 2.0
"""Seconds for the running program's health endpoint, which is on this machine as a rule."""


@dataclass(frozen=True)
class Running:
    """What the health endpoint says. `parts` is None where nothing answers there."""

    address: str
    parts: Mapping[str, int] | None
    """Milliseconds since each part last did its work."""
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Staff:
    """So many people have that role."""

    role: Role
    reachable: int
    invited: int


@dataclass(frozen=True)
class Letter:
    """A message that was given up. `to` says who is to be reached in another way."""

    row: int
    at: datetime
    to: str
    message: str
    error: str


@dataclass(frozen=True)
class Overview:
    """How things stand."""

    at: datetime
    running: Running | None
    """None where the settings don't say where to look, because the port is any free one."""
    staff: tuple[Staff, ...]
    lists: Status
    dead: tuple[Letter, ...]
    """Messages of the last `DEAD_SHOWN_FOR`, the newest first."""
    set_aside: tuple[SetAsideLine, ...]
    notices: tuple[Notice, ...]
    """What the operator was told, the newest first."""
    version: Version
    files_differ: bool
    not_approved: tuple[str, ...]
    to_erase: tuple[ListLine, ...]
    """Who has asked for deletion, the longest ago first; each with by when it is to be done."""
    problems: tuple[str, ...]
    """What somebody has to see to; with none, all is well."""


ALERTS_IN_100_MAX = 10
"""Of 100 check-ins; with more, true alerts drown in the others, and the rules want looking at (clinical.md 0.11, 4)."""

RATE_FROM_CHECK_INS = 50
"""Of fewer a rate says nothing."""


DEAD_SHOWN_FOR = timedelta(days=14)
"""Whoever was not reached is seen to by then: an admin looks each week (docs/running.md), and all can be well again."""


def look(house: House) -> Overview:
    """How things stand now."""
    now = house.clock.now()
    queries = Queries(house.database)
    clinic, lists = house.store.clinic(), status(house.database, now)
    dead = tuple(_letter(clinic, line) for line in queries.undelivered(now - DEAD_SHOWN_FOR))
    set_aside = tuple(queries.updates_set_aside())
    overdue = sum(line.state == "open" and line.due_at <= now for line in queries.alerts_unresolved())
    running = _running(house.settings)
    published = clinic.published
    to_erase = tuple(line for line in queries.listed(now) if line.kind == "deletion_requested")
    return Overview(
        at=now,
        running=running,
        staff=tuple(_staff(clinic, role) for role in Role),
        lists=lists,
        dead=dead,
        set_aside=set_aside,
        notices=tuple(reversed(clinic.notices)),
        version=published.version,
        files_differ=house.store.programme_files(published.version) != to_publish(house.settings.data),
        not_approved=tuple(sorted(one.key for one in published.protocols.values() if not one.approved)),
        to_erase=to_erase,
        problems=(
            *_held(house, running),
            *_problems(clinic, lists, dead, set_aside, running, overdue, now),
            *_late_erasures(to_erase, now),
            *_too_many_alerts(lists),
        ),
    )


def _held(house: House, running: Running | None) -> Iterator[str]:
    if quarantine.is_on(house) and (running is None or quarantine.WORDS not in running.problems):
        yield quarantine.WORDS


def _late_erasures(to_erase: tuple[ListLine, ...], now: datetime) -> Iterator[str]:
    late = sum(line.until is not None and line.until <= now for line in to_erase)
    if late:
        yield f"patients who asked for deletion more than {ERASED_WITHIN.days} days ago: {late}"


def _too_many_alerts(lists: Status) -> Iterator[str]:
    if lists.answered >= RATE_FROM_CHECK_INS and lists.alerts_raised * 100 > ALERTS_IN_100_MAX * lists.answered:
        yield (
            f"alerts at this_week or above: {lists.alerts_raised} for {lists.answered} check-ins"
            f" in {RATE_OVER.days} days, more than {ALERTS_IN_100_MAX} of 100; look at the rules"
        )


def _problems(
    clinic: Clinic,
    lists: Status,
    dead: tuple[Letter, ...],
    set_aside: tuple[SetAsideLine, ...],
    running: Running | None,
    overdue: int,
    now: datetime,
) -> tuple[str, ...]:
    found = [] if running is None else list(running.problems)
    found += [one for one in troubles(clinic, bool(lists.alerts_unresolved)) if one not in found]
    if overdue:
        found.append(f"alerts that nobody has taken in time: {overdue}")
    if set_aside:
        found.append(f"updates set aside: {len(set_aside)}; somebody may wait for an answer")
    if dead:
        found.append(f"messages that could not be sent and will not be tried again: {len(dead)}")
    found += [*missing.unready_lines(clinic, now), *missing.gap_lines(clinic, now)]
    return tuple(found)


def _letter(clinic: Clinic, line: Undelivered) -> Letter:
    if line.staff is not None:
        group = clinic.group(GroupId(line.staff))
        to = clinic.name(StaffId(line.staff)) if group is None else f"the group of role {group.role}"
    elif line.patient is not None:
        to = f"a helper of {line.patient}" if line.carer else line.patient
    else:
        to = "a chat that is no patient's"
    return Letter(line.row, line.decided_at, to, line.message, line.error)


def _staff(clinic: Clinic, role: Role) -> Staff:
    invited = sum(member.role is role and member.state.kind == "invited" for member in clinic.staff)
    return Staff(role, len(clinic.reachable(role)), invited)


def _running(settings: Settings) -> Running | None:
    if settings.web_port == 0:
        return None
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.web_host, settings.web_host)  # noqa: S104 # not bound here
    address = str(httpx.URL(scheme="http", host=host, port=settings.web_port, path="/healthz"))
    try:
        said = httpx.get(address, timeout=ANSWER_WITHIN, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return Running(address, None, (f"nothing answers at {address}: does `followupbot run` run?",))
    match said:
        case {"age_ms": dict(ages), "problems": list(problems)}:
            parts = {str(part): int(age) for part, age in ages.items() if isinstance(age, int)}
            return Running(address, parts, tuple(str(problem) for problem in problems))
        case _:
            return Running(address, None, (f"something else than followupbot answers at {address}",))
