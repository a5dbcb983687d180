"""`pytest tests/journeys --update` writes what happens into the stories, to be read before it is kept."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option exists where tests/journeys is named."""
    parser.addoption("--update", action="store_true", help="rewrite the stories of tests/journeys as they go now")
