"""The emergency card without a database: sent past the outbox, where a press or `/urgent` is not recorded in time.

Everything it needs is in memory: the press names card and language, the renderer has the words, `Direct` has the
chats of those who must know (clinical.md 0.5).
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from followupbot.application.commands import SAME_AS
from followupbot.application.ports import Ambiguous, Malformed, NotSent, Outcome, Renderer, TooFast
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.reserved_file import ReservedFile
from followupbot.channels.telegram.updates import Commanded, Incoming, Pressed, SentSomethingElse, Wrote
from followupbot.domain.delivery import Rendered
from followupbot.domain.ids import CardId, Language, MessageKey, PatientId, Version
from followupbot.domain.params import Param
from followupbot.domain.presses import AnswerPress, CheckNowPress, CommandPress, CrisisPress, HelpPress

log = logging.getLogger(__name__)

SEND_WITHIN = 1.5
"""Seconds for one send: somebody who may be losing feeling in their legs holds the phone."""

ROUNDS_MAX = 3
"""How often a send is tried in a row, where nobody can say that it arrived. Twice is better than not at all."""

ROUND_PAUSE = 1.0

LOG_RESERVED_BYTES = 4096
"""Room for a hundred causes, kept free in the file for the time when the disk is full."""

PAGE = MessageKey("operator/unrecorded_emergency")
NOT_HANDLED = MessageKey("replies/not_handled")
PAGE_OF_URGENT = MessageKey("operator/unrecorded_urgent")

CODE_UNKNOWN = "?"
"""What stands for the patient's code where no button of that chat has named it since the program began."""

CODES_MAX = 20_000
"""Chats whose patient's code is remembered; more than one bot has patients."""


@dataclass
class Direct:
    """What was known when last a unit committed: the published words, the staff's language, and the chats to page."""

    words: Version
    language: Language
    chats: tuple[int, ...] = ()


@dataclass(frozen=True)
class Owed:
    """What whoever is in that chat must have, also where nothing can be recorded; and the page about it, if any."""

    chat: int
    message: MessageKey
    page: MessageKey | None
    patient: PatientId | None = None
    language: Language | None = None
    params: Mapping[str, Param] = field(default_factory=dict)


def owed(incoming: Incoming) -> Owed | None:
    """The card that the press bears, or what `/urgent` begins with; None where it can wait for the database."""
    match incoming:
        case Pressed(chat, press=AnswerPress(card=card) | HelpPress(card=card) | CrisisPress(card=card) as press):
            return None if card is None else _card(chat, card, press.patient, press.language)
        case Pressed(chat, press=CheckNowPress(patient) | CommandPress(patient, command="urgent")):
            return Owed(chat, MessageKey("replies/urgent"), PAGE_OF_URGENT, patient, incoming.language)
        case Commanded(chat, command) if SAME_AS.get(command, command) == "urgent":
            return Owed(chat, MessageKey("replies/urgent"), PAGE_OF_URGENT, None, incoming.language)
        case _:
            return None


def apology(incoming: Incoming) -> Owed | None:
    """What is said to whoever sent something that is set aside: not recorded, and whom to call. The operator knows."""
    match incoming:
        case Pressed(chat=chat) | Commanded(chat=chat) | Wrote(chat=chat):
            return Owed(chat, NOT_HANDLED, None, language=incoming.language)
        case SentSomethingElse(chat=chat):
            return Owed(chat, NOT_HANDLED, None)
        case _:
            return None


def _card(chat: int, card: CardId, patient: PatientId, language: Language | None) -> Owed:
    params = {"recorded": False, "reached": False}
    return Owed(chat, MessageKey(f"cards/{card}"), PAGE, patient, language, params)


@dataclass(frozen=True)
class _Send:
    what: str
    """`card`, or `page`."""
    address: int
    rendered: Rendered


class UnrecordedCards:
    """Sends what is owed without a database, and the page about it, once for each cause."""

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
        self._sent_log = ReservedFile(sent_log, LOG_RESERVED_BYTES)
        self._sleep = sleep
        self._settled = set(self._sent_log.read().decode("ascii", "replace").split())
        self._under_way: set[str] = set()
        self._codes: OrderedDict[int, PatientId] = OrderedDict()
        self._done: set[tuple[str, str, int]] = set()
        """Cause, what, and address: what need not be tried again."""

    def remember(self, incoming: Incoming) -> None:
        """Whose chat it is, where a patient's own button says so: a command bears no code for the page about it."""
        patient = getattr(incoming.press, "patient", None) if isinstance(incoming, Pressed) else None
        if isinstance(incoming, Pressed) and patient is not None:
            self._codes[incoming.chat] = patient
            self._codes.move_to_end(incoming.chat)
            if len(self._codes) > CODES_MAX:
                self._codes.popitem(last=False)

    async def send(self, cause: str, due: Owed) -> None:
        """The card is with the patient, and the page with staff, if that can be done. Never raises.

        Nothing happens where this cause's card has been sent, now or before a restart, or is under way. Where it could
        not be sent, the next call tries again.
        """
        if cause in self._settled or cause in self._under_way:
            return
        self._under_way.add(cause)
        try:
            log.error("%s: it is not recorded; %s goes out directly", cause, due.message)
            sends = [send for send in self._sends(due) if (cause, send.what, send.address) not in self._done]
            await self._try(cause, sends)
        except Exception as error:  # nothing that goes wrong here may stop the intake
            log.critical("%s: the card could not be sent: %s", cause, type(error).__name__)
        finally:
            self._under_way.discard(cause)

    def _sends(self, due: Owed) -> list[_Send]:
        # In the clinic's language rather than not at all.
        languages = dict.fromkeys((due.language or self._direct.language, self._direct.language))
        card = next(filter(None, (self._render(language, due.message, due.params) for language in languages)), None)
        code = due.patient or self._codes.get(due.chat) or CODE_UNKNOWN
        page = due.page and self._render(self._direct.language, due.page, {"detail": code})
        sends = [_Send("card", due.chat, card)] if card else []
        return sends + [_Send("page", chat, page) for chat in self._direct.chats if page]

    def _render(self, language: Language, message: MessageKey, params: Mapping[str, Param]) -> Rendered | None:
        try:
            return self._renderer.render(self._direct.words, language, message, params)
        except Exception as error:  # one text that is missing must not keep the other from going out
            log.error("%s has no words in %s: %s", message, language, type(error).__name__)
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
        # Where that can't be written the card counts; nor is the disk waited for, behind which other cards would wait.
        self._sent_log.append(f"{cause}\n".encode("ascii"), synced=False)


def _is_open(outcome: Outcome) -> bool:
    """Whether trying again may help: it has not arrived, as far as anybody knows, and nobody has refused it."""
    return isinstance(outcome, NotSent | Ambiguous | TooFast)
