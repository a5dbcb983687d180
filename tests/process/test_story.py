"""docs/a_story.md is what the program says."""

import pytest

from tests.docs import story

pytestmark = [pytest.mark.fault, pytest.mark.timeout(story.PLAYS_WITHIN + 10)]


def test_the_story_in_the_handbook_is_the_one_that_the_program_plays() -> None:
    """Phone by phone. Where the words have changed: make pictures."""
    assert story.by_phone(story.play()) == story.by_phone(story.shown())
