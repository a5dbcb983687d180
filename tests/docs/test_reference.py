"""docs/reference.md says what the code says."""

from tests.docs import reference


def test_the_reference_is_what_the_code_makes_of_it() -> None:
    """Whoever adds a command or a setting runs `make reference`."""
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run: make reference"
