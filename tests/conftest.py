"""How hypothesis runs: quick, and in CI the same each time."""

import os

import pytest
from hypothesis import HealthCheck, settings
from rich.console import Console
from rich.table import Table

settings.register_profile(
    "quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True, database=None, print_blob=True)
settings.register_profile("long", settings.get_profile("quick"), max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "quick"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A table of what runs that measure came to, also where they failed; each records one dict as `figures`."""
    tables: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                for name, value in report.user_properties:
                    if name == "figures" and isinstance(value, dict):
                        tables.setdefault(tuple(value), []).append(value)
    for columns, rows in tables.items():
        table = Table(*columns)
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        Console(file=terminalreporter._tw._file, width=160).print(table)
