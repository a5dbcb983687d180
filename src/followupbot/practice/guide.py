"""The guided story, as the page sees it: which step it is at, on whose phone, and which buttons to light."""

from dataclasses import asdict, dataclass
from typing import Protocol

from followupbot.practice.refusals import Json


@dataclass(frozen=True)
class Shown:
    """One step. The page has the words for `step`; `buttons` are what those to be pressed hold."""

    step: str
    number: int
    steps: int
    phone: int | None = None
    buttons: tuple[str, ...] = ()
    waits: bool = False
    """Whether somebody has to do it on a phone; otherwise it is read, and gone on from."""

    def to_json(self) -> Json:
        """The step as the page reads it."""
        return asdict(self)


class Guide(Protocol):
    """Somebody who knows the story."""

    def shown(self) -> Shown | None:
        """Where the story is now; None where it is over."""

    def go_on(self) -> None:
        """The step was read, or is left out."""
