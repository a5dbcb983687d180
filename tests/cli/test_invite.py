"""`followupbot invite`: what it gives out, and what it refuses."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from followupbot.application import admins
from followupbot.bootstrap.house import open_house
from followupbot.domain import patient_code
from followupbot.domain.decision import ByShell
from followupbot.protocol_files.programme import to_publish
from followupbot.settings import load
from tests.cli.terminal import Said, Terminal, contents, uses
from tests.process.telegram import BOT_NAME, TOKEN, Telegram

PLAN = {"--surgery-on": "2019-03-14", "--zone": "Europe/Madrid", "--language": "en", "--at": "10:00"}
LINK = f"https://t.me/{BOT_NAME}?start="
UNKNOWN = "A link needs the bot's name, which is not known yet. "
NOWHERE = "http://127.0.0.1:1/bot"


def invite(terminal: Terminal, *more: str, **changed: str | None) -> Said:
    """A patient, with a plan that is right but for what is changed; None leaves an option out."""
    options = PLAN | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    typed = [word for option, value in options.items() if value is not None for word in (option, value)]
    return terminal("invite", "patient", *typed, *more)


# -- what comes out ----------------------------------------------------------------------------------------------------


def test_a_patient_has_a_code_a_link_and_an_end(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """In a new clinic nobody asks for a care protocol. With JSON nothing that has the link in it is left behind."""
    said = invite(terminal, "--json", born="1958").json()
    assert set(said) == {"code", "link", "expires_at"}
    assert patient_code.parse(said["code"]) == said["code"]
    assert said["link"].startswith(LINK)
    assert 20 <= len(said["link"].removeprefix(LINK)) <= 64
    lasts = datetime.fromisoformat(said["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < lasts <= timedelta(days=7)
    assert not (clinic / "invitations").exists()


def test_for_the_eye_there_is_a_qr_code_and_a_picture_to_print(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """It has the link in it, so nobody else can read it; a new one takes its place, whatever rights the old one had."""
    picture = clinic / "invitations" / "dr_ito.png"
    for _ in range(2):
        said = terminal("invite", "staff", "--role", "lead", "--name", "Dr Ito")
        assert said.code == 0
        assert said.out.startswith(f"Dr Ito, lead\n{LINK}")
        assert "█" in said.out or "▄" in said.out
        assert f"To print: {picture.relative_to(terminal.folder)} (delete it" in said.out
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert stat.filemode(picture.stat().st_mode) == "-rw-------"
        assert stat.filemode(picture.parent.stat().st_mode) == "drwx------"
        picture.chmod(0o644)


def test_each_person_has_a_picture_of_their_own(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Two invitations that are printed together do not end up in one file; a name never leads out of the folder."""
    code = invite(terminal).out.split()[1]
    terminal("invite", "staff", "--role", "lead", "--name", "../../Ada")
    terminal("invite", "staff", "--role", "lead", "--name", "佐藤")
    names = {path.name for path in (clinic / "invitations").iterdir()}
    assert names == {f"{code}.png", "______ada.png", "佐藤.png"}


