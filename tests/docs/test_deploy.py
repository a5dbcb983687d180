"""What deploy/ holds is at least well formed; neither a systemd nor a container engine runs here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "followupbot.service"

EXPOSURE_MAX = 2.0
"""Of 10, as `systemd-analyze security` counts it; a unit without any of its lines has 9.6."""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_unit_is_well_formed_and_may_do_little(tmp_path: Path) -> None:
    program = tmp_path / "followupbot"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/followupbot/.venv/bin/followupbot", str(program))
    unit.write_text(text, encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False, timeout=30
    )
    assert (verified.returncode, verified.stderr.strip()) == (0, "")
    scored = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True, check=False, timeout=30
    )
    exposure = re.search(r"exposure level for \S+: ([0-9.]+)", scored.stdout)
    assert exposure is not None, scored.stdout
    assert float(exposure[1]) <= EXPOSURE_MAX


def test_the_container_file_copies_what_there_is() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
