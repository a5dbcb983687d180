"""Every command that README and the handbook show is run, or it is said here why not.

docs/programme.md has a test of its own, which follows it line by line (tests/docs/test_programme.py).
"""

import io
import random
import re
import shlex
import shutil
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from followupbot.application import admins
from followupbot.bootstrap import house
from followupbot.bootstrap.clocks import SystemClock
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByShell, Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import Language, PatientId, ProtocolKey
from followupbot.domain.schedule import PartialDate
from followupbot.settings import Settings
from followupbot.simulation.characters import STEADY
from followupbot.simulation.past import Past
from tests.cli.terminal import Terminal
from tests.docs.test_readme import ROOT, commands

NOT_RUN = {
    r"make (demo|test|setup)": "CI runs it, in a fresh clone",
    r"\.venv/bin/followupbot --version": "make wheel runs it in an environment with nothing else",
    r"export .*": "it sets an environment variable, which is set here for every command",
    r"followupbot run( --only \S+)?": "it runs until it is stopped: tests/process does that",
    r"followupbot move --to .*": "it needs a server: tests/cli/test_move.py does that",
    r"followupbot simulate .*": "it takes minutes: make simulate does that",
    r"followupbot backup /mnt/backups": "the folder is somebody's disk: tests/cli/test_keeping.py does that",
}

REPORTS = ("doctor", "status", "rota")
"""They say how things stand, and exit with 1 while something is wrong: here nobody can be paged, which is so."""

BEFORE = {
    r"followupbot patient 7F3K9 resume": "patient 7F3K9 pause 4w",
    r"followupbot staff back .*": 'staff away "Dr Ito" --until 2027-01-31',
}
"""What must have been done for the line to mean something."""

BEFORE_THE_OPERATION = re.compile(r"followupbot patient 7F3K9 (operated .*|cancelled)")
"""What is said of somebody whose operation lies ahead."""

THE_DAY = datetime(2026, 11, 27, 10, tzinfo=UTC)
"""The pages name days that lie ahead of it."""

CAME_IN = datetime(2024, 1, 8, 10, tzinfo=UTC)

IDENTITY = re.compile(r"```[a-z]*\n(name: .*?)```", re.DOTALL)

LINES = [(page, line) for page, line in commands() if page.name != "programme.md"]
CASES = {f"{page.relative_to(ROOT)}: {line}": line for page, line in LINES}
RUN = {name: line for name, line in CASES.items() if not any(re.fullmatch(form, line) for form in NOT_RUN)}


@pytest.fixture(scope="session")
def peopled(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PatientId, PatientId]:
    """A clinic with two clinicians, a patient who has taken part for years, and one whose operation lies ahead."""
    data = tmp_path_factory.mktemp("handbook") / "data"
    shutil.copytree(founded, data)
    by = ByShell("tests")
    with house.open_house(Settings.model_validate({"data": data, "web_port": 0})) as opened:
        for name in ("Dr Ito", "Dr Sato"):
            admins.invite_staff(opened.store, name, Role.CLINICIAN, by, THE_DAY)
        chat = opened.store.note_chat(1)

        def live(chart: Chart) -> Decision:
            past = Past(chart, STEADY, random.Random(1), None)
            surgery = PartialDate(2019, 3, 14)
            plan = Plan(ProtocolKey("lumbar_fusion"), surgery, "Europe/Madrid", Language("en"), time(10))
            past.enrol(plan, chat, CAME_IN)
            past.live(THE_DAY)
            return Decision(tuple(past.facts))

        ahead = Plan(ProtocolKey("lumbar_fusion"), PartialDate(2027, 3, 1), "Europe/Madrid", Language("en"), time(10))
        waits, _ = admins.invite_patient(opened.store, ahead, by, THE_DAY)
        return data, admins.draw_code(opened.store, by, live), waits


@pytest.fixture
def codes(
    peopled: tuple[Path, PatientId, PatientId], terminal: Terminal, telegram: object, monkeypatch: pytest.MonkeyPatch
) -> tuple[PatientId, PatientId]:
    """The two patients, on the day on which the pages were written; the terminal finds the clinic where it looks."""
    monkeypatch.setattr(SystemClock, "now", lambda _: THE_DAY)
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    data, *patients = peopled
    shutil.copytree(data, terminal.folder / "data")
    (found,) = IDENTITY.findall((ROOT / "docs" / "clinicians.md").read_text(encoding="utf-8"))
    for name in ("ana.txt", "identity.txt"):
        (terminal.folder / name).write_text(found, encoding="utf-8")
    return patients[0], patients[1]


@pytest.mark.parametrize("line", RUN.values(), ids=RUN)
def test_what_a_page_shows_works(line: str, codes: tuple[PatientId, PatientId], terminal: Terminal) -> None:
    """Each by itself; where a dialogue begins, it is left at once."""
    code = codes[1] if BEFORE_THE_OPERATION.fullmatch(line) else codes[0]
    for before in (words for form, words in BEFORE.items() if re.fullmatch(form, line)):
        assert terminal(*shlex.split(before.replace("7F3K9", code))).code == 0
    words = shlex.split(line.replace("7F3K9", code))[1:]
    said = terminal(*words)
    assert said.code in ({0, 1} if words[0] in REPORTS else {0}), said.err or said.out
    assert "This should not have happened" not in said.err


def test_each_reason_for_not_running_one_is_still_needed() -> None:
    for form in NOT_RUN:
        assert any(re.fullmatch(form, line) for line in CASES.values()), form
