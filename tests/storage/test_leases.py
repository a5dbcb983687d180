"""Leases: one holder at a time, by the machine's clock, and whoever lost one is told."""

from pathlib import Path

import pytest

from followupbot.storage.engine import Database
from followupbot.storage.leases import Leases, RoleLock, RoleTaken


def test_a_lease_has_one_holder(database: Database) -> None:
    """Until it runs out, to the millisecond; then the next has a higher epoch."""
    ours, theirs = Leases(database, "a"), Leases(database, "b")
    first = ours.acquire("sender", 1_000, 500)
    assert first is not None
    assert (first.holder, first.epoch, first.until_machine_ms) == ("a", 1, 1_500)
    assert theirs.acquire("sender", 1_499, 500) is None
    assert theirs.acquire("clock", 1_499, 500) is not None
    second = theirs.acquire("sender", 1_500, 500)
    assert second is not None
    assert (second.holder, second.epoch) == ("b", 2)


def test_a_lease_is_renewed_by_its_holder_alone(database: Database) -> None:
    """Asking for it again is the same as renewing it; a lost one is not renewed, even where it is free again."""
    ours, theirs = Leases(database, "a"), Leases(database, "b")
    first = ours.acquire("sender", 1_000, 500)
    assert first is not None
    renewed = ours.renew(first, 1_400, 500)
    assert renewed is not None
    assert (renewed.epoch, renewed.until_machine_ms) == (1, 1_900)
    again = ours.acquire("sender", 1_500, 500)
    assert again is not None
    assert (again.epoch, again.until_machine_ms) == (1, 2_000)
    second = theirs.acquire("sender", 2_000, 500)
    assert second is not None
    assert ours.renew(again, 2_100, 500) is None
    theirs.release(second)
    assert ours.renew(again, 2_200, 500) is None
    third = ours.acquire("sender", 2_200, 500)
    assert third is not None
    assert third.epoch == 3
    ours.release(again)
    assert ours.renew(again, 2_300, 500) is None
    assert theirs.acquire("sender", 2_300, 500) is None


def test_a_released_lease_is_free_at_once(database: Database) -> None:
    """Releasing one that was lost changes nothing."""
    ours, theirs = Leases(database, "a"), Leases(database, "b")
    first = ours.acquire("sender", 1_000, 500)
    assert first is not None
    ours.release(first)
    second = theirs.acquire("sender", 1_000, 500)
    assert second is not None
    ours.release(first)
    assert ours.acquire("sender", 1_000, 500) is None


def test_the_folder_has_one_process(tmp_path: Path) -> None:
    """Free again when it ends."""
    with RoleLock(tmp_path), pytest.raises(RoleTaken), RoleLock(tmp_path):
        pass
    with RoleLock(tmp_path):
        pass
