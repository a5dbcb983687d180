"""Single words and buttons, which stand in or under other messages."""

from followupbot.domain.clinic import Role
from followupbot.domain.manual import COMMANDS
from followupbot.domain.staff_manual import STAFF_COMMANDS
from followupbot.rendering.contracts.terms import BUTTON, WORD, Contract

CONTRACTS: dict[str, Contract] = {
    **{f"roles/{role}": WORD for role in Role},
    "clinic/emergency_number": WORD,
    **{f"commands/{command}": WORD for command in COMMANDS},
    **{f"staff_commands/{command}": WORD for command in STAFF_COMMANDS},
    **{f"buttons/{button}": BUTTON for button in ("back", "check_now", "crisis", "keep", "later", "sources")},
}
