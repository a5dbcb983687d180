"""When somebody is to hear nothing that we start, as they know it themselves.

Each reason by itself: who lets the bot in again has not taken back that they had stopped.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

Reason = Literal["blocked", "asked_for", "dead"]
"""`asked_for` is a stop or a pause: what was told last takes the place of what was told before."""

PAUSE_ENDS_WITHIN = timedelta(days=1)
"""After its weeks: a pause ends with a day, wherever that is."""


@dataclass(frozen=True)
class _Span:
    reason: Reason
    since: datetime
    until: datetime | None


@dataclass
class Quiet:
    """All of one person's."""

    _spans: list[_Span] = field(default_factory=list)

    def begin(self, reason: Reason, now: datetime, lasts: timedelta | None = None) -> None:
        """From now on and for so long; without an end where that is not said. It takes the place of one such before."""
        self.end(reason, now)
        self._spans.append(_Span(reason, now, None if lasts is None else now + lasts))

    def end(self, reason: Reason, now: datetime) -> None:
        """That is no reason any more."""
        self._spans = [
            replace(span, until=now) if span.reason == reason and (span.until is None or span.until > now) else span
            for span in self._spans
        ]

    def hear(self, text: str, now: datetime) -> None:
        """They write that, and for it they have let the bot in again. It may be a stop, a pause, or the end of one."""
        self.end("blocked", now)
        match text.split():
            case ["/pause", length]:
                self.begin("asked_for", now, timedelta(weeks=int(length.removesuffix("w"))) + PAUSE_ENDS_WITHIN)
            case ["/stop" | "stop"]:
                self.begin("asked_for", now)
            case ["/resume"]:
                self.end("asked_for", now)
            case _:
                pass

    def touches(self, first: date, last: date) -> bool:
        """Whether there was any on one of those days."""
        return any(
            span.since.date() <= last and (span.until is None or span.until.date() >= first) for span in self._spans
        )
