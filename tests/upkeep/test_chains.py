"""Whoever can write the tables and has no key: whatever they do to any row of any chain is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.record import HeadsSealed
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from followupbot.upkeep.verify import verify
from tests.databases import MASTER_KEY
from tests.storage.people import NOON, OTHER_PATIENT, PATIENT, Site, asked, raised

WAYS = ("flip", "drop", "reorder", "truncate", "swap", "copy")
COLUMNS = ("body_enc", "mac", "actor", "cause", "at", "aggregate")


@dataclass
class Record:
    """A sealed record of three chains, and the seal that was kept outside."""

    site: Site
    seal: tuple[int, str]

    @property
    def rows(self) -> range:
        """Places in the list of facts."""
        return range(len(self.facts()))

    def facts(self) -> list[dict[str, Any]]:
        """Every row as the database has it."""
        with self.site.database.read() as connection:
            found = connection.execute(sa.text("SELECT * FROM facts ORDER BY seq")).mappings()
            return [dict(row) for row in found]

    def put(self, facts: list[dict[str, Any]]) -> None:
        """These and no others."""
        names = ", ".join(facts[0])
        places = ", ".join(f":{name}" for name in facts[0])
        with self.site.database.migrating() as connection:
            connection.execute(sa.text("DELETE FROM facts"))
            connection.execute(sa.text(f"INSERT INTO facts ({names}) VALUES ({places})"), facts)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Record]:
    path = tmp_path_factory.mktemp("chains") / "followupbot.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    keys = Keys.open(database, MASTER_KEY)
    site = Site(database, keys)
    version = site.found()
    for patient, address in ((PATIENT, 2001), (OTHER_PATIENT, 2002)):
        site.enrol(patient, address)
        site.decide(facts=[asked(NOON, 1, version), raised(NOON), NoteReceived(NOON, "n")], patient=patient)
    seal = site.charts.seal()
    site.decide_clinic(facts=[HeadsSealed(NOON, *seal)])
    yield Record(site, site.charts.seal())
    keys.close()
    database.close()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_done_to_any_row_of_any_chain_is_found(record: Record, data: st.DataObject) -> None:
    """By the chain itself, by what was made of it, or by the seal that was kept outside."""
    way = data.draw(st.sampled_from(WAYS))
    row = data.draw(st.sampled_from(record.rows))
    other = data.draw(st.sampled_from([one for one in record.rows if one != row]))
    column, place = data.draw(st.sampled_from(COLUMNS)), data.draw(st.integers(0, 10_000))
    before = record.facts()
    after = tampered(before, way, row, other, column, place)
    try:
        record.put(after)
        report = verify(record.site.database, record.site.keys, outside=[record.seal])
        assert report.findings, (way, row, other, column, place)
    finally:
        record.put(before)
    assert verify(record.site.database, record.site.keys, outside=[record.seal]).whole


Facts = list[dict[str, Any]]


def tampered(facts: Facts, way: str, row: int, other: int, column: str, place: int) -> Facts:
    """The rows after that; `row` and `other` are places in the list."""
    done = [dict(fact) for fact in facts]
    mine, theirs = done[row], done[other]
    match way:
        case "flip":
            mine[column] = flipped(mine[column], place)
        case "drop":
            del done[row]
        case "truncate":  # this one and all behind it in the chain
            done = [one for one in done if one["aggregate"] != mine["aggregate"] or one["n"] < mine["n"]]
        case "reorder":  # numbers and places change, contents stay
            for name in ("n", "aggregate"):
                mine[name], theirs[name] = theirs[name], mine[name]
        case "swap":  # contents change, numbers and places stay
            for name in ("at", "actor", "cause", "body_enc", "mac"):
                mine[name], theirs[name] = theirs[name], mine[name]
        case "copy":  # behind the chain's end
            newest = max(one["n"] for one in done if one["aggregate"] == mine["aggregate"])
            done.append({**mine, "n": newest + 1, "seq": max(one["seq"] for one in done) + 1})
        case _:
            raise AssertionError(way)
    return done


def flipped(value: object, place: int) -> object:
    """One bit, letter or number is another one."""
    match value:
        case bytes():
            at = place % len(value)
            return value[:at] + bytes([value[at] ^ 1 << place % 8]) + value[at + 1 :]
        case str():
            at = place % len(value)
            return f"{value[:at]}{chr(ord(value[at]) ^ 1)}{value[at + 1 :]}"
        case int():
            return value ^ 1 << place % 40
        case _:
            raise AssertionError(value)
