"""Real `followupbot` processes with a clinic of their own, against the practice Telegram, over real HTTP."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from unittest.mock import patch

import httpx

from followupbot.application import admins
from followupbot.bootstrap import pages
from followupbot.bootstrap.house import House, initialise, open_house
from followupbot.bootstrap.transcript import WAY_IN, WAY_ON
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByShell
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import Language, PatientId
from followupbot.domain.presses import AnswerPress, ResolvePress, StartPress, TakePress
from followupbot.domain.schedule import PartialDate
from followupbot.protocol_files.sources import shipped
from followupbot.settings import Settings
from tests.process.telegram import BOT_NAME, TOKEN, Json, Phone, Telegram, until

BRISK = Path(__file__).with_name("brisk.py")
NURSERY = Path(__file__).with_name("nursery.py")

FOLLOWUPBOT = Path(sys.executable).with_name("followupbot")
STOPS_WITHIN = 5.0

LIVES_LOGGED = 20
"""The logs of so many lives are kept, the newest."""

ASK_AT = "10:00"


def zone_where_it_is_day() -> str:
    """A time zone in which it is about 13:00 now, so that no test waits for the morning."""
    ahead = 13 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@dataclass
class Program:
    """A `followupbot run` that was started."""

    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        """What it has written to standard error."""
        return self.log_file.read_text("utf-8", "replace")

    def wait_for(self, words: str, within: float = 10.0) -> None:
        """The log has these words."""
        self._until(lambda: words in self.log(), f"{words!r}", within)

    def ready(self) -> "Program":
        """It has had its first answer from Telegram."""
        self.wait_for("event=introduced", within=30)
        return self

    def stop(self) -> tuple[int, float]:
        """SIGTERM, and what came of it: exit code, and seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        return code, time.monotonic() - began

    def kill(self) -> None:
        """Kill -9; it is gone when this returns."""
        self.process.kill()
        self.process.wait(10)

    def wait(self, within: float = 15.0) -> int:
        """The exit code of one that ends by itself."""
        return self.process.wait(within)

    def health(self) -> tuple[int, Json]:
        """What /healthz answers, as soon as it has looked."""
        self.wait_for("event=pages")
        address = self.log().split("address=")[1].split()[0]

        def look() -> tuple[int, Json] | None:
            answer = httpx.get(f"{address}/healthz", trust_env=False)
            said: Json = answer.json()
            return None if pages.NOT_LOOKED in said["problems"] else (answer.status_code, said)

        return until(look, "the first look")

    def _until(self, there: Callable[[], bool], what: str, within: float) -> None:
        try:
            until(lambda: there() or self.process.poll() is not None, what, within)
        except AssertionError as error:
            raise AssertionError(f"{error}; the log:\n{self.log()}") from None
        assert there(), f"the program ended ({self.process.poll()}) before {what}; the log:\n{self.log()}"


