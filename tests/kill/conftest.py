"""The clinics of tests/process with a short care protocol, and a table at the end."""

from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.databases import Postgres
from tests.process.conftest import as_setting, clinic, engine_name, postgres, telegram
from tests.process.harness import Founded, found

__all__ = ["clinic", "engine_name", "postgres", "telegram"]

SHORT = Path(__file__).with_name("short.yaml")


@pytest.fixture(scope="session")
def founded_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("clinic") / "data", None, protocol=SHORT)


@pytest.fixture(scope="session")
def founded_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Founded:
    return found(tmp_path_factory.mktemp("clinic") / "data", as_setting(postgres.new_database()), protocol=SHORT)


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
