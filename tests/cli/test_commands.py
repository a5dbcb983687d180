"""What all commands have in common: help with an example, exit codes, and errors that nobody expected."""

import re
import shlex

import pytest
import typer

from followupbot import __version__
from followupbot.cli.app import app
from tests.cli.terminal import Terminal
from tests.process.telegram import TOKEN

CONTRACT = {
    ("answer",),
    ("backup",),
    ("check",),
    ("clock",),
    ("demo",),
    ("doctor",),
    ("erase",),
    ("hold",),
    ("identity",),
    ("init",),
    ("invite", "carer"),
    ("invite", "patient"),
    ("invite", "staff"),
    ("keys", "copy"),
    ("keys", "put-back"),
    ("keys", "rotate"),
    ("keys", "sheet"),
    ("move",),
    ("patient", "admitted"),
    ("patient", "cancelled"),
    ("patient", "carers"),
    ("patient", "break-glass"),
    ("patient", "died"),
    ("patient", "initials"),
    ("patient", "moved"),
    ("patient", "operated"),
    ("patient", "pause"),
    ("patient", "read"),
    ("patient", "reoperated"),
    ("patient", "resume"),
    ("patient", "transferred"),
    ("patient", "withdraw"),
    ("preview",),
    ("publish",),
    ("release",),
    ("restore",),
    ("retention",),
    ("rota", "clear"),
    ("rota", "group"),
    ("rota", "set"),
    ("rota", "show"),
    ("run",),
    ("schedule",),
    ("simulate",),
    ("staff", "away"),
    ("staff", "back"),
    ("staff", "list"),
    ("staff", "remove"),
    ("status",),
    ("verify",),
}
PAIN = "my leg has been numb since Tuesday"


def as_typed(names: tuple[str, ...]) -> tuple[str, ...]:
    """The same with the code that stands between `patient` and what is to be done about them."""
    return (names[0], "7F3K9", *names[1:]) if names[0] == "patient" else names


def commands(command: object, *names: str) -> set[tuple[str, ...]]:
    """Every command that does something."""
    below = getattr(command, "commands", None)
    if below is None:
        return {names}
    return {found for name, one in below.items() for found in commands(one, *names, name)}


def test_there_is_every_command_of_the_contract() -> None:
    """And no other: a new one belongs into the table above, and into the docs."""
    assert commands(typer.main.get_command(app)) == CONTRACT


@pytest.mark.parametrize("names", sorted(CONTRACT), ids=" ".join)
def test_every_command_has_help_with_an_example_that_it_understands(names: tuple[str, ...], terminal: Terminal) -> None:
    """The example is parsed by the command itself."""
    said = terminal(*as_typed(names), "--help")
    assert said.code == 0
    (example,) = re.findall(r"Example: (.*)", said.out)
    words = shlex.split(example)
    words = words[words.index("followupbot") + 1 :]
    assert tuple(words[: len(as_typed(names))]) == as_typed(names)
    command = typer.main.get_command(app)
    for name in names:
        command = command.commands[name]  # type: ignore[attr-defined] # every group has commands
    command.make_context(names[-1], words[len(as_typed(names)) :])


def test_the_version_is_said(terminal: Terminal) -> None:
    assert terminal("--version").out == f"followupbot {__version__}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["statuss"], "Did you mean 'status'?"),
        (["invite", "pacient"], "Did you mean 'patient'?"),
        (["status", "--jsn"], "--json"),
        (["invite", "staff", "--name", "Dr Ito"], "Missing option '--role'"),
        (["invite", "staff", "--name", "Dr Ito", "--role", "boss"], "'clinician', 'lead', 'admin'"),
        (["staff", "remove"], "Missing argument 'NAME'"),
        (["demo", "--speed", "0"], "--speed"),
        (["demo", "--port", "70000"], "--port"),
        (["verify", "--seal", "many"], "--seal: expected CHAINS:DIGEST"),
    ],
    ids=" ".join,
)
def test_what_can_not_be_typed_ends_with_2_and_says_what_can(words: list[str], says: str, terminal: Terminal) -> None:
    """On standard error, so that nothing is mistaken for a result."""
    said = terminal(*words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["answer", "7F3K9"],
        ["invite", "patient"],
        ["invite", "staff", "--name", "X", "--role", "lead"],
        ["patient", "7F3K9", "read"],
        ["publish"],
        ["run"],
        ["staff", "list"],
        ["staff", "remove", "X"],
        ["status"],
        ["verify"],
    ],
    ids=" ".join,
)
def test_without_a_clinic_every_command_says_how_to_make_one(words: list[str], terminal: Terminal) -> None:
    """And makes nothing itself."""
    said = terminal(*words, TELEGRAM_TOKEN=TOKEN)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "There is no data folder data. For a new clinic: followupbot init. "
        "If it is in another place: set FOLLOWUPBOT_DATA.\n"
    )
    assert list(terminal.folder.iterdir()) == []


def test_every_setting_that_can_not_be_used_is_named_at_once(terminal: Terminal) -> None:
    said = terminal("status", WEB_PORT="eighty", DATABASE_URL="mysql://me:secret@host/x", TELEGRAM_API="telegram")
    assert said.code == 1
    assert [line.partition(":")[0] for line in said.err.splitlines()] == [
        "FOLLOWUPBOT_TELEGRAM_API",
        "FOLLOWUPBOT_DATABASE_URL",
        "FOLLOWUPBOT_WEB_PORT",
    ]
    assert "secret" not in said.err


def test_an_error_that_nobody_expected_is_short_and_shows_no_variable(terminal: Terminal) -> None:
    """What variables hold may be what a patient said; the message may bear an address with the token."""

    def fails() -> None:
        answer = PAIN
        raise LookupError(f"no answer from https://api.telegram.org/bot{TOKEN}/getMe\n{answer}")

    said = terminal(run=fails)
    assert (said.code, said.out) == (1, "")
    first, *places = said.err.splitlines()
    assert first == "This should not have happened: LookupError"
    assert all(re.fullmatch(r"  /.*/followupbot/.*\.py:\d+ in \w+", place) for place in places), places


def test_an_error_within_a_command_is_said_in_the_same_way(
    clinic: object, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line's own way of showing errors does not come first."""

    def fails(*_: object) -> None:
        answer = PAIN
        raise ZeroDivisionError(len(answer))

    monkeypatch.setattr("followupbot.bootstrap.overview.look", fails)
    said = terminal("status", "--json")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("This should not have happened: ZeroDivisionError\n")
    assert PAIN not in said.err
    assert len(said.err.splitlines()) < 8
