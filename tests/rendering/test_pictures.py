"""The picture of how answers have gone: what can be told of it without looking."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from followupbot.domain.params import Point, Trend
from followupbot.domain.progress import PICTURED_MAX
from followupbot.rendering import pictures

MARCH = date(2026, 3, 9)


def a_trend(*values: int, every: timedelta = timedelta(weeks=6)) -> Trend:
    """Said in this order, from March on."""
    return Trend(tuple(Point(MARCH + n * every, value) for n, value in enumerate(values)))


def picture(*trends: Trend) -> Image.Image:
    """As the phone shows it, without its colours."""
    return Image.open(BytesIO(pictures.draw(trends))).convert("L")


def test_the_same_answers_are_the_same_bytes() -> None:
    """A phone's width is what it is drawn for."""
    trends = (a_trend(7, 5, 3), a_trend(0, 0, 10))
    assert pictures.draw(trends) == pictures.draw(trends)
    assert picture(*trends).size == (pictures.WIDTH, pictures.HEIGHT)


def test_a_change_is_seen() -> None:
    """Another answer is another picture."""
    assert pictures.draw((a_trend(7, 5, 3),)) != pictures.draw((a_trend(7, 5, 4),))


def test_each_line_has_dashes_and_a_colour_of_its_own() -> None:
    """And there is one for each that the words number."""
    assert len(set(pictures.DASHES)) == len(set(pictures.COLOURS)) == pictures.LINES_MAX == PICTURED_MAX


@pytest.mark.parametrize(
    "trends",
    [
        (a_trend(3, 4, every=timedelta()),),
        (a_trend(3, 4, every=timedelta(days=1)),),
        (a_trend(*range(11), every=timedelta(days=365)),),
        tuple(a_trend(5, 5) for _ in range(PICTURED_MAX)),
        (a_trend(0, 10), Trend((Point(MARCH + timedelta(days=20), 4), Point(MARCH + timedelta(days=21), 4)))),
    ],
)
def test_any_answers_can_be_drawn(trends: tuple[Trend, ...]) -> None:
    """All on one day, on two days, over ten years, all the same, or not at the same times."""
    assert 0 in picture(*trends).tobytes(), "the numerals are black"
