"""What staff are shown of a patient's words fits one message, whatever and however often the patient has written."""

import pytest

from followupbot.domain import notes, review
from followupbot.domain.decision import FreeText
from followupbot.domain.params import Lines
from tests.builders import NOW, a_clinic, after, an_enrolled_chart


def units(text: str) -> int:
    """As Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("texts", "shown", "more", "cut"),
    [
        (["x" * 100] * 40, 20, 20, False),
        (["😀" * 2_048], 1, 0, True),
        (["😀" * 1_400, "x" * 100], 2, 0, False),
        (["x" * 2_950], 1, 0, False),
        (["x" * 2_951], 1, 0, True),
    ],
    ids=["many", "emoji", "two", "fits", "does_not"],
)
def test_texts_fit_one_message(texts: list[str], shown: int, more: int, cut: bool) -> None:
    """One of emoji would else be refused by Telegram as too long, and nobody would read them."""
    chart = an_enrolled_chart()
    kept = {}
    for number, text in enumerate(texts):
        kept[f"n{number}"] = text
        chart = after(chart, notes.receive(chart, FreeText(f"n{number}", text), NOW, frozenset()))
    (message,) = review.show(chart, kept, (), a_clinic().staff[0], NOW).outgoing
    lines = message.params["lines"]  # type: ignore[union-attr]
    assert isinstance(lines, Lines)
    said = [str(line.params["text"]) for line in lines.each]
    assert (len(said), message.params["more"], lines.each[0].params["cut"]) == (shown, more, cut)  # type: ignore[union-attr]
    assert sum(units(text) + review.BESIDE_UNITS_MAX for text in said) <= review.SHOWN_UNITS_MAX
