"""Who a patient is: a file, read line by line, and what is wrong with it said without repeating it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupbot.domain import identity
from followupbot.domain.identity import FIELDS, Identity, Unreadable
from tests.builders import NOW, after, an_enrolled_chart

FILE = """\
# from the admission letter
Name: Ana Ruiz
Phone: +34 600 000 000
Record number: 1-2345
levels_operated: L4/L5, L5/S1
contact needs: hard of hearing; speak slowly
trusted person: her son, 600 111 111
"""


def test_a_file_is_read_a_field_a_line() -> None:
    """Whatever the case; comments and empty lines are left out."""
    found = identity.read(FILE)
    assert isinstance(found, Identity)
    assert tuple(found.values) == FIELDS
    assert found.values["levels operated"] == "L4/L5, L5/S1"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected lines such as"),
        ("Ana Ruiz", "line 1: expected a name and a colon"),
        ("phne: 600", "Did you mean phone?"),
        ("name: A\nname: B", "line 2: name stands there twice"),
        ("phone:", "line 1: phone: nothing stands behind it"),
        ("phone: call her son", "line 1: phone: expected digits"),
        ("phone: 12", "line 1: phone: expected digits"),
        ("name: " + "x" * 301, "at most 300"),
        ("name: A\x1b[2J", "printable"),
        ("x" * 10_001, "at most 10000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_not_repeated(text: str, problem: str) -> None:
    """It may end in a log."""
    found = identity.read(text)
    assert isinstance(found, Unreadable)
    assert any(problem in said for said in found.problems)
    assert not any("her son" in said or "Ruiz" in said for said in found.problems)


WORDS = st.from_regex(r"[^\W_][\w ,.;]{0,40}[^\W_]", fullmatch=True)


@given(st.dictionaries(st.sampled_from([field for field in FIELDS if field != "phone"]), WORDS, min_size=1))
def test_what_was_read_is_read_back(values: dict[str, str]) -> None:
    """As it is kept."""
    wanted = Identity({field: value.strip() for field, value in values.items()})
    assert identity.read(wanted.text()) == wanted


def test_the_fact_holds_no_word_of_it_and_the_newest_holds() -> None:
    """The text is referred to; a phone number takes the patient from the list."""
    chart = an_enrolled_chart()
    first, second = Identity({"name": "Ana"}), Identity({"name": "Ana", "phone": "600 000 000"})
    decision = identity.enter(chart, first, NOW)
    assert "Ana" not in repr(decision.facts)
    chart = after(chart, decision)
    assert (chart.enrolled.identity, chart.enrolled.phone_known) == (decision.texts[0].note, False)
    decision = identity.enter(chart, second, NOW)
    chart = after(chart, decision)
    assert (chart.enrolled.identity, chart.enrolled.phone_known) == (decision.texts[0].note, True)
