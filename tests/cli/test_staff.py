"""`followupbot staff`: who works here."""

from pathlib import Path

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


def join(token: str) -> None:
    """Somebody opens the link."""
    with open_house(load()) as opened:
        cause = Cause("tests:join", ByShell("tests"))
        admins.join(opened.store, opened.store.note_chat(700_000_001), admins.hash_of(token), cause, opened.clock.now())


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
