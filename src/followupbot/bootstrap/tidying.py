"""Retention: each class of data for as long as the settings say, once a day, and a report of what has run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from followupbot.bootstrap.house import House
from followupbot.settings import Settings
from followupbot.storage.marks import TIDIED, Marks
from followupbot.storage.retention import Kind, Retention

LINK_TRIES_KEPT = timedelta(days=1)
"""They are counted for an hour (application/admins.py)."""

WHAT = {
    Kind.CHAT: "what messages said",
    Kind.SET_ASIDE: "updates set aside",
    Kind.CAUSES: "what was handled already",
    Kind.LINK_TRIES: "links that were tried",
}
WILL = {Kind.CHAT: "contents go; that it was sent stays"}
DONE = {Kind.CHAT: "contents are gone; that it was sent stays"}

STAYS = ("answers, flags, alerts, notes, consent", "who looked at which record", "tombstones of erased patients")
"""The clinical record and what proves it: for the hospital's own rules, and `erase` for a patient who asks."""


@dataclass(frozen=True)
class Line:
    """One class of data."""

    what: str
    kept: str
    count: int
    will: str
    done: str


def tidy(house: House, *, apply: bool) -> list[Line]:
    """What has run out, by class; with `apply` it is gone."""
    now, kept = house.clock.now(), _kept(house.settings)
    retention = Retention(house.database)
    work = retention.end if apply else retention.count
    lines = [
        Line(WHAT[kind], f"{span.days} days", work(kind, now - span), WILL.get(kind, "goes"), DONE.get(kind, "gone"))
        for kind, span in kept.items()
    ]
    if apply:
        Marks(house.database).put(TIDIED, now)
    return [*lines, *(Line(what, "always", 0, "stays", "stays") for what in STAYS)]


def tidy_daily(house: House) -> list[Line]:
    """The same where today's has not been done; nothing where it has."""
    mark = Marks(house.database).get(TIDIED)
    if mark is not None and _day(mark.at) >= _day(house.clock.now()):
        return []
    return tidy(house, apply=True)


def _kept(settings: Settings) -> dict[Kind, timedelta]:
    chat = timedelta(days=settings.keep_chat_days)
    traces = timedelta(days=settings.keep_traces_days)
    return {Kind.CHAT: chat, Kind.SET_ASIDE: chat, Kind.CAUSES: traces, Kind.LINK_TRIES: LINK_TRIES_KEPT}


def _day(at: datetime) -> int:
    return at.toordinal()