@dataclass
class Clinic:
    """A clinic in a folder of its own. `links` are invitations that nobody has used yet, by name."""

    folder: Path
    data: Path
    telegram: Telegram
    database_url: str | None = None
    links: dict[str, str] = field(default_factory=dict)
    codes: dict[str, PatientId] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    disk: Path = Path("/nowhere")
    """The disk that can be filled, where a test has given it one."""

    @property
    def on_sqlite(self) -> bool:
        return self.database_url is None

    def env(self) -> dict[str, str]:
        """Nothing of the environment in which the tests run gets in."""
        env = {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "FOLLOWUPBOT_DATA": str(self.data),
            "FOLLOWUPBOT_TELEGRAM_TOKEN": TOKEN,
            "FOLLOWUPBOT_TELEGRAM_API": self.telegram.api,
            "FOLLOWUPBOT_WEB_PORT": "0",
        }
        return env if self.database_url is None else env | {"FOLLOWUPBOT_DATABASE_URL": self.database_url}

    def cli(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        return subprocess.run(
            [str(FOLLOWUPBOT), *arguments],
            env=self.env() | env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def say(self, *arguments: str) -> Json:
        """The JSON that a command printed, and nothing else."""
        done = self.cli(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        said: Json = json.loads(done.stdout)
        return said

    def run(self, *arguments: str, script: Path | None = None, **env: str) -> Program:
        """`followupbot run`, or a script of the tests that does the same with something changed; just started."""
        log_file = self.folder / f"run-{len(self.programs) + 1}.log"
        command = (
            [str(FOLLOWUPBOT), "run", *arguments] if script is None else [sys.executable, "-P", str(script), *arguments]
        )
        with log_file.open("wb") as stderr:
            process = subprocess.Popen(
                command, env=self.env() | env, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=stderr
            )
        program = Program(process, log_file)
        self.programs.append(program)
        return program

    def settings(self) -> Settings:
        """The settings that its processes have."""
        fields = {"data": self.data, "telegram_token": TOKEN, "telegram_api": self.telegram.api}
        return Settings.model_validate(fields | ({"database_url": self.database_url} if self.database_url else {}))

    @contextmanager
    def opened(self) -> Iterator[House]:
        """The clinic as it stands in the database, for looking."""
        with open_house(self.settings()) as house:
            yield house

    def join(self, name: str) -> Phone:
        """Whoever was invited has a phone, and has opened the link."""
        phone = self.telegram.phone(name)
        phone.start(self.links[name])
        return phone

    def staff_joins(self, name: str) -> Phone:
        """The same, and is connected."""
        phone = self.join(name)
        phone.reads("Welcome")
        return phone

    def goes_to_gate(self, name: str) -> Phone:
        """The patient has consented and sees the first question."""
        phone = self.join(name)
        consents(phone)
        prepares(phone)
        phone.press(starts)
        phone.reads("I cannot feel when my bladder is full")
        return phone

    def close(self) -> None:
        """No process of it is left."""
        for program in self.programs:
            if program.process.poll() is None:
                program.kill()


class Nursery:
    """Starts what `Clinic.run` starts, in a third of the time, to be killed: see nursery.py."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(NURSERY)],
            env=clinic.env(),
            cwd=clinic.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._started = 0

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self) -> "Infant":
        """A process that has just begun to be `followupbot run`."""
        self._started += 1
        log_file = self._clinic.folder / f"life-{self._started % LIVES_LOGGED}.log"
        log_file.write_bytes(b"")
        return Infant(int(self.ask(f"run {log_file}")), log_file, self)

    def ask(self, line: str) -> str:
        """Its one line in answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{line}\n")
        stdin.flush()
        answer = stdout.readline().strip()
        assert answer, "the nursery has ended"
        return answer


@dataclass
class Infant:
    """A process out of the nursery."""

    pid: int
    log_file: Path
    nursery: Nursery

    def wait_for(self, words: str, within: float) -> None:
        """The log has these words."""
        found = words.encode()
        until(lambda: found in self.log_file.read_bytes(), f"{words!r} in {self.log_file}", within)

    def kill(self) -> None:
        """Kill -9; it is gone when this returns."""
        os.kill(self.pid, signal.SIGKILL)
        assert self.nursery.ask(f"reap {self.pid}") == str(-signal.SIGKILL), self.log_file.read_text()


def consents(phone: Phone) -> None:
    """From the link to "I agree"."""
    for step in WAY_IN:
        phone.press(step)


def prepares(phone: Phone) -> None:
    """From there, or from the year of birth, to the first check-in."""
    for step in WAY_ON:
        phone.press(step)


def starts(press: object) -> bool:
    return isinstance(press, StartPress)


def answers(question: str, value: str) -> Callable[[object], bool]:
    def fits(press: object) -> bool:
        return isinstance(press, AnswerPress) and (press.question, press.value) == (question, value)

    return fits


CALM = ("none", "no", "no_need", "skip")
"""What somebody without a complaint presses where it is there, else the first button, which is the best as a rule."""


def completes(phone: Phone, end: str, **said: str) -> None:
    """Whatever is asked is answered, up to the message with those words: as said, by question, and calmly else."""
    answered: set[tuple[str, str]] = set()

    def look() -> bool:
        buttons = [(button.press, button) for button in phone.buttons() if isinstance(button.press, AnswerPress)]
        if buttons:
            question = buttons[-1][0].question
            values = {press.value: button for press, button in buttons if press.question == question}
            value = said.get(question) or next((calm for calm in CALM if calm in values), next(iter(values)))
            if (question, value) not in answered:
                answered.add((question, value))
                phone.tap(values[value])
        return bool(phone.count(end))

    until(look, f"{end!r} on {phone.name}'s phone, which shows {phone.texts()[-2:]}", within=60)
    missed = said.keys() - {question for question, _ in answered}
    assert not missed, f"nobody asked for {missed}"


emergency = answers("rf_bladder_feel", "new")


def takes(press: object) -> bool:
    return isinstance(press, TakePress)


def resolves(outcome: str) -> Callable[[object], bool]:
    return lambda press: isinstance(press, ResolvePress) and press.outcome == outcome


FIRST_SCREEN = "Two short screens to read"
"""What comes of a link, and of any words before consent."""

CARD = "What you told us needs a check by a doctor today"
NOT_RECORDED = "Your answer was not recorded"
RECORDED = "We have also told the clinic"
DIRECT_PAGE = "An emergency answer was not recorded"


@dataclass(frozen=True)
class Founded:
    """A clinic that was made once, to be copied."""

    data: Path
    template: str | None
    links: dict[str, str]
    codes: dict[str, PatientId]


STAFF = {"Dr Ito": Role.CLINICIAN, "Dr Sato": Role.CLINICIAN, "Ada": Role.ADMIN}
PATIENTS = ("Maria", "Joan", "Petra", "Amal")


def found(
    data: Path, database_url: str | None, patients: tuple[str, ...] = PATIENTS, protocol: Path | None = None
) -> Founded:
    """A clinic into which these people are invited. In this process: the journey does the same by commands.

    With `protocol` that file is its one care protocol, and not what ships.
    """
    if protocol is not None:
        _use(data, protocol)
    fields = {"data": data, "database_url": database_url} if database_url else {"data": data}
    settings = Settings.model_validate(fields)
    with patch("followupbot.bootstrap.house.check_gathered", return_value=[]):  # the journey has it done
        initialise(settings)
    by = ByShell("tests")
    links: dict[str, str] = {}
    codes: dict[str, PatientId] = {}
    with open_house(settings) as house:
        now = house.clock.now()
        (key,) = house.store.clinic().published.protocols
        admins.name_bot(house.store, BOT_NAME, by, now)
        for name, role in STAFF.items():
            links[name] = f"?start={admins.invite_staff(house.store, name, role, by, now).token}"
        for name in patients:
            surgery = PartialDate(now.year - 4, now.month, min(now.day, 28))
            plan = Plan(
                key,
                surgery,
                zone_where_it_is_day(),
                Language("en"),
                datetime.strptime(ASK_AT, "%H:%M").time(),  # noqa: DTZ007 # an hour of the day, anywhere
            )
            codes[name], invited = admins.invite_patient(house.store, plan, by, now)
            links[name] = f"?start={invited.token}"
    return Founded(data, database_url, links, codes)


def _use(data: Path, protocol: Path) -> None:
    template = shipped("clinic.yaml")
    assert template is not None
    named, ours = "protocols: [lumbar_fusion]", f"protocols: [{protocol.stem}]"
    text = template.read_text()
    assert named in text
    (data / "protocols").mkdir(parents=True)
    (data / "protocols" / protocol.name).write_bytes(protocol.read_bytes())
    (data / "clinic.yaml").write_text(text.replace(named, ours))


def copy(founded: Founded, folder: Path, telegram: Telegram, database_url: str | None) -> Clinic:
    """A clinic of one's own that looks the same."""
    clinic = Clinic(folder, folder / "data", telegram, database_url, dict(founded.links), dict(founded.codes))
    shutil.copytree(founded.data, clinic.data, dirs_exist_ok=True)
    return clinic
