"""Every symptom and category of the source article is asked, ruled, taught and shown, in both languages."""

import pytest

from tests.programme.coverage import PAGE, STATEMENTS, Row, page, rows

ROWS = tuple(rows())


def test_the_page_is_made_from_the_files() -> None:
    """`python -m tests.programme.coverage` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.statement)
def test_every_statement_is_asked_ruled_taught_and_shown_in_both_languages(row: Row) -> None:
    """S1 to S10 and C1 to C5."""
    assert row.complete, row


def test_no_statement_is_left_out() -> None:
    """Ten symptoms and five categories."""
    assert [row.statement for row in ROWS] == list(STATEMENTS)
    assert len(ROWS) == 15
