"""Nobody can change a number, a tier, an operator or a part of a condition of the shipped protocol unnoticed."""

import os

import pytest

from tests.programme.mutants import SEED, Mutant, killer, mutants, sample, survivors
from tests.programme.shipped import LUMBAR, build, mutated, protocol, reading_of

SAMPLE = 24

MUTANTS_MIN = 2000
"""Fewer would mean that something is not looked at any more."""


def test_a_tree_that_nothing_was_changed_in_is_the_protocol() -> None:
    """So what kills a mutant is its one change; that nothing else does, test_vignettes and test_brief say."""
    reading = reading_of(f"{LUMBAR}.yaml")
    assert reading.top is not None
    assert build(LUMBAR, mutated(reading.top, reading)) == protocol()


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=str(mutant)) for mutant in sample(SAMPLE, SEED)])
def test_a_mutant_is_noticed(mutant: Mutant) -> None:
    """A few of them, always the same, for every day."""
    assert killer(mutant) is not None


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_mutant_is_noticed() -> None:
    """`make mutants`: the survivors, listed, are none."""
    every = mutants()
    assert len(every) >= MUTANTS_MIN
    assert [str(mutant) for mutant in survivors(every, workers=os.cpu_count() or 1)] == []
