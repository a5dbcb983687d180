"""How soon a human must look at a finding."""

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

    def worse_than(self, other: "Tier") -> bool:
        """Whether this tier is the more urgent of the two."""
        return self.rank < other.rank

    def at_least(self, other: "Tier") -> bool:
        """Whether this tier is the other one or a more urgent one."""
        return self.rank <= other.rank
