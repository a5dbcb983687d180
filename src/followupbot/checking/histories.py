"""What somebody says over the years, as vignettes write it, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from followupbot.domain.ids import CardId, QuestionId, RuleId, TimingId, TopicId
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import Offset

Said = str | tuple[str, ...]
"""An answer as it is written: a number, a name, several names, or the text itself."""


@dataclass(frozen=True)
class Occasion:
    """One check-in: the timing that asks it, or the re-check that the occasion before has planned; and what is said.

    `stops_at` is the question at which the patient goes away, and `waits` how long the clock then runs on; `then` is
    what they press on older messages afterwards. `confirmed`: the clinic then speaks to them, and confirms that what
    was told as old and unchanged is that.
    """

    asks: TimingId | None = None
    at: Offset | None = None
    recheck: bool = False
    answers: Mapping[str, Said] = field(default_factory=dict)
    stops_at: QuestionId | None = None
    then: Mapping[str, Said] = field(default_factory=dict)
    waits: timedelta | None = None
    expires: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class Gives:
    """What must come of the last occasion. `recheck`: on which days after it the clock is to ask again."""

    tier: Tier | None
    rules: tuple[RuleId, ...]
    card: CardId | None
    alert: Tier | None
    education: TopicId | None
    recheck: tuple[int, ...]
    not_asked: tuple[QuestionId, ...] = ()
    scores: Mapping[QuestionId, int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Vignette:
    """One history. Without `background` the patient is enrolled on its first occasion."""

    name: str
    says: str
    now: Occasion
    gives: Gives
    history: tuple[Occasion, ...] = ()
    background: bool = True

    @property
    def occasions(self) -> tuple[Occasion, ...]:
        """All that are its own, the last one last."""
        return (*self.history, self.now)


@dataclass(frozen=True)
class Vignettes:
    """A file of them: `usual` is said to every question that a vignette is silent about, `background` comes first."""

    usual: Mapping[str, Said]
    asks: TimingId
    background: tuple[Occasion, ...]
    vignettes: tuple[Vignette, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of the last occasion, and where the conversation went otherwise than the vignette says."""

    tier: Tier | None
    rules: tuple[RuleId, ...]
    card: CardId | None
    alert: Tier | None
    education: TopicId | None
    recheck: tuple[int, ...]
    asked: tuple[QuestionId, ...] = ()
    scores: Mapping[QuestionId, int | float | None] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
