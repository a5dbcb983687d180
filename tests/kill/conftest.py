"""The same clinics as in tests/process, and a table at the end."""

import pytest
from rich.console import Console
from rich.table import Table

from tests.process.conftest import (
    clinic,
    engine_name,
    founded_on_postgres,
    founded_on_sqlite,
    postgres,
    telegram,
)

__all__ = ["clinic", "engine_name", "founded_on_postgres", "founded_on_sqlite", "postgres", "telegram"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What each run came to, also where it failed."""
    figures = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == "kill" and isinstance(value, dict)
    ]
    if not figures:
        return
    table = Table(*(str(name) for name in figures[0]))
    for row in figures:
        table.add_row(*(str(value) for value in row.values()))
    Console(file=terminalreporter._tw._file, width=140).print(table)
