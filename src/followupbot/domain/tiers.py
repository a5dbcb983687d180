"""How soon a human must look at a finding."""

from collections.abc import Iterable
from enum import StrEnum


class Tier(StrEnum):
    """How soon a human must look; clinical.md 2 gives the clinical meaning of each."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    THIS_WEEK = "this_week"
    ROUTINE = "routine"
    RECORD = "record"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Tier).index(self)

    @property
    def urgent(self) -> bool:
        """Whether a human must look today: nothing is taught or reminded of meanwhile (clinical.md 0.4, 0.20)."""
        return self in {Tier.EMERGENCY, Tier.SAME_DAY}

    def worse_than(self, other: "Tier") -> bool:
        """Whether this tier is the more urgent of the two."""
        return self.rank < other.rank

    def at_least(self, other: "Tier") -> bool:
        """Whether this tier is the other one or a more urgent one."""
        return self.rank <= other.rank


def worst(tiers: Iterable[Tier]) -> Tier | None:
    """The most urgent of them; None of none."""
    return min(tiers, key=lambda tier: tier.rank, default=None)
