"""docs/clinicians.md names what there is, and forgets nothing that staff use every day."""

import re
from pathlib import Path

from followupbot.domain.identity import FIELDS, Identity, read
from followupbot.domain.staff_manual import STAFF_COMMANDS
from followupbot.domain.standing import STATUSES

PAGE = (Path(__file__).parents[2] / "docs" / "clinicians.md").read_text(encoding="utf-8")


def test_every_slash_command_on_the_page_is_one_of_staffs() -> None:
    """And those of the day are all there."""
    named = set(re.findall(r"`/([a-z]+)", PAGE))
    assert named <= set(STAFF_COMMANDS)
    assert named >= {"alerts", "list", "review", "patient", "schedule", "invite", "staff", "status", "help"}


def test_every_status_is_on_the_page() -> None:
    """As it is typed."""
    assert {status for status in STATUSES if f"followupbot patient 7F3K9 {status}" not in PAGE} == set()


def test_the_file_on_the_page_is_one_that_is_read() -> None:
    """With every field."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", PAGE, re.DOTALL)
    found = read(next(block for block in blocks if block.startswith("name:")))
    assert isinstance(found, Identity)
    assert tuple(found.values) == FIELDS
