"""The program watches itself: what comes to a halt is told, and an outside address hears of us while all is well."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.storage.queries import Queries
from followupbot.storage.status import status
from tests.process import watched
from tests.process.harness import Clinic, Program
from tests.process.telegram import until
from tests.process.troubles import locked

pytestmark = pytest.mark.fault

SCRIPT = Path(watched.__file__)


@pytest.fixture
def clinic(sqlite_clinic: Clinic) -> Clinic:
    """Nothing here depends on the database."""
    return sqlite_clinic


@contextmanager
def heartbeats() -> Iterator[tuple[str, list[str]]]:
    """An address, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers.get('content-length', '')}")
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/ping", asked
    server.shutdown()
    server.server_close()


def problems(program: Program) -> list[str]:
    said: list[str] = program.health()[1]["problems"]
    return said


def test_an_intake_that_stops_is_told_and_no_heart_beats_meanwhile(clinic: Clinic) -> None:
    with heartbeats() as (address, asked):
        program = clinic.run(script=SCRIPT, FOLLOWUPBOT_HEARTBEAT_URL=address).ready()
        ada = clinic.staff_joins("Ada")
        until(lambda: asked, "the heart to beat", within=20)
        assert set(asked) == {"/ping "}
        clinic.telegram.fault("getUpdates", "502", times=None)
        ada.reads("A part of the program has stopped", within=40)
        assert "(intake)" in ada.texts()[-1]
        beaten = len(asked)
        until(lambda: "intake has stopped" in problems(program), "health to say so")
        assert len(asked) <= beaten + 1
        clinic.telegram.mend()
        ada.reads("Over:", within=40)
        until(lambda: len(asked) > beaten + 1, "the heart to beat again", within=20)
        assert sum(text.startswith("A part of the program") for text in ada.texts()) == 1


def test_an_alert_whose_page_is_overdue_is_told(clinic: Clinic) -> None:
    """Here because its chart is left alone: deciding about it raised."""
    program = clinic.run(script=SCRIPT).ready()
    ada = clinic.staff_joins("Ada")
    code = clinic.codes["Maria"]
    row = (
        "INSERT INTO alerts (patient, id, tier, state, raised_at, due_at, page_at) "
        "VALUES (:p, 1, 'emergency', 'open', 0, 0, 1000)"
    )
    with clinic.opened() as house:
        house.database.unit(lambda c: c.execute(sa.text(row), {"p": code}))
        assert code in ada.reads("An alert is not paged on time", within=20)["text"]
        until(lambda: "alert_overdue" in problems(program), "health to say so")
        house.database.unit(lambda c: c.execute(sa.text("DELETE FROM alerts")))
    ada.reads("Over:", within=20)


def test_an_update_that_can_be_neither_handled_nor_set_aside_is_told(clinic: Clinic) -> None:
    """By a mistake beside the handler: it is tried for ever, and somebody has to look."""
    stuck = clinic.folder / "stuck"
    stuck.touch()
    program = clinic.run(script=SCRIPT, FOLLOWUPBOT_TEST_STUCK=str(stuck)).ready()
    ada = clinic.staff_joins("Ada")
    update = clinic.telegram.do(lambda: clinic.telegram.practice.updates({"message": {"message_id": "none"}}))
    ada.reads("What patients have sent waits", within=20)
    until(lambda: "updates_wait" in problems(program), "health to say so")
    assert not clinic.telegram.confirmed(update)
    stuck.unlink()
    ada.reads("Over:", within=20)
    until(lambda: clinic.telegram.confirmed(update), "it to be set aside")


def test_a_database_that_is_away_is_told_past_it(clinic: Clinic) -> None:
    program = clinic.run(script=SCRIPT).ready()
    ada = clinic.staff_joins("Ada")
    until(lambda: problems(program) == [], "all to be well")
    with locked(clinic, program):
        ada.reads("The database cannot be used", within=30)
    ada.reads("Over:", within=30)


def test_a_clock_that_jumps_forward_holds_back_check_ins_until_somebody_has_looked(clinic: Clinic) -> None:
    """Replies and alerts go on; so do check-ins once the command says that the clock is right."""
    file = clinic.folder / "clock"
    program = clinic.run(script=SCRIPT, FOLLOWUPBOT_TEST_CLOCK=str(file)).ready()
    ada = clinic.staff_joins("Ada")
    file.write_text("-5000")
    ada.reads("The computer's clock was set back", within=20)
    file.write_text("7200000")
    ada.reads("The computer's clock has jumped forward", within=20)
    with clinic.opened() as house:
        assert house.store.clinic().clock_doubted_at is not None
    assert "It has jumped" in clinic.cli("clock").stdout
    assert "Check-ins go on" in clinic.cli("clock", "--right").stdout
    assert "It is trusted" in clinic.cli("clock").stdout
    assert program.stop()[0] == 0


def open_all_week(clinic: Clinic) -> None:
    """Somebody is there whenever the tests run."""
    file = clinic.data / "clinic.yaml"
    lines = file.read_text().split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith("opening_hours:"))
    last = next((n for n in range(first + 1, len(lines)) if lines[n][:1] not in {" ", "#"}), len(lines))
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    lines[first:last] = ["opening_hours:", *(f"  {day}: 00:00-23:59" for day in days)]
    file.write_text("\n".join(lines))
    assert clinic.cli("publish").returncode == 0


def test_once_a_day_a_made_up_emergency_goes_the_whole_way(clinic: Clinic) -> None:
    """To one staff member, marked and silent; Telegram's answer is its receipt, and it is nowhere else."""
    open_all_week(clinic)
    program = clinic.run(script=SCRIPT, FOLLOWUPBOT_TEST_CANARY="0.3").ready()
    ito = clinic.staff_joins("Dr Ito")
    ito.reads("TEST · Emergency", within=30)
    (call,) = [call for call in clinic.telegram.log("sendMessage") if "TEST" in str(call["params"].get("text"))]
    assert call["params"]["disable_notification"] in {True, "true", "True"}

    def received() -> bool:
        with clinic.opened() as house:
            canary = house.store.clinic().canary
        return canary is not None and canary.received_at is not None

    until(received, "the receipt", within=20)
    with clinic.opened() as house:
        lists = Queries(house.database)
        assert (list(lists.alerts_unresolved()), status(house.database, house.clock.now()).alerts_unresolved) == (
            [],
            {},
        )
    assert program.stop()[0] == 0
    clinic.run(script=SCRIPT, FOLLOWUPBOT_TEST_CANARY="0.3").ready()
    assert ito.count("TEST · Emergency") == 1
