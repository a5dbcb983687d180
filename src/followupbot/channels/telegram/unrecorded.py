"""The emergency card without a database: sent past the outbox, where a press could not be recorded in time.

Everything it needs is in memory: the press names card and language, the renderer has the words, `Direct` has the
chats of those who must know (clinical.md 0.5).
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from followupbot.application.ports import Ambiguous, Malformed, NotSent, Outcome, Renderer, TooFast
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.delivery import Rendered
from followupbot.domain.ids import Language, MessageKey, Version
from followupbot.domain.params import Param
from followupbot.domain.presses import CardPress

log = logging.getLogger(__name__)

SEND_WITHIN = 1.5
"""Seconds for one send: somebody who may be losing feeling in their legs holds the phone."""

ROUNDS_MAX = 3
"""How often a send is tried in a row, where nobody can say that it arrived. Twice is better than not at all."""

ROUND_PAUSE = 1.0

LOG_RESERVED_BYTES = 4096
"""Room for a hundred causes, kept free in the file for the time when the disk is full."""

PAGE = MessageKey("operator/unrecorded_emergency")


@dataclass
class Direct:
    """What was known when last a unit committed: the published words, the staff's language, and the chats to page."""

    words: Version
    language: Language
    chats: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Send:
    what: str
    """`card`, or `page`."""
    address: int
    rendered: Rendered


class UnrecordedCards:
    """Sends a card's "not recorded, call now" form and the page about it, once for each cause."""

    def __init__(
        self,
        channel: TelegramChannel,
        renderer: Renderer,
        direct: Direct,
        sent_log: Path,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._renderer = renderer
        self._direct = direct
        self._sent_log = sent_log
        self._sleep = sleep
        self._settled = self._read_log()
        self._log_end = self._reserve_log()
        self._under_way: set[str] = set()
        self._done: set[tuple[str, str, int]] = set()
        """Cause, what, and address: what need not be tried again."""

    async def send(self, cause: str, address: int, press: CardPress) -> None:
        """The card is with the patient, and the page with staff, if that can be done. Never raises.

        Nothing happens where this cause's card has been sent, now or before a restart, or is under way. Where it could
        not be sent, the next call tries again.
        """
        if press.card is None or cause in self._settled or cause in self._under_way:
            return
        self._under_way.add(cause)
        try:
            log.error("%s: an emergency is not recorded; its card goes out directly", cause)
            sends = [send for send in self._sends(address, press) if (cause, send.what, send.address) not in self._done]
            await self._try(cause, sends)
        except Exception as error:  # nothing that goes wrong here may stop the intake
            log.critical("%s: the card could not be sent: %s", cause, type(error).__name__)
        finally:
            self._under_way.discard(cause)

    def _sends(self, address: int, press: CardPress) -> list[_Send]:
        words, params = MessageKey(f"cards/{press.card}"), {"recorded": False, "reached": False}
        # In the clinic's language rather than not at all.
        languages = dict.fromkeys((press.language or self._direct.language, self._direct.language))
        card = next(filter(None, (self._render(language, words, params) for language in languages)), None)
        page = self._render(self._direct.language, PAGE, {"detail": press.patient})
        sends = [_Send("card", address, card)] if card else []
        return sends + [_Send("page", chat, page) for chat in self._direct.chats if page]

    def _render(self, language: Language, message: MessageKey, params: Mapping[str, Param]) -> Rendered | None:
        try:
            return self._renderer.render(self._direct.words, language, message, params)
        except Exception as error:  # one text that is missing must not keep the other from going out
            log.critical("%s has no words in %s: %s", message, language, type(error).__name__)
            return None

    async def _try(self, cause: str, sends: list[_Send]) -> None:
        for left in reversed(range(ROUNDS_MAX)):
            outcomes = await asyncio.gather(*(self._send(cause, send) for send in sends))
            done = [send for send, outcome in zip(sends, outcomes, strict=True) if not _is_open(outcome)]
            self._done.update((cause, send.what, send.address) for send in done)
            if any(send.what == "card" for send in done):
                self._settle(cause)
            sends = [send for send in sends if send not in done]
            if not sends or not left:
                return
            await self._sleep(ROUND_PAUSE)

    async def _send(self, cause: str, send: _Send) -> Outcome:
        outcome = await self._send_once(send.address, send.rendered)
        if isinstance(outcome, Malformed):
            outcome = await self._send_once(send.address, self._renderer.plain(send.rendered))
        log.warning("%s: %s: %s", cause, send.what, type(outcome).__name__)
        return outcome

    async def _send_once(self, address: int, rendered: Rendered) -> Outcome:
        try:
            payload = self._channel.compose(rendered)
            return await self._channel.send(address, payload, within=SEND_WITHIN)
        except Exception as error:
            return NotSent(type(error).__name__)

    def _settle(self, cause: str) -> None:
        self._settled.add(cause)
        line = f"{cause}\n".encode("ascii")
        try:
            with self._sent_log.open("r+b", buffering=0) as file:
                file.seek(self._log_end)
                file.write(line)
                self._log_end += len(line)
        except OSError as error:  # the card counts
            log.error("%s can't be written: %s", self._sent_log.name, error.strerror)

    def _read_log(self) -> set[str]:
        try:
            return set(self._sent_log.read_text("ascii", "replace").split())
        except FileNotFoundError:
            return set()
        except OSError as error:
            log.error("%s can't be read: %s", self._sent_log.name, error.strerror)
            return set()

    def _reserve_log(self) -> int:
        """There is room in the file for some causes more, if the disk has any; where it begins, in bytes.

        The disk may be what is full when a card goes out, and then no file grows; over what is in it one can write.
        """
        end = 0
        try:
            self._sent_log.touch(mode=0o600)
            lines = self._sent_log.read_bytes().rstrip(b"\n")
            end = len(lines) + bool(lines)
            with self._sent_log.open("r+b", buffering=0) as file:
                file.seek(len(lines))
                file.write(b"\n" * (end - len(lines) + LOG_RESERVED_BYTES))
                os.fsync(file.fileno())
        except OSError as error:
            log.error("%s can't be written: %s", self._sent_log.name, error.strerror)
        return end


def _is_open(outcome: Outcome) -> bool:
    """Whether trying again may help: it has not arrived, as far as anybody knows, and nobody has refused it."""
    return isinstance(outcome, NotSent | Ambiguous | TooFast)
