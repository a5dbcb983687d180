"""How answers from 0 to 10 have gone, as a picture. It has numerals alone: what each line is stands in the words."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

from followupbot.domain.params import Trend

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1080, 900
"""As wide as a phone's screen has points, so that nothing is scaled."""

LEFT, RIGHT, TOP, BOTTOM = 90, 1000, 40, 810
FONT_SIZE = 38
TWICE = 2
"""Drawn twice as large and then made smaller: Pillow by itself draws jagged lines."""

LOWEST, HIGHEST = 0, 10

COLOURS = ("#0b5394", "#b45f06", "#38761d", "#741b47")
DASHES = ((1, 0), (26, 14), (6, 12), (40, 12))
"""A line is known by its number, its dashes and its marks; the colour only adds to that."""

DATES_MAX = 4
DAYS_SHOWN_MAX = 90
"""Over a shorter time than that the axis says days and months, over a longer one months and years."""

LINES_MAX = len(DASHES)

Place = tuple[float, float]


def draw(trends: Sequence[Trend]) -> bytes:
    """A PNG; the same bytes for the same answers."""
    from PIL import Image, ImageDraw, ImageFont  # it takes a while to load, and most processes draw nothing

    image = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), "white")
    pen = ImageDraw.Draw(image)
    pen.font = ImageFont.load_default(FONT_SIZE * TWICE)
    days = sorted({point.on for trend in trends for point in trend.points})
    _axes(pen, days)
    for number, trend in reversed(list(enumerate(trends[:LINES_MAX]))):
        points = [(_across(said.on, days), _up(said.value)) for said in trend.points]
        _line(pen, points, number)
        for point in points:
            _mark(pen, point, number)
    _numbers(pen, trends[:LINES_MAX], days)
    made = BytesIO()
    image.reduce(TWICE).save(made, "PNG")
    return made.getvalue()


def _across(on: date, days: Sequence[date]) -> float:
    span = (days[-1] - days[0]).days
    share = (on - days[0]).days / span if span else 0.5
    return TWICE * (LEFT + 40 + share * (RIGHT - LEFT - 80))


def _up(value: float) -> float:
    return TWICE * (BOTTOM - (value - LOWEST) / (HIGHEST - LOWEST) * (BOTTOM - TOP))


def _axes(pen: "ImageDraw", days: Sequence[date]) -> None:
    for value in range(LOWEST, HIGHEST + 1):
        whole = value in {LOWEST, HIGHEST}
        shade = "#555555" if whole else "#dddddd"
        pen.line(
            [(LEFT * TWICE, _up(value)), (RIGHT * TWICE, _up(value))], fill=shade, width=(3 if whole else 2) * TWICE
        )
        if value % 2 == 0:
            pen.text(((LEFT - 15) * TWICE, _up(value)), str(value), fill="black", anchor="rm")
    shown: list[date] = []
    for share in range(DATES_MAX):
        near = days[round(share * (len(days) - 1) / (DATES_MAX - 1))]
        far_enough = not shown or _across(near, days) - _across(shown[-1], days) > 190 * TWICE
        if far_enough:
            shown.append(near)
    written = "%m/%Y" if (days[-1] - days[0]).days > DAYS_SHOWN_MAX else "%d/%m"
    for on in shown:
        x = _across(on, days)
        pen.line([(x, BOTTOM * TWICE), (x, (BOTTOM + 12) * TWICE)], fill="#555555", width=3 * TWICE)
        pen.text((x, (BOTTOM + 22) * TWICE), on.strftime(written), fill="black", anchor="ma")


def _line(pen: "ImageDraw", points: Sequence[Place], number: int) -> None:
    on, off = (length * TWICE for length in DASHES[number])
    for (x1, y1), (x2, y2) in pairwise(points):
        long = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        step, start = on + off if off else long or 1.0, 0.0
        while start < long:
            end = min(start + (on if off else long), long)
            ends = [(x1 + (x2 - x1) * part / long, y1 + (y2 - y1) * part / long) for part in (start, end)]
            pen.line(ends, fill=COLOURS[number], width=6 * TWICE)
            start += step


def _mark(pen: "ImageDraw", point: Place, number: int) -> None:
    """A disc, a square, a triangle or a cross: another shape for each line."""
    # Later ones are drawn first and larger: where two lines run together both can be seen.
    (x, y), r, colour = point, (12 + 4 * number) * TWICE, COLOURS[number]
    match number:
        case 0:
            pen.ellipse([x - r, y - r, x + r, y + r], fill=colour)
        case 1:
            pen.rectangle([x - r, y - r, x + r, y + r], fill="white", outline=colour, width=5 * TWICE)
        case 2:
            pen.polygon([(x, y - r * 1.2), (x - r * 1.2, y + r), (x + r * 1.2, y + r)], fill=colour)
        case _:
            pen.line([(x - r, y - r), (x + r, y + r)], fill=colour, width=7 * TWICE)
            pen.line([(x - r, y + r), (x + r, y - r)], fill=colour, width=7 * TWICE)


def _numbers(pen: "ImageDraw", trends: Sequence[Trend], days: Sequence[date]) -> None:
    """Each line's number stands at its end; of lines that end at one height, side by side."""
    ends: dict[tuple[float, float], int] = {}
    for number, trend in enumerate(trends):
        last = trend.points[-1]
        place = (_across(last.on, days), _up(last.value))
        beside = ends.get(place, 0)
        ends[place] = beside + 1
        x = place[0] + (22 + beside * 30) * TWICE
        pen.text((x, place[1] - 8 * TWICE), str(number + 1), fill=COLOURS[number], anchor="lb")
