"""What README and docs say is so: links lead somewhere, commands exist, and the two commands come first."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from followupbot.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands() -> list[tuple[Path, str]]:
    """Every line that a reader would type, with its page."""
    return [
        (page, line.split("  #")[0].strip())
        for page in PAGES
        for block in CONSOLE.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.strip()
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_or_folder_of_the_project(page: Path) -> None:
    """A newcomer who follows a link arrives."""
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_begins_with_the_two_commands() -> None:
    """Demo and test, in that order, before anything else that is typed."""
    assert [line for page, line in commands() if page == ROOT / "README.md"][:2] == ["make demo", "make test"]


def test_every_command_that_the_pages_show_is_understood_by_the_program() -> None:
    """Names and options are parsed by the command line itself; only what it would do is left out."""
    shown = [shlex.split(line)[1:] for _, line in commands() if line.startswith("followupbot ")]
    assert shown, "the README shows commands"
    for words in shown:
        command = typer.main.get_command(app)
        while hasattr(command, "commands"):
            # A group may take an argument of its own first, such as the patient's code.
            words = words[sum(parameter.param_type_name == "argument" for parameter in command.params) :]
            if not words and getattr(command, "invoke_without_command", False):
                break
            command = command.commands[words[0]]
            words = words[1:]
        if not hasattr(command, "commands"):
            command.make_context(command.name, list(words))


def test_every_make_target_that_the_pages_name_exists() -> None:
    """`make x` in the text is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`?make ([a-z0-9-]+)", page.read_text(encoding="utf-8"))}
    assert named - targets == set()


@pytest.mark.parametrize("change", ["a question type", "a question or rule", "a slash command", "a language"])
def test_the_readme_says_where_a_change_goes(change: str) -> None:
    """A row of its table, with a file or folder that is there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| {change} |"))
    places = LINK.findall(row)
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []
