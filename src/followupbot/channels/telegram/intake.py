"""Updates in: Telegram forgets an update only after what it caused has been committed.

PTB's own loop confirms a batch before it is handled (telegram.md 1.2). Here an update is in hand until its unit has
committed, or it was set aside; `window` knows how far Telegram may forget. Updates of one chat go one by one and in
order, and hold back no other chat. What fails is told apart: a database that is away never counts, an exception of
the handler itself counts durably, and at the third the update is set aside for people to look at.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from itertools import count

from followupbot.application.futures import cancel
from followupbot.application.ports import Clock, Renderer, StorageUnavailable, Writer
from followupbot.channels.telegram import callback_data, updates
from followupbot.channels.telegram.held import Failures, Held, Spool
from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.polling import Operator, Poller, Sleep, Tell, nth, place_of
from followupbot.channels.telegram.tasks import Tasks, until
from followupbot.channels.telegram.unrecorded import UnrecordedCards, apology, owed
from followupbot.channels.telegram.updates import Pressed, PressedInGroup, Unreadable
from followupbot.channels.telegram.window import Window
from followupbot.domain.decision import Decision
from followupbot.domain.presses import Press

log = logging.getLogger(__name__)

REPEAT_AFTER = 0.55
"""Seconds between two polls with one offset: within 0.5 Telegram's server gives one update only (telegram.md 1.2)."""

COMMITTED_WITHIN = 1.0
"""Seconds after which a press is answered, and an emergency's card sent, although nothing is committed yet."""

