"""Somebody at a terminal, in a folder and an environment of their own."""

import logging
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import structlog

from followupbot.bootstrap import house
from followupbot.checking import check
from followupbot.domain.clinic import Programme
from followupbot.domain.ids import Version
from followupbot.protocol_files.problems import Problem
from followupbot.settings import PREFIX, Settings
from followupbot.upkeep import doctor
from tests.cli.terminal import Terminal
from tests.played import check_vignettes_once
from tests.process.telegram import TOKEN, Telegram

_read = house.read_and_label


def _read_once(known: dict[Version, Programme], version: Version, files: Mapping[str, bytes]) -> Programme:
    """A version's files never change, and reading them takes longer than all the rest of most commands."""
    if version not in known:
        known[version] = _read(version, files)
    return known[version]


Files = tuple[tuple[str, bytes], ...]

_check = check.check


def _check_once(
    known: dict[Files, list[Problem]],
    files: Mapping[str, bytes],
    today: date | None = None,
    play: bool = True,
    mine: Collection[str] = (),
) -> list[Problem]:
    """The same for what is wrong with files: most commands meet those that ship, and `publish` those of `check`."""
    key = (*files.items(), (f"{today} {play} {sorted(mine)}", b""))
    if key not in known:
        known[key] = _check(files, today, play, mine)
    return list(known[key])


@pytest.fixture(scope="session")
def programmes() -> dict[Version, Programme]:
    return {}


@pytest.fixture(scope="session")
def problems() -> dict[Files, list[Problem]]:
    return {}


@pytest.fixture
def terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    programmes: dict[Version, Programme],
    problems: dict[Files, list[Problem]],
) -> Iterator[Terminal]:
    """An empty folder; no setting, proxy or .env of whoever runs the tests gets in, and no log handler out."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in os.environ:
        if name.startswith(PREFIX) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FOLLOWUPBOT_WEB_PORT", "0")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(house, "read_and_label", partial(_read_once, programmes))
    monkeypatch.setattr(check, "check", partial(_check_once, problems))
    monkeypatch.setattr("followupbot.cli.rehearsals.check", partial(_check_once, problems))
    monkeypatch.setattr(check, "check_vignettes", check_vignettes_once)
    # How fast the disk of a machine is that runs many tests says nothing.
    monkeypatch.setattr(doctor, "FSYNC_TRIES", 3)
    monkeypatch.setattr(doctor, "FSYNC_MEDIAN_MS_MAX", 60_000)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Terminal(folder, monkeypatch, capsys)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("clinic") / "data"
    with patch.object(check, "check", return_value=[]):  # for what ships, tests/checking does that
        house.initialise(Settings.model_validate({"data": data, "web_port": 0}))
    return data


@pytest.fixture
def clinic(founded: Path, terminal: Terminal) -> Path:
    """The data folder as `init` has left it, where the terminal looks for it."""
    return shutil.copytree(founded, terminal.folder / "data")


@pytest.fixture(scope="session")
def practice() -> Iterator[Telegram]:
    with Telegram() as serving:
        yield serving


@pytest.fixture
def telegram(practice: Telegram, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telegram]:
    """Telegram, and a token that it knows."""
    monkeypatch.setenv("FOLLOWUPBOT_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("FOLLOWUPBOT_TELEGRAM_API", practice.api)
    yield practice
    practice.mend()
