"""A second stage, on a second core: vignettes are played there while this process goes on with something else."""

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from followupbot.checking.histories import Vignette
from followupbot.checking.stage import Stage

BATCH = 12
"""Vignettes that are played in a row: neighbours begin alike, and what two share is played once."""

WORTH_IT = 5 * BATCH
"""Fewer are over before a process has begun."""

Faults = tuple[str, ...]


class SecondStage:
    """Vignettes that are being played, on a second core where one can be had, else when somebody asks for them."""

    def __init__(self, stage: Stage, vignettes: Sequence[Vignette]) -> None:
        self._stage = stage
        self._batches = [vignettes[start : start + BATCH] for start in range(0, len(vignettes), BATCH)]
        self._elsewhere: list[Future[list[Faults]]] = []
        if len(vignettes) >= WORTH_IT and _can_fork():
            try:
                # A fork has the stage already, so nothing of it need be sent.
                executor = ProcessPoolExecutor(1, get_context("fork"), _set, (stage, self._batches))
                self._elsewhere = [executor.submit(_play, n) for n in range(len(self._batches))]
                executor.shutdown(wait=False)
            except (OSError, BrokenProcessPool):
                self._elsewhere = []  # no process to be had, or it was gone before it was told everything

    def faults(self) -> list[Faults]:
        """In what each comes out otherwise. Those not begun on the other core are played here, the last first."""
        here = {
            n: _played(self._stage, self._batches[n])
            for n in reversed(range(len(self._batches)))
            if not self._elsewhere or self._elsewhere[n].cancel()
        }
        return [faults for n in range(len(self._batches)) for faults in here.get(n) or self._awaited(n)]

    def _awaited(self, n: int) -> list[Faults]:
        try:
            return self._elsewhere[n].result()
        except BrokenProcessPool:
            return _played(self._stage, self._batches[n])


def _can_fork() -> bool:
    """Whether there is a core to spare, and forking is safe: other threads' locks would stay locked for ever."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def _played(stage: Stage, vignettes: Sequence[Vignette]) -> list[Faults]:
    return [stage.faults(vignette) for vignette in vignettes]


# -- in the other process ----------------------------------------------------------------------------------------------

_given: list[tuple[Stage, Sequence[Sequence[Vignette]]]] = []


def _set(stage: Stage, batches: Sequence[Sequence[Vignette]]) -> None:
    _given.append((stage, batches))


def _play(n: int) -> list[Faults]:
    stage, batches = _given[-1]
    return _played(stage, batches[n])
