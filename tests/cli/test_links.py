"""What `followupbot invite` gives out beside the link itself, and what it does when Telegram answers oddly."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from followupbot.domain import patient_code
from tests.cli.terminal import Said, Terminal, contents
from tests.process.telegram import BOT_NAME, TOKEN, Telegram

PLAN = {"--surgery-on": "2019-03-14", "--zone": "Europe/Madrid", "--language": "en", "--at": "10:00"}
LINK = f"https://t.me/{BOT_NAME}?start="
UNKNOWN = "A link needs the bot's name, which is not known yet. "


def invite(terminal: Terminal, *more: str, **changed: str | None) -> Said:
    """An invitation that is right but for what is changed; None leaves an option out."""
    options = PLAN | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    typed = [word for option, value in options.items() if value is not None for word in (option, value)]
    return terminal("invite", "patient", *typed, *more)


# -- the pictures ------------------------------------------------------------------------------------------------------


def test_nobody_else_can_read_the_picture(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """It has the link in it; a new one takes its place, whatever rights the old one had."""
    picture = clinic / "invitations" / "dr_ito.png"
    for _ in range(2):
        said = terminal("invite", "staff", "--role", "lead", "--name", "Dr Ito")
        assert said.code == 0
        assert said.out.startswith(f"Dr Ito, lead\n{LINK}")
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


def test_with_json_there_is_no_picture(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Whoever asks for JSON makes one of their own; nothing that has the link in it is left behind."""
    said = invite(terminal, "--json").json()
    assert patient_code.parse(said["code"]) == said["code"]
    assert 20 <= len(said["link"].removeprefix(LINK)) <= 64
    assert not (clinic / "invitations").exists()


def test_a_picture_that_can_not_be_written_costs_nobody_the_link(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    (clinic / "invitations").write_text("a file where the folder should be")
    said = invite(terminal)
    assert said.code == 1
    assert LINK in said.out
    assert "The link works, but its picture" in said.err


# -- Telegram ----------------------------------------------------------------------------------------------------------


def test_once_the_name_is_known_no_token_is_needed(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Nor a network, for patients as for staff."""
    assert invite(terminal, "--json").code == 0
    for settings in ({"TELEGRAM_TOKEN": ""}, {"TELEGRAM_API": "http://127.0.0.1:1/bot"}):
        said = terminal("invite", "staff", "--role", "lead", "--name", "Dr Ito", "--json", run=None, **settings)
        assert said.json()["link"].startswith(LINK)


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


def test_the_secret_half_of_a_wrong_token_is_not_shown(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = invite(terminal, "--json")
    assert said.code == 0
    said = terminal("doctor", TELEGRAM_TOKEN=f"{TOKEN}x")
    assert said.code == 1
    assert "Telegram refuses the token (" in said.out
    assert TOKEN.partition(":")[2] not in said.out + said.err


# -- what is typed -----------------------------------------------------------------------------------------------------


def test_how_dates_and_hours_may_be_written(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """A month, a year; the last minute of the day, and 9:00 without a nought."""
    for changed in ({"surgery_on": "2019-03"}, {"surgery_on": "1950"}, {"at": "19:59"}, {"at": "9:00"}):
        assert invite(terminal, "--json", **changed).code == 0, changed


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"surgery_on": "last May"}, "--surgery-on: expected YYYY-MM-DD, YYYY-MM or YYYY, not 'last May'."),
        ({"at": "25:00"}, "--at: expected HH:MM, such as 10:00, not '25:00'."),
        ({"zone": "europe/madrid"}, "--zone: there is no time zone 'europe/madrid'. Did you mean Europe/Madrid?"),
        ({"zone": "Madrid"}, "--zone: there is no time zone 'Madrid'. Did you mean Europe/Madrid?"),
        ({"zone": "Spain"}, "--zone: there is no time zone 'Spain'."),
        (
            {"protocol": "knee"},
            "--protocol: no care protocol 'knee' is published. Expected one of: lumbar_fusion.",
        ),
        ({"born": f"{datetime.now(UTC).year + 1}"}, "--born: expected a year of birth between 1900 and this year."),
        ({"born": "58"}, "--born: expected a year, such as 1958, not '58'."),
        ({"zone": None, "at": None}, "Missing --zone, --at. See: followupbot invite patient --help"),
    ],
    ids=str,
)
def test_a_mistake_is_one_line_and_telegram_is_not_even_asked(
    changed: dict[str, str | None], says: str, clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """And nothing was written."""
    before, asked = contents(clinic), len(telegram.log())
    said = invite(terminal, **changed)
    assert (said.code, said.out, said.err) == (2, "", f"{says}\n")
    assert len(telegram.log()) == asked
    assert contents(clinic) == before


def test_mistakes_beside_something_that_can_not_be_read_are_said_too(clinic: Path, terminal: Terminal) -> None:
    """All of one call at once, whatever kinds they are of."""
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
    """Nobody is put into the first by the alphabet."""
    shipped = Path(__file__).parents[2] / "protocols" / "lumbar_fusion.yaml"
    (clinic / "protocols").mkdir()
    (clinic / "protocols" / "cervical_fusion.yaml").write_bytes(shipped.read_bytes())
    assert terminal("publish").code == 0
    said = invite(terminal)
    assert said.code == 2
    assert said.err == "--protocol: the clinic has several. Expected one of: cervical_fusion, lumbar_fusion.\n"
    assert invite(terminal, protocol="cervical_fusion").code == 0


@pytest.mark.parametrize("code", [patient_code.complete("2345"), "", "Maria"])
def test_a_code_that_nobody_has(code: str, clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "patient", "--again", code)
    assert (said.code, said.err) == (2, f"--again: no patient has the code {code!r}.\n")


def test_a_code_may_be_typed_with_blanks_and_dashes(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """As people write it down."""
    code = invite(terminal, "--json").json()["code"]
    again = terminal("invite", "patient", "--again", f" {code[:2].lower()}-{code[2:]}", "--json").json()
    assert set(again) == {"code", "link", "expires_at"}
    assert again["code"] == code