def test_a_picture_that_can_not_be_written_costs_nobody_the_link(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    (clinic / "invitations").write_text("a file where the folder should be")
    said = invite(terminal)
    assert said.code == 1
    assert LINK in said.out
    assert "The link works, but its picture" in said.err


def test_a_new_link_for_a_known_patient(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """The code may be typed as people write it down; with it goes no other option."""
    first = invite(terminal, "--json").json()
    code = first["code"]
    again = terminal("invite", "patient", "--again", f" {code[:2].lower()}-{code[2:]}", "--json").json()
    assert set(again) == {"code", "link", "expires_at"}
    assert again["code"] == code
    assert again["link"] != first["link"]
    for option, value in [("--zone", "Europe/Madrid"), ("--protocol", "lumbar_fusion"), ("--born", "1958")]:
        said = terminal("invite", "patient", "--again", code, option, value)
        assert said.code == 2
        assert said.err == f"--again takes no other option than --json; it was given {option}.\n"


@pytest.mark.parametrize("code", [patient_code.complete("2345"), "00000", "", "Maria"])
def test_a_code_that_nobody_has(code: str, clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "patient", "--again", code)
    assert (said.code, said.err) == (2, f"--again: no patient has the code {code!r}.\n")


# -- Telegram, which knows the bot's name ------------------------------------------------------------------------------


def test_once_the_name_is_known_no_token_is_needed(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Nor a network, for patients as for staff."""
    assert invite(terminal, "--json").code == 0
    for settings in ({"TELEGRAM_TOKEN": ""}, {"TELEGRAM_API": NOWHERE}):
        said = terminal("invite", "staff", "--role", "lead", "--name", "Dr Ito", "--json", run=None, **settings)
        assert said.json()["link"].startswith(LINK)


def test_without_the_name_nobody_is_invited(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """No patient comes to be without a link. The message says what to set, and never what it is set to."""
    before = contents(clinic)
    words = ["invite", "staff", "--role", "lead", "--name", "Dr Ito"]
    for settings, says in (
        ({"TELEGRAM_TOKEN": ""}, f"{UNKNOWN}Set FOLLOWUPBOT_TELEGRAM_TOKEN (or ..._FILE).\n"),
        ({"TELEGRAM_API": NOWHERE}, f"{UNKNOWN}Telegram can't be reached at {NOWHERE} ("),
        ({"TELEGRAM_TOKEN": f"{TOKEN}x"}, f"{UNKNOWN}Telegram refuses the token ("),
        ({"TELEGRAM_TOKEN": "12:"}, "FOLLOWUPBOT_TELEGRAM_TOKEN: expected the bot's number"),
    ):
        said = terminal(*words, run=None, **settings)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(says)
        assert TOKEN.partition(":")[2] not in said.err
        assert "FOLLOWUPBOT_TELEGRAM_TOKEN" in said.err or "TELEGRAM_API" in settings
    assert contents(clinic) == before


@pytest.mark.parametrize("kind", ["502", "500_before", "broken_json", "drop_before", "429"])
def test_a_telegram_that_answers_oddly(kind: str, clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """The token may be right, and nobody is sent to look for another. Nobody is invited."""
    before = contents(clinic)
    telegram.fault("getMe", kind)
    said = invite(terminal)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"{UNKNOWN}Telegram can't be reached at {telegram.api} (")
    assert said.err.endswith("Try again when it can.\n")
    assert TOKEN not in said.err
    assert contents(clinic) == before


# -- what is typed -----------------------------------------------------------------------------------------------------


def test_how_dates_and_hours_may_be_written(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """A month, a year; the last minute of the day, and 9:00 without a nought."""
    for changed in ({"surgery_on": "2019-03"}, {"surgery_on": "1950"}, {"at": "19:59"}, {"at": "9:00"}):
        assert invite(terminal, "--json", **changed).code == 0, changed


IN_TWO_YEARS = str(datetime.now(UTC).year + 2)
DATES = "--surgery-on: expected YYYY-MM-DD, YYYY-MM or YYYY"
HOURS = "--at: we ask from 09:00 to before 20:00 on the patient's clock."


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"surgery_on": "last May"}, f"{DATES}, not 'last May'."),
        ({"surgery_on": "14/03/2022"}, f"{DATES}, not '14/03/2022'."),
        ({"surgery_on": "2022-02-30"}, f"{DATES}, not '2022-02-30'."),
        ({"surgery_on": f"{IN_TWO_YEARS}-03-14"}, "--surgery-on: expected at most 12 months ahead."),
        ({"surgery_on": "1900-03-14"}, "--surgery-on: expected 1950 or later."),
        ({"at": "25:00"}, "--at: expected HH:MM, such as 10:00, not '25:00'."),
        ({"at": "10am"}, "--at: expected HH:MM, such as 10:00, not '10am'."),
        ({"at": "08:59"}, HOURS),
        ({"at": "20:00"}, HOURS),
        ({"zone": "europe/madrid"}, "--zone: there is no time zone 'europe/madrid'. Did you mean Europe/Madrid?"),
        ({"zone": "Madrid"}, "--zone: there is no time zone 'Madrid'. Did you mean Europe/Madrid?"),
        ({"zone": "Europe/Madird"}, "--zone: there is no time zone 'Europe/Madird'. Did you mean Europe/Madrid?"),
        ({"zone": "CEST"}, "--zone: there is no time zone 'CEST'."),
        ({"zone": "../../etc/passwd"}, "--zone: there is no time zone '../../etc/passwd'."),
        ({"language": "xx"}, "--language: there are no words in 'xx'. Expected one of: en, es."),
        ({"protocol": "knee"}, "--protocol: no care protocol 'knee' is published. Expected one of: lumbar_fusion."),
        (
            {"protocol": "lumbar_fusoin"},
            "--protocol: no care protocol 'lumbar_fusoin' is published. Did you mean lumbar_fusion? "
            "Expected one of: lumbar_fusion.",
        ),
        ({"born": IN_TWO_YEARS}, "--born: expected a year of birth between 1900 and this year."),
        ({"born": "1066"}, "--born: expected a year of birth between 1900 and this year."),
        ({"born": "58"}, "--born: expected a year, such as 1958, not '58'."),
        ({"zone": None, "at": None}, "Missing --zone, --at. See: followupbot invite patient --help"),
    ],
    ids=str,
)
def test_a_mistake_is_one_line_and_telegram_is_not_even_asked(
    changed: dict[str, str | None], says: str, clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """It names the option and what was expected; and nothing was written."""
    before, asked = contents(clinic), len(telegram.log())
    said = invite(terminal, **changed)
    assert (said.code, said.out, said.err) == (2, "", f"{says}\n")
    assert len(telegram.log()) == asked
    assert contents(clinic) == before


def test_every_mistake_is_said_at_once(clinic: Path, terminal: Terminal) -> None:
    """Also beside something that can't be read, or is not there, and of whatever kinds they are."""
    said = invite(
        terminal, surgery_on="1900", zone="Europe/Madrit", language="xx", at="nine", born="1700", protocol="knee"
    )
    assert said.code == 2
    assert {line.partition(":")[0] for line in said.err.splitlines()} == {*PLAN, "--born", "--protocol"}
    said = invite(terminal, zone=None, surgery_on="soon", at="21:00")
    assert [line.partition(" ")[0] for line in said.err.splitlines()] == ["Missing", "--surgery-on:", "--at:"]


def test_where_there_are_several_protocols_one_is_to_be_chosen(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """Nobody is put into the first by the alphabet; and each has quiet hours of its own."""
    uses(clinic, "lumbar_fusion", "houseplants")
    with open_house(load()) as opened:
        admins.publish(opened.store, to_publish(clinic), ByShell("tests"), opened.clock.now())
    said = invite(terminal)
    assert said.code == 2
    assert said.err == "--protocol: the clinic has several. Expected one of: houseplants, lumbar_fusion.\n"
    assert invite(terminal, protocol="houseplants").code == 0
    said = invite(terminal, protocol="houseplants", at="09:30")
    assert (said.code, said.err) == (2, "--at: we ask from 10:00 to before 19:00 on the patient's clock.\n")


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "two\nlines"])
def test_a_name_that_fits_no_line(name: str, clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "staff", "--role", "lead", "--name", name)
    assert said.code == 2
    assert "--name" in said.err
