"""Patients' stories, played against the front desk and the rounds; the form is in transcript.py."""

from pathlib import Path

import pytest

from tests.builders import a_programme
from tests.journeys.transcript import play

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_it_is_told(story: Path, request: pytest.FixtureRequest) -> None:
    """The file is what happens, to the letter."""
    told = story.read_text(encoding="utf-8")
    played = play(told, a_programme())
    if request.config.getoption("--update", default=False):
        story.write_text(played, encoding="utf-8")
        return
    assert played == told


def test_there_are_stories() -> None:
    """A glob that finds nothing tests nothing."""
    assert len(STORIES) >= 10
