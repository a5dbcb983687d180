"""A terminal in this process: what was typed, what was said, and the exit code."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from followupbot.cli.app import app, main

TRACEBACK = "Traceback (most recent call last)"
SHIPPED_PROTOCOLS = "protocols: [lumbar_fusion]"


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self, code: int = 0) -> dict[str, Any]:
        """The one object on standard output; nothing else stands there."""
        assert self.code == code, self.err
        assert self.out.count("\n") == 1, self.out
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Terminal:
    """Somebody's, with an environment and a folder of their own."""

    folder: Path
    environment: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[str]

    def __call__(self, *words: str, run: Callable[[], object] | None = None, **settings: str | Path) -> Said:
        """`followupbot` with these words, to its end; FOLLOWUPBOT_… are set for this once. Shows no traceback, ever."""
        self.captured.readouterr()
        with self.environment.context() as once:
            for name, value in settings.items():
                once.setenv(f"FOLLOWUPBOT_{name}", str(value))
            with pytest.raises(SystemExit) as ended:
                main(run or (lambda: app(args=list(words), prog_name="followupbot")))
        out, err = self.captured.readouterr()
        assert TRACEBACK not in out + err
        code = ended.value.code
        assert isinstance(code, int), code
        return Said(code, out, err)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder with its rights, and every file's bytes."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted([folder, *folder.rglob("*")])
    }


def uses(data: Path, *protocols: str) -> None:
    """The clinic's file names these care protocols and no others."""
    file = data / "clinic.yaml"
    text = file.read_text()
    assert SHIPPED_PROTOCOLS in text
    file.write_text(text.replace(SHIPPED_PROTOCOLS, f"protocols: [{', '.join(protocols)}]"))
