"""`followupbot staff`: who works here."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from followupbot.application import admins
from followupbot.bootstrap.house import open_house
from followupbot.domain.decision import ByShell, Cause
from followupbot.settings import load
from tests.cli.terminal import Terminal, contents
from tests.process.telegram import Telegram


def invite(terminal: Terminal, name: str, role: str = "clinician") -> str:
    """The token of their link."""
    link: str = terminal("invite", "staff", "--role", role, "--name", name, "--json").json()["link"]
    return link.partition("=")[2]


def join(token: str, address: int = 700_000_001) -> None:
    """Somebody opens the link."""
    with open_house(load()) as opened:
        cause = Cause(f"tests:join:{token}", ByShell("tests"))
        admins.join(opened.store, opened.store.note_chat(address), admins.hash_of(token), cause, opened.clock.now())


def listed(terminal: Terminal) -> list[list[str]]:
    """The table's lines, without its frame."""
    said = terminal("staff", "list")
    assert said.code == 0
    rows = [line for line in said.out.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]


def test_a_clinic_without_staff_says_how_to_get_some(clinic: Path, terminal: Terminal) -> None:
    said = terminal("staff", "list")
    assert (said.code, said.out) == (0, "Nobody works here yet. See: followupbot invite staff --help\n")


def test_everybody_is_listed_with_role_and_state(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Who was invited, who can be reached; who was removed is not shown any more."""
    join(invite(terminal, "Dr Ito"))
    invite(terminal, "Ada", "admin")
    assert listed(terminal) == [
        ["Dr Ito", "clinician", "can be reached"],
        ["Ada", "admin", "invited, has not joined"],
    ]
    assert terminal("staff", "remove", "dr ito").out == "Dr Ito has left.\n"
    assert listed(terminal) == [["Ada", "admin", "invited, has not joined"]]


def test_somebody_who_has_joined_is_not_invited_again(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Only after they were removed; one who has not joined yet gets a new link."""
    invite(terminal, "Dr Ito")
    join(invite(terminal, "DR ITO"))
    said = terminal("invite", "staff", "--role", "lead", "--name", "dr ito")
    assert said.code == 2
    assert said.err == "--name: DR ITO works here already. Remove them first, or choose another name.\n"
    terminal("staff", "remove", "Dr Ito")
    invite(terminal, "Dr Ito", "lead")


def test_a_name_that_nobody_has(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """A near miss is offered, and never taken."""
    invite(terminal, "Dr Ito")
    before = contents(clinic)
    for name, offered in [("Dr Itoh", " Did you mean Dr Ito?"), ("ito", " Did you mean Dr Ito?"), ("Petra", "")]:
        said = terminal("staff", "remove", name)
        assert (said.code, said.out) == (2, "")
        assert said.err == f"Nobody here is called {name!r}.{offered}\n"
    assert contents(clinic) == before


def test_who_was_removed_is_not_there_to_be_removed_again(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    invite(terminal, "Dr Ito")
    assert terminal("staff", "remove", "Dr Ito").code == 0
    assert terminal("staff", "remove", "Dr Ito").code == 2


def test_leave_is_entered_and_ends(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Both days count; whoever is alone on a step leaves a gap, which is said at once and stands in `status`."""
    join(invite(terminal, "Dr Ito"))
    join(invite(terminal, "Dr Sato", "lead"), 700_000_002)
    far = "2099-01-01"
    said = terminal("staff", "away", "dr ito", "--until", tomorrow(), "--cover", "Dr Sato")
    assert (said.code, said.out) == (0, f"Dr Ito is away from {today()} to {tomorrow()}. Dr Sato covers.\n")
    said = terminal("staff", "away", "Dr Ito", "--until", tomorrow())
    gap = f"gap in the rota: nobody works as clinician, {today()} to {tomorrow()}"
    assert said.out == f"Dr Ito is away from {today()} to {tomorrow()}. Nobody covers.\nPROBLEM: {gap}\n"
    assert f"PROBLEM: {gap}\n" in terminal("status").out
    assert terminal("staff", "back", "Dr Ito").out == "Dr Ito is back.\n"
    assert gap not in terminal("status").out
    for wrong, complaint in (
        (
            ("away", "Dr Ito", "--until", "2020-01-01"),
            f"--until: expected a day from {today()} on; 2020-01-01 is before it",
        ),
        (("away", "Dr Ito", "--until", "soon"), "--until: expected a date like 2026-12-25"),
        (
            ("away", "Dr Ito", "--until", far),
            "--until: expected leave of at most 366 days; whoever stays away is removed",
        ),
        (("away", "Dr Ito", "--until", tomorrow(), "--cover", "dr ito"), "--cover: expected somebody else than Dr Ito"),
        (
            ("away", "Dr Itoh", "--until", tomorrow()),
            "Nobody who may take alerts is called 'Dr Itoh'. Did you mean Dr Ito?",
        ),
        (("back", "Dr Ito"), "No leave of Dr Ito is entered."),
    ):
        said = terminal("staff", *wrong)
        assert (said.code, said.out, said.err) == (2, "", f"{complaint}\n")


def test_the_rota_is_entered_and_shown_with_what_it_lacks(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Exit code 1 where somebody is missing: a script may ask."""
    join(invite(terminal, "Dr Ito"))
    join(invite(terminal, "Dr Sato", "lead"), 700_000_002)
    said = terminal("rota", "show")
    assert (said.code, said.out) == (
        0,
        "There is no rota: out of hours only an emergency buzzes. See: followupbot rota set --help\n",
    )
    monday = day(-local_today().weekday())
    sunday = day(6 - local_today().weekday())
    said = terminal("rota", "set", today(), "dr ito", "Dr Sato")
    assert (said.code, said.out) == (0, f"On call from {monday} to {sunday}: Dr Ito, Dr Sato.\n")
    said = terminal("rota", "show", "--weeks", "2")
    assert said.code == 1, "next week is within seven days, and has nobody"
    assert [
        cell.strip() for line in said.out.splitlines() if line.startswith("│") for cell in line.split("│")[1:3]
    ] == [
        monday,
        "Dr Ito, Dr Sato",
        day(7 - local_today().weekday()),
        "nobody",
    ]
    assert "PROBLEM: gap in the rota: nobody is on call, " in said.out
    assert terminal("rota", "clear", today()).out == f"On call from {monday} to {sunday}: nobody.\n"
    assert terminal("rota", "set", "2020-01-06", "Dr Ito").code == 2
    assert terminal("rota", "set", today(), "Ada").err == "Nobody who may take alerts is called 'Ada'.\n"


def test_the_link_that_binds_a_group_names_the_step(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """Whoever opens it has to be a lead or an admin, so it is no secret."""
    invite(terminal, "Dr Ito")
    said = terminal("rota", "group", "clinician")
    assert said.code == 0
    assert said.out.startswith("https://t.me/")
    assert said.out.endswith("?startgroup=bind_clinician\n")
    assert terminal("rota", "group", "admin").err == "ROLE: admin is no step of the ladder, which is: clinician, lead\n"


def local_today() -> date:
    """The day it is at the new clinic, which is in London."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def day(ahead: int) -> str:
    return (local_today() + timedelta(days=ahead)).isoformat()


def today() -> str:
    return day(0)


def tomorrow() -> str:
    return day(1)
