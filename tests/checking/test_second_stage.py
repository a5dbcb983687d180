"""Vignettes are played on two cores as on one: in a process of their own, because pytest's workers have threads."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is no second core to play on"
)

PLAY = """
import os
from dataclasses import replace
from followupbot.checking import second_stage
from followupbot.checking.stage import Stage
from tests.programme.shipped import LUMBAR, protocol, vignettes

file = vignettes(LUMBAR)
some = list(file.vignettes[: second_stage.WORTH_IT])
some[7] = replace(some[7], gives=replace(some[7].gives, rules=("no_such_rule",)))
some[-3] = replace(some[-3], gives=replace(some[-3].gives, rules=("no_such_rule",)))
stage = Stage(file, protocol(LUMBAR))
{trouble}
second = second_stage.SecondStage(stage, some)
print(bool(second._elsewhere) or {trouble!r} != "", [n for n, faults in enumerate(second.faults()) if faults])
"""

DIES = """
def _play(n):
    os._exit(1)
_play.__module__ = second_stage.__name__
second_stage._play = _play
"""


@pytest.mark.parametrize("trouble", ["", DIES], ids=["all is well", "the other process dies"])
def test_what_comes_out_otherwise_is_found_in_its_place(trouble: str) -> None:
    """Whoever played it; and a process that dies costs time and no vignette."""
    said = subprocess.run(
        [sys.executable, "-c", PLAY.format(trouble=trouble)], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout == "True [7, 57]\n"
