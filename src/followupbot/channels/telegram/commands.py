"""The slash commands: what each is called, who is offered it, and who deals with it."""

from dataclasses import dataclass
from typing import Literal

from followupbot.domain.clinic import Role
from followupbot.domain.ids import MessageKey

CommandHandler = Literal["started"]
"""The callables of `inbound.Handlers` that take a command: `(address, payload, cause_key, now)`."""


@dataclass(frozen=True)
class Command:
    """One slash command. It is offered in the menu of the staff with one of `roles`; with none, in everybody's."""

    name: str
    handler: CommandHandler
    roles: frozenset[Role]
    description: MessageKey


COMMANDS: dict[str, Command] = {
    command.name: command for command in (Command("start", "started", frozenset(), MessageKey("commands/start")),)
}
"""Every command by its name. What is not here is read as text."""
