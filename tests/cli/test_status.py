"""`followupbot status`: how things stand, and by the exit code whether somebody has to act."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.bootstrap.house import open_house
from followupbot.domain.decision import ByPatient, Cause, Decision
from followupbot.domain.facts.enrolment import PatientConnected
from followupbot.domain.followers import OF_CARER
from followupbot.domain.ids import PatientId
from followupbot.domain.outgoing import ToChat
from followupbot.settings import load
from followupbot.storage.engine import Database
from followupbot.storage.queries import Queries
from tests.cli.terminal import Terminal
from tests.process.telegram import Telegram
from tests.process.test_run import free_port
from tests.storage.people import message

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]


ALERT = """
INSERT INTO alerts (patient, id, tier, state, raised_at, due_at)
VALUES (:patient, :id, 'same_day', :state, 0, :due_at)
"""


NOBODY_YET = [
    "step of the ladder that reaches nobody: clinician",
    "step of the ladder that reaches nobody: lead",
]
"""A new clinic's problems: it pages nobody."""


def test_status_of_a_new_clinic(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """It runs; but nobody is there to be paged, and somebody has to see to that."""
    terminal("invite", "patient", *OPERATION)
    terminal("invite", "staff", "--role", "clinician", "--name", "Dr Ito")
    said = terminal("status", "--json").json(code=1)
    assert (said["well"], said["problems"], said["running"]) == (False, NOBODY_YET, None)
    assert said["patients"] == {"invited": 1}
    assert said["staff"]["clinician"] == {"reachable": 0, "invited": 1}
    assert said["alerts_unresolved"] == {}
    assert said["check_ins_open"] == 0
    assert said["outbox"]["alert"] == {"states": {}, "oldest_pending": None}
    assert said["updates"] == {"failed": 0, "set_aside": []}
    assert said["notices"] == []
    assert said["files_differ"] is False
    assert said["not_approved"] == ["lumbar_fusion"]
    text = terminal("status").out
    assert text.startswith(f"PROBLEM: {NOBODY_YET[0]}\nPROBLEM: {NOBODY_YET[1]}\nRunning:")
    assert "clinician 0 reachable and 1 invited" in text
    assert "Not approved by two people: lumbar_fusion" in text


def test_when_nothing_runs_somebody_has_to_act(clinic: Path, terminal: Terminal) -> None:
    """Exit code 1, so that a script which asks every minute needs to read nothing; the rest is said all the same."""
    port = str(free_port())
    said = terminal("status", WEB_PORT=port)
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith(f"PROBLEM: nothing answers at http://127.0.0.1:{port}/healthz")
    assert "Published: " in said.out
    said = terminal("status", "--json", WEB_PORT=port)
    assert said.json(code=1)["well"] is False


def test_what_waits_for_people_is_a_problem(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Whoever wrote it may wait for an answer, and whoever answered may be ill; an alert that was taken is in hand."""
    code = terminal("invite", "patient", *OPERATION, "--json").json()["code"]
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        connection.execute(
            sa.text("INSERT INTO updates_set_aside (update_id, raw_enc, error, at) VALUES (7, x'00', 'KeyError', 0)")
        )
        for number, state, due_at in ((1, "open", 0), (2, "taken", 0), (3, "open", 2**45)):
            alert = {"patient": code, "id": number, "state": state, "due_at": due_at}
            connection.execute(sa.text(ALERT), alert)
    database.close()
    said = terminal("status")
    assert said.code == 1
    assert said.out.splitlines()[:3] == [
        "PROBLEM: there are alerts without an outcome, and nobody can be paged",
        "PROBLEM: alerts that nobody has taken in time: 1",
        "PROBLEM: updates set aside: 1; somebody may wait for an answer",
    ]
    assert "  update 7, 1970-01-01 00:00 UTC: KeyError\n" in said.out


def test_whom_a_message_never_reached_is_named_for_two_weeks(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """The operator is told to reach them in another way; after that all can be well again."""
    code = PatientId(terminal("invite", "patient", *OPERATION, "--json").json()["code"])
    with open_house(load()) as opened:
        now, store = opened.clock.now(), opened.store
        connected = PatientConnected(now, store.note_chat(4711))
        lost = Decision((connected,), (message("own"), message(f"own{OF_CARER}1", ToChat(connected.chat), subject="2")))
        store.transact(code, Cause("test", ByPatient(code)), lambda _: lost)
        for claim in opened.outbox.claim(now + timedelta(minutes=1), opened.clock.machine_now(), 10):
            opened.outbox.give_up(claim, "dead", "Bad Request")
        rows = [line.row for line in Queries(opened.database).undelivered(now - timedelta(days=1))]
    said = terminal("status").out
    assert "PROBLEM: messages that could not be sent and will not be tried again: 2\n" in said
    when = f"{now:%Y-%m-%d %H:%M} UTC"
    assert f"  message {rows[0]}, {when}, to a helper of {code}: replies/thanks: Bad Request\n" in said
    assert f"  message {rows[1]}, {when}, to {code}: replies/thanks: Bad Request\n" in said
    assert [letter["to"] for letter in terminal("status", "--json").json(1)["dead"]] == [f"a helper of {code}", code]
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        connection.execute(sa.text("UPDATE outbox SET decided_at = decided_at - 15 * 24 * 3600 * 1000"))
    database.close()
    assert "could not be sent" not in terminal("status").out


def test_a_request_for_deletion_is_there_with_its_last_day_and_late_it_is_a_problem(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """Thirty days are promised (clinical.md 0.17)."""
    code = terminal("invite", "patient", *OPERATION, "--json").json()["code"]
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        connection.execute(sa.text("UPDATE charts SET lists = 'deletion_requested:0'"))
    database.close()
    said = terminal("status").out
    assert "Requests for deletion: 1\n" in said
    assert f"  {code}: by 1970-01-31 00:00 UTC. See: followupbot erase {code} --help\n" in said
    assert "PROBLEM: patients who asked for deletion more than 30 days ago: 1\n" in said
    as_json = terminal("status", "--json").json(code=1)
    assert as_json["to_erase"] == [{"patient": code, "until": "1970-01-31T00:00:00+00:00"}]


@pytest.mark.parametrize(
    ("answered", "raised", "too_many"), [(50, 5, False), (50, 6, True), (49, 49, False)], ids=["10", "12", "too few"]
)
def test_more_than_ten_alerts_for_a_hundred_check_ins_are_a_problem(
    clinic: Path, telegram: Telegram, terminal: Terminal, answered: int, raised: int, too_many: bool
) -> None:
    """The live rate, at this_week and above, over a quarter (clinical.md 0.11); of few check-ins it says nothing."""
    code = terminal("invite", "patient", *OPERATION, "--json").json()["code"]
    now = int(datetime.now(UTC).timestamp() * 1000)
    long_ago = now - 91 * 24 * 3600 * 1000
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        rows = [("completed", now)] * (answered - 1) + [("cut_short", now), ("expired", now), ("completed", long_ago)]
        for number, (state, at) in enumerate(rows, 1):
            check_in = {"patient": code, "id": number, "state": state, "at": at}
            connection.execute(
                sa.text("INSERT INTO check_ins VALUES (:patient, :id, 'yearly', :state, :at, :at)"), check_in
            )
        alerts = [("this_week", now)] * (raised - 1) + [("emergency", now), ("routine", now), ("same_day", long_ago)]
        for number, (tier, at) in enumerate(alerts, 1):
            alert = {"patient": code, "id": number, "tier": tier, "at": at}
            connection.execute(
                sa.text(
                    "INSERT INTO alerts (patient, id, tier, state, raised_at, due_at)"
                    " VALUES (:patient, :id, :tier, 'resolved', :at, :at)"
                ),
                alert,
            )
    database.close()
    said = terminal("status").out
    assert f"Alerts at this_week or above in 90 days: {raised}, for {answered} check-ins answered\n" in said
    assert ("more than 10 of 100" in said) is too_many


def test_files_that_are_not_published_are_no_problem(clinic: Path, terminal: Terminal) -> None:
    """Somebody is working on them; it is said, and what works goes on working."""
    file = clinic / "clinic.yaml"
    file.write_text(file.read_text().replace("Your spine clinic", "Another clinic"))
    said = terminal("status")
    assert [line for line in said.out.splitlines() if line.startswith("PROBLEM")] == [
        f"PROBLEM: {one}" for one in NOBODY_YET
    ]
    assert "The files differ from it. To put them to work: followupbot publish" in said.out
