"""What keeps the data, as the real program does it: quarantine, and canaries everywhere."""

import json
import time
from pathlib import Path

import pytest

from followupbot.application import admins
from followupbot.domain.decision import ByClock
from tests.process import raises
from tests.process.harness import CARD, Clinic, emergency
from tests.process.telegram import TOKEN, until

pytestmark = pytest.mark.fault

SCRIPT = Path(raises.__file__)

NAME = "Canaryname Ofthepatient"
WORDS = "CANARYWORDS my leg has been numb since Tuesday"
STAFF = "Dr Ito"

POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.mark.parametrize("engine_name", ["sqlite", POSTGRES])
def test_a_restored_clinic_sends_and_asks_for_nothing_until_it_is_released(clinic: Clinic) -> None:
    """Its pages say so; then what waits goes, and what came meanwhile is answered."""
    program = clinic.run().ready()
    ada = clinic.staff_joins("Ada")
    assert program.stop()[0] == 0
    with clinic.opened() as house:
        admins.notify_operator(house.store, "dead_letter", "777", ByClock(), house.clock.now())
    assert clinic.cli("backup", "backups").returncode == 0
    (made,) = (clinic.folder / "backups").glob("*.backup")
    restored = clinic.cli("restore", str(made), "--replace")
    assert restored.returncode == 0, restored.stderr
    before = len(clinic.telegram.log())
    program = clinic.run()
    program.wait_for("in quarantine", within=30)
    code, health = program.health()
    assert code == 503
    assert any("quarantine" in problem for problem in health["problems"])
    ada.write("/help")
    time.sleep(3)  # several rounds of a program that works
    assert len(clinic.telegram.log()) == before, "not one call"
    listed = clinic.cli("release", "--list").stdout
    assert "operator/dead_letter" in listed
    assert ada.count("777") == 0
    assert clinic.cli("release").returncode == 0
    ada.reads("777", within=30)
    until(lambda: clinic.telegram.waiting() == [], "the update to be taken in", within=30)


@pytest.mark.parametrize(
    ("engine_name", "detail"), [("sqlite", "code"), pytest.param("postgresql", "concern", marks=pytest.mark.postgres)]
)
def test_no_canary_stands_where_it_does_not_belong(clinic: Clinic, detail: str) -> None:
    """Through enrolment, an emergency, own words, a handler and a Telegram that fail, a backup and a copy of the keys.

    Searched: every file of the clinic, every backup, every log, health, status, verify, and the staff's phones.
    """
    file = clinic.data / "clinic.yaml"
    file.write_text(file.read_text().replace("alert_detail: concern", f"alert_detail: {detail}"))
    assert clinic.cli("publish").returncode == 0
    telegram = clinic.telegram
    program = clinic.run(script=SCRIPT).ready()
    ito, ada = clinic.staff_joins(STAFF), clinic.staff_joins("Ada")
    clinic.links[NAME] = clinic.links["Maria"]
    maria = clinic.goes_to_gate(NAME)
    maria.write(WORDS)
    until(lambda: telegram.waiting() == [], "the words to be taken in")
    telegram.fault("sendMessage", "broken_json", times=1)
    maria.press(emergency)
    maria.reads(CARD, within=30)
    ito.reads(clinic.codes["Maria"], within=30)
    maria.write(raises.WORDS)
    ada.reads("set aside", within=30)
    _, health = program.health()
    commands = (["status"], ["status", "--json"], ["verify"], ["doctor"], ["retention"])
    outputs = [clinic.cli(*words) for words in commands]
    assert clinic.cli("backup", "backups").returncode == 0
    assert clinic.cli("keys", "copy", "apart.keys").returncode == 0
    assert program.stop()[0] == 0
    said = "".join(done.stdout + done.stderr for done in outputs)
    logs = "".join(each.log() for each in clinic.programs)
    files = b"".join(path.read_bytes() for path in clinic.folder.rglob("*") if path.is_file())
    assert b"SQLite format 3" in files or clinic.database_url
    phones = "\n".join([*ito.texts(), *ada.texts(), *ito.notices()])
    for secret in (NAME, WORDS, raises.WORDS, "CANARYWORDS", "Canaryname", str(maria.id)):
        assert secret not in said + logs + json.dumps(health) + phones, secret
        assert secret.encode() not in files, secret
    assert TOKEN not in said + logs + json.dumps(health)
    assert TOKEN.partition(":")[2].encode() not in files
    assert STAFF not in said.replace("followupbot", "") + logs
    if detail == "code":
        assert "bladder" not in "".join(ito.texts()).lower()