FAILURES_MAX = 3
FAILURE_PAUSES = (0.2, 0.5)
STORAGE_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the next try; the last is repeated."""

SPOOLED_FROM = 50
"""From so many unconfirmed updates on they go to the disk and are confirmed: Telegram shows the first hundred only."""

SPOOLED_MAX = 5_000
"""So many at most, since each is in memory too: some 50 MB. Behind them a hundred more are seen."""

BROUGHT_WITHIN = 8.0
"""Seconds after which Telegram is told to bring an update again; it waits for longer than that."""

BROUGHT_MAX = 2_000
"""Updates in hand that were brought. With more, an emergency has its card, and all are to come again."""

FINISH_WITHIN = 3.0
"""Seconds that a stop waits for what is in hand; the rest comes again."""


Listen = Callable[["Intake"], Coroutine[object, object, None]]
"""Brings updates to `Intake.deliver`, until it is cancelled."""


class Intake:
    """Takes updates in for as long as `run` is told to, and ends for no other reason."""

    def __init__(
        self,
        bot: BotApi,
        inbound: Inbound,
        store: Failures,
        writer: Writer,
        clock: Clock,
        renderer: Renderer,
        channel: TelegramChannel,
        cards: UnrecordedCards,
        tell_operator: Tell,
        *,
        spool: Spool | None = None,
        committed: Callable[[], None] = lambda: None,
        heard: Callable[[], None] = lambda: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`committed` is called after each unit that has committed: to wake the sender, and to refresh `Direct`.

        `heard` is called each time that Telegram was heard. Both are quick, and raise nothing that matters here.
        """
        self._inbound = inbound
        self._store = store
        self._writer = writer
        self._clock = clock
        self._renderer = renderer
        self._channel = channel
        self._cards = cards
        self._tasks = Tasks(sleep)
        self.operator = Operator(tell_operator, clock, self._tasks.start)
        self._poller = Poller(bot, clock, self.operator, sleep)
        self._committed = committed
        self._heard = heard
        self._sleep = sleep
        self._window = Window()
        self._spool = spool
        self._in_hand: dict[Held, None] = {}
        """What has neither committed nor been set aside, in the order in which it came."""
        self._spooling = False
        self._chats: dict[int, deque[Held]] = {}
        self._brought: dict[int, asyncio.Future[None]] = {}
        self._heard_machine: int | None = None
        self._all_finished = asyncio.Event()
        self._numberless = False

    @property
    def last_good_poll_machine(self) -> int | None:
        """When Telegram last gave us updates, or said that there are none; for a watchdog."""
        polled = self._poller.last_good_machine
        return self._heard_machine if polled is None else polled

    @property
    def unconfirmed(self) -> int:
        """How many updates are in hand."""
        return len(self._in_hand)

    @property
    def waits_since_machine(self) -> int | None:
        """Since when the oldest update in hand has waited; None where none does. For a watchdog."""
        return next((held.since_machine for held in self._in_hand), None)

    async def run(self, stop: asyncio.Event, listen: "Listen | None" = None) -> None:
        """Handle updates until `stop` is set; then finish within 3 s what is in hand. The rest is not confirmed.

        `listen` is how updates come to `deliver`, where Telegram brings them; without it they are fetched.
        """
        self._take_from_spool()
        polling = asyncio.create_task(self._poll_for_ever() if listen is None else listen(self))
        try:
            await stop.wait()
        finally:
            await cancel({polling})
            await self._tasks.within(FINISH_WITHIN, self._tasks.finish())
            await self._tasks.cancel()
            await self._poller.confirm(self._window.offset)

    async def _poll_for_ever(self) -> None:
        while True:
            before = self._window.offset
            batch = await self._poller.poll(before)
            self._quietly(self._heard)
            for raw in batch:
                self._receive(raw)
            if self._window.unconfirmed:
                self._all_finished.clear()
                await self._tasks.within(REPEAT_AFTER, self._all_finished.wait())
                await self._make_room()
            elif batch and self._window.offset == before:
                await self._sleep(REPEAT_AFTER)  # there was nothing in it to take in hand: don't spin on it

    async def _make_room(self) -> None:
        """What waits for longer than a poll, and would hide what comes behind it, is on the disk and is confirmed."""
        polled = [held for held in self._in_hand if held.at_telegram]
        waits = [held for held in polled if held.seen]
        for held in polled:
            held.seen = True
        spooled = sum(held.spooled for held in self._in_hand)
        if self._spool is None or len(waits) < SPOOLED_FROM or spooled + len(waits) > SPOOLED_MAX:
            return
        self._spooling = True
        kept = await asyncio.to_thread(self._spool.keep, [held.raw for held in waits])
        self._spooling = False
        for held in waits if kept else ():
            if held in self._in_hand:  # else it has committed meanwhile
                held.spooled = True
                self._window.finish(held.id)
        log.warning("%d updates wait on the disk", sum(held.spooled for held in self._in_hand))
        self._clear_spool()

    def _clear_spool(self) -> None:
        if self._spool is not None and not self._spooling and not any(held.spooled for held in self._in_hand):
            self._spool.clear()

    def _take_from_spool(self) -> None:
        """What waited on the disk when an earlier process ended is in hand again."""
        for raw in () if self._spool is None else self._spool.waiting():
            update = raw.get("update_id")
            if isinstance(update, int):
                held = self._new(update, raw)
                held.spooled = True
                self._hold(held)

    def hear(self) -> None:
        """Telegram was heard, where it brings us updates."""
        self._heard_machine = self._clock.machine_now()
        self._quietly(self._heard)

    async def deliver(self, raw: object, within: float = BROUGHT_WITHIN) -> bool:
        """Whether the update that was brought has committed, or was set aside; else it is to be brought again.

        What takes longer stays in hand all the same. One that can be neither counted nor set aside is passed over.
        """
        update = raw.get("update_id") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(update, int):
            log.error("an update without a number was passed over")
            return True
        done = self._brought.get(update)
        if done is None:
            held = self._new(update, raw)
            if len(self._brought) >= BROUGHT_MAX:
                self._send_card(held)
                return False
            done = self._brought[update] = held.brought = asyncio.get_running_loop().create_future()
            self._hold(held)
        await self._tasks.within(within, until(done))
        return done.done()

    async def make_up(self, number: int, press: Press) -> None:
        """A press that nobody made goes the whole way in. Its update has a number that Telegram never gives."""
        message = {"message_id": 1, "chat": {"id": 0, "type": "private"}}
        query = {"id": "made-up", "data": callback_data.encode(press), "message": message}
        await self.deliver({"update_id": -number, "callback_query": query})

    def _quietly(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # whatever it is: the intake goes on
            log.error("the intake could not tell: %s", place_of(error))

    def _receive(self, raw: object) -> None:
        update = raw.get("update_id") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(update, int):
            # It can be neither counted, nor set aside, nor confirmed. The next one passes it; till then it comes again.
            if not self._numberless:
                log.error("an update without a number was passed over")
            self._numberless = True
        elif self._window.take(update):
            self._hold(self._new(update, raw))

    def _new(self, update: int, raw: Mapping[str, object]) -> Held:
        return Held(update, raw, updates.read(raw), self._clock.machine_now())

    def _hold(self, held: Held) -> None:
        """The update waits for its turn in its chat."""
        self._in_hand[held] = None
        self._cards.remember(held.incoming)
        if isinstance(held.incoming, Pressed | PressedInGroup) or owed(held.incoming) is not None:
            held.deadline = self._tasks.start(self._await_commit(held))
        chat = updates.chat_of(held.incoming)
        if chat is None:
            self._tasks.start(self._work_off(deque([held])))
        elif chat in self._chats:
            self._line_up(self._chats[chat], held)
        else:
            self._chats[chat] = deque([held])
            self._tasks.start(self._work_off(self._chats[chat], chat))

    def _line_up(self, waiting: deque[Held], held: Held) -> None:
        """By number, whichever was brought first; what is being handled is not waited for by what came before it."""
        place = next((n for n, other in enumerate(waiting) if n and other.id > held.id), len(waiting))
        waiting.insert(place, held)

    async def _work_off(self, waiting: deque[Held], chat: int | None = None) -> None:
        """Every update that waits in the chat is finished, one by one and in order."""
        while waiting:
            await self._see_through(waiting[0])
            self._finish(waiting.popleft())
            if not self._window.unconfirmed:
                self._all_finished.set()
        if chat is not None:
            del self._chats[chat]

    def _finish(self, held: Held) -> None:
        del self._in_hand[held]
        if held.brought is not None:
            held.brought.set_result(None)
            del self._brought[held.id]
        elif held.spooled:
            self._clear_spool()
        else:
            self._window.finish(held.id)

    async def _see_through(self, held: Held) -> None:
        """The update's unit has committed, or the update is set aside: nothing else lets go of it."""
        for tries in count():
            try:
                if isinstance(held.incoming, Unreadable):
                    held.error = f"unreadable {held.incoming.why}"
                    return await self._set_aside(held)
                if held.failures >= FAILURES_MAX:
                    return await self._set_aside(held)
                if await self._handle(held):
                    return None
            except StorageUnavailable:
                self._send_card(held)
                await self._sleep(nth(STORAGE_PAUSES, tries))
            except Exception as error:  # a mistake beside the handler: no reason to lose the update
                log.error("update %d: %s", held.id, place_of(error))
                await self._sleep(nth(STORAGE_PAUSES, tries))

    async def _handle(self, held: Held) -> bool:
        """Whether the unit has committed. An exception of the handler is counted; `StorageUnavailable` is raised."""
        try:
            decision = await self._writer(lambda: self._inbound.decide(held.incoming, held.id, self._clock.now()))
        except StorageUnavailable:
            raise
        except Exception as error:
            held.error = place_of(error)
            log.error("update %d: the handler raised %s", held.id, held.error)
            held.failures = await self._writer(lambda: self._store.update_failed(held.id, held.error))
            if held.failures < FAILURES_MAX:
                await self._sleep(nth(FAILURE_PAUSES, held.failures - 1))
            return False
        if held.deadline:
            held.deadline.cancel()
        if isinstance(held.incoming, Pressed | PressedInGroup):
            self._tasks.start(self._answer(held, held.incoming, self._words(decision)))
        self._quietly(self._committed)
        return True

    async def _set_aside(self, held: Held) -> None:
        """The update is kept for people to look at, the operator knows, and who sent it. An emergency has its card."""
        self._send_card(held)
        raw = json.dumps(held.raw).encode()
        await self._writer(lambda: self._store.set_aside(held.id, raw, held.error, self._clock.now()))
        self.operator.tell("update_set_aside", str(held.id))
        due = None if owed(held.incoming) else apology(held.incoming)
        if due is not None:
            self._tasks.start(self._cards.send(self._inbound.cause_key(held.id), due))

    # -- what a press is owed ------------------------------------------------------------------------------------------

    async def _await_commit(self, held: Held) -> None:
        """Cancelled by the commit. After a second without it the press is answered, and an emergency has its card."""
        await self._sleep(COMMITTED_WITHIN)
        self._send_card(held)
        if isinstance(held.incoming, Pressed | PressedInGroup):
            self._tasks.start(self._answer(held, held.incoming, ""))

    def _send_card(self, held: Held) -> None:
        due = owed(held.incoming)
        if due is not None:
            self._tasks.start(self._cards.send(self._inbound.cause_key(held.id), due))

    async def _answer(self, held: Held, pressed: Pressed | PressedInGroup, text: str) -> None:
        if not held.answered:
            held.answered = True
            if held.id < 0:  # made up: nobody's Telegram waits for it
                return
            await self._channel.answer(pressed.callback_query, text)

    def _words(self, decision: Decision) -> str:
        """The line for the one who pressed; empty where there is none, or it has no words."""
        notice = decision.notice
        if notice is None:
            return ""
        try:
            rendered = self._renderer.render(notice.words, notice.language, notice.message, notice.params)
            return self._renderer.plain(rendered).html
        except Exception as error:  # the decision is committed, and its messages are on their way
            log.error("%s: %s", notice.message, place_of(error))
            return ""
