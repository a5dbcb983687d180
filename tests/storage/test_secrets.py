"""Secrets: whoever has the data file alone reads no name, no number, no words, and nothing that was answered."""

from pathlib import Path

from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.outgoing import ToClinician
from tests.storage.people import DR_ITO, NOON, PATIENT, Site, asked, message, raised

CANARY = "CANARY-5f3a"


def test_nothing_that_people_said_or_are_called_stands_in_any_file(site: Site, tmp_path: Path) -> None:
    """Through every table, with answers, notes, parameters, rendered bytes and updates set aside."""
    address = 77_345_678_901
    chat = site.charts.note_chat(address)
    version = site.charts.clinic().published.version
    site.decide(facts=[asked(NOON, 1, version), raised(NOON)])
    note = Decision((NoteReceived(NOON, "n1"),), texts=(FreeText("n1", f"{CANARY} note"),))
    site.charts.transact(PATIENT, site.cause(), lambda _: note)
    site.decide(
        message("k1", params={"name": f"{CANARY} parameter"}),
        message("k2", ToClinician(DR_ITO), params={"answer": f"{CANARY} answer"}),
    )
    for claim in site.outbox.claim(NOON, site.machine_now, 10):
        site.outbox.keep_rendered(claim, f"{CANARY} rendered".encode())
        site.outbox.retry(claim, site.machine_now, counted=True, uncertain=False, error="timeout")
    site.charts.set_aside(1, f"{CANARY} update".encode(), "KeyError", NOON)
    site.enrol(address=address)
    assert chat
    raw = _everything(site, tmp_path)
    for secret in (CANARY, str(address), "Dr Secret-Name", "new_weakness", "weakness"):
        assert secret.encode() not in raw, secret
    assert b"alerts" in raw  # it was the right place to look


def _everything(site: Site, folder: Path) -> bytes:
    """The bytes of the database and of its log; of PostgreSQL its dump, and its files."""
    if site.database.sqlite:
        return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    with site.database.read() as connection:
        url = site.database.engine.url
        where = Path(str(url.query["host"]))
        name = connection.exec_driver_sql("SELECT pg_relation_filepath('facts')").scalar_one()
    with site.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
    base = (where / name).parent
    return b"".join(file.read_bytes() for file in [*base.iterdir(), *(where / "pg_wal").iterdir()] if file.is_file())
