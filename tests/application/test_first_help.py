"""While help is awaited nothing else is read, and no reply says less than the card did (clinical.md 0.4, 0.6)."""

import pytest

from followupbot.domain.ids import Language, MessageKey
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.rendering.renderer import Edition
from tests.application.test_red_words import PATIENT, somebody, tap
from tests.test_words import PROGRAMME, WORDS

EDITION = Edition(WORDS, PROGRAMME.settings)
CARD_SAYS = {"en": "go to A&amp;E now", "es": "vaya a urgencias"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("command", ["learn", "progress"])
@pytest.mark.parametrize(("red", "emergency"), [("rf_saddle.new", True), ("rf_calf.new", False)])
def test_whoever_wants_to_read_is_told_to_get_help_as_the_card_says(
    language: str, command: str, red: str, emergency: bool
) -> None:
    """After an emergency card now and not today; after a flag of the same day, today."""
    world = somebody(language)
    tap(world, "start")
    while red not in (labels := [button.label for row in world.messages(PATIENT)[-1].rows for button in row]):
        tap(world, "none" if "none" in labels else "no")
    tap(world, red)
    (shown,) = (found for found in world.command(PATIENT, command).outgoing if isinstance(found, OutgoingMessage))
    words = EDITION.html(Language(language), MessageKey(shown.message), shown.params)
    assert (CARD_SAYS[language] in words) is emergency
