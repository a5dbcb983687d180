"""What somebody has to see to before it is missed, in lines for the terminal: gaps in the rota, steps not ready."""

from collections.abc import Iterator
from datetime import datetime

from followupbot.domain import duty
from followupbot.domain.clinic import Clinic, Unready, Want


def gap_lines(clinic: Clinic, now: datetime) -> Iterator[str]:
    """The gaps of the next seven days (clinical.md 0.7)."""
    for gap in duty.gaps(clinic, now):
        days = str(gap.first) if gap.last == gap.first else f"{gap.first} to {gap.last}"
        yield f"gap in the rota: {'nobody is on call' if gap.role is None else f'nobody works as {gap.role}'}, {days}"


def unready_lines(clinic: Clinic, now: datetime) -> Iterator[str]:
    """The steps of the ladder on which nobody can be relied on."""
    for unready in duty.unready(clinic, now):
        yield f"step of the ladder that {_lacks(unready)}: {unready.role}"


def _lacks(unready: Unready) -> str:
    match unready.want:
        case Want.NOBODY:
            return "reaches nobody"
        case Want.UNVERIFIED:
            return "nobody has shown to be reachable this month"
        case Want.GROUP:
            return "has a group in which nobody has shown this month that it is read"
