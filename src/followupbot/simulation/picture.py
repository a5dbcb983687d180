"""A simulation as a picture: alerts by tier and week."""

from pathlib import Path

from PIL import Image, ImageDraw

from followupbot.domain.tiers import Tier
from followupbot.simulation.figures import Figures

WIDTH, HEIGHT, MARGIN = 1200, 480, 50

COLOURS = {
    Tier.EMERGENCY: "#b3261e",
    Tier.SAME_DAY: "#e07b00",
    Tier.THIS_WEEK: "#3b6fb6",
    Tier.ROUTINE: "#7a8b99",
    Tier.RECORD: "#c8c8c8",
}


def draw(figures: Figures, file: Path) -> None:
    """The picture is in that file, as PNG: one bar a week, the most urgent tier at the bottom."""
    tiers = [tier for tier in Tier if tier.value in figures.weekly]
    weeks = max((len(weekly) for weekly in figures.weekly.values()), default=1)
    totals = [sum(figures.weekly[tier.value][week] for tier in tiers) for week in range(weeks)]
    highest = max(max(totals, default=1), 1)
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    wide = (WIDTH - 2 * MARGIN) / weeks
    scale = (HEIGHT - 2 * MARGIN) / highest
    for week in range(weeks):
        left, bottom = MARGIN + week * wide, float(HEIGHT - MARGIN)
        for tier in tiers:
            height = figures.weekly[tier.value][week] * scale
            if height:
                pen.rectangle((left, bottom - height, left + max(wide - 1, 1), bottom), fill=COLOURS[tier])
            bottom -= height
    pen.line((MARGIN, HEIGHT - MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN), fill="black")
    title = f"alerts a week, {figures.patients} patients, {figures.years:g} years, seed {figures.seed}; most {highest}"
    pen.text((MARGIN, 12), title, fill="black")
    for place, tier in enumerate(tiers):
        left = MARGIN + place * 160
        pen.rectangle((left, HEIGHT - 32, left + 12, HEIGHT - 20), fill=COLOURS[tier])
        pen.text((left + 18, HEIGHT - 33), f"{tier.value} {sum(figures.weekly[tier.value])}", fill="black")
    image.save(file, "PNG")
