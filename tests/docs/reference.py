"""docs/reference.md out of the code: `python -m tests.docs.reference` writes it, a test compares the two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from followupbot.cli.app import app
from followupbot.settings import PREFIX, Settings

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"

HEAD = """\
# Reference

Made from the code by `make reference`; a test holds the two together. Every command explains itself with `--help`.
`followupbot --install-completion` sets up completion for your shell.

Exit codes: 0 done, 1 something is wrong, 2 called wrongly.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, "## Commands\n", *_commands(), "## Settings\n", *_settings()])


def _commands() -> Iterator[str]:
    root = typer.main.get_command(app)
    for path, command in _walk(root, ("followupbot",)):
        if hasattr(command, "commands") and not command.invoke_without_command:
            continue
        yield f"### `{' '.join([*path, *_arguments(command)])}`\n"
        yield f"{_told(command)}\n"
        options = [parameter for parameter in _own(command) if parameter.param_type_name == "option"]
        if options:
            yield "| option | what it does |"
            yield "| --- | --- |"
            for option in options:
                yield f"| `{', '.join([*option.opts, *option.secondary_opts])}` | {_help(option)} |"
            yield ""


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if len(path) > 1:
        yield path, command
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _walk(inner, (*path, *_arguments(command), name))


def _own(command: Any) -> list[Any]:
    return [parameter for parameter in command.params if parameter.name not in {"help", "show_completion"}]


def _arguments(command: Any) -> list[str]:
    found = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            name = str(parameter.metavar or parameter.name).upper().strip("[]")
            found.append(name if parameter.required else f"[{name}]")
    return found


def _told(command: Any) -> str:
    """The whole of its help, a paragraph at a time, with examples as code."""
    paragraphs = [" ".join(part.split()) for part in (command.help or "").replace("\b", "").split("\n\n")]
    told = []
    for paragraph in paragraphs:
        before, example, line = paragraph.partition("Example: ")
        told.append(f"{before}{example}`{line}`" if example else paragraph)
    return "\n\n".join(told)


def _help(option: Any) -> str:
    said = (option.help or "").replace("|", "\\|")
    default: Any = option.default
    shown = isinstance(default, int | float | str) and not isinstance(default, bool)
    return f"{said} Default: {default}." if shown else said


def _settings() -> Iterator[str]:
    yield "From the environment or a file `.env` in the working folder; [.env.example](../.env.example) has them all.\n"
    yield "| setting | what it is | default |"
    yield "| --- | --- | --- |"
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        yield f"| `{PREFIX}{name.upper()}` | {field.description} | {default} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
