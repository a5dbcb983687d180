"""How fast we may send: in all, to a private chat, and to a group. Pure; by the machine's clock."""

from dataclasses import dataclass

from followupbot.application.settlements import ALERT_WAITS_MAX_MS
from followupbot.domain.outgoing import Lane

CHATS_MAX = 10_000
"""Chats remembered at once; beyond that those that owe nothing are forgotten."""


@dataclass(frozen=True)
class Rate:
    """One message each `interval` microseconds in the long run, and up to `burst` of them at once (GCRA).

    No stretch of `w` microseconds sees more than w / interval + burst of them. In microseconds, because at 30 a second
    one millisecond of rounding is three of a hundred messages.
    """

    interval: int
    burst: int

    def wait(self, arrival: int, now: int) -> int:
        """Microseconds until one more may go; `arrival` is when the debt so far is paid off."""
        return max(0, arrival - now - self.interval * (self.burst - 1))

    def charge(self, arrival: int, now: int) -> int:
        """The new `arrival` once one has gone."""
        return max(arrival, now) + self.interval


# Telegram tells bots to keep to 30 messages a second in all, 1 a second to a person and 20 a minute to a group
# (bots FAQ), and does not say how it counts. We take it for a bucket of 30 that gains 30 a second, and use 99.5 % of
# that. A burst of ten makes good a third of a second in which the machine was busy; the alerts' fifteen are five that
# they may borrow from those who come after. The other half of the bucket is for what the way to Telegram bunches up.
# A group's sixteen a minute and four at once are never more than 20 in any minute.
BULK = Rate(interval=33_500, burst=10)
ALERTS = Rate(interval=33_500, burst=15)
PRIVATE = Rate(interval=1_000_000, burst=3)
GROUP = Rate(interval=3_750_000, burst=4)

_US = 1_000

SET_BACK_MS = 1_000
"""A clock that shows so much less than before was set back. By what it showed before, all would wait for hours."""


class Limiter:
    """Keeps to the rates above. An alert never waits for bulk: it takes the next slot, and bulk waits the longer."""

    def __init__(self) -> None:
        self._all = 0
        self._chats: dict[int, int] = {}
        self._paused_until = 0
        self._latest = 0

    def take(self, address: int, lane: Lane, machine_now: int) -> int:
        """0, and the slot is taken; or the milliseconds after which to ask again, and nothing is taken."""
        self._look(machine_now)
        of_all = ALERTS if lane is Lane.ALERT else BULK
        of_chat = PRIVATE if address > 0 else GROUP
        chat, now = self._chats.get(address, 0), machine_now * _US
        # A card does not queue behind the chat's own small talk: Telegram tolerates short bursts, and answers with a
        # 429 where it does not.
        wait_of_chat = 0 if lane is Lane.ALERT and address > 0 else of_chat.wait(chat, now)
        paused = self._paused_until * _US - now
        if lane is Lane.ALERT and paused > ALERT_WAITS_MAX_MS * _US:
            paused = 0  # whoever waits for it can't wait an hour: it asks, and where it is refused again after a minute
        wait = max(paused, of_all.wait(self._all, now), wait_of_chat)
        if wait > 0:
            return -(-wait // _US)
        self._all = of_all.charge(self._all, now)
        if len(self._chats) >= CHATS_MAX:
            self._chats = {known: arrival for known, arrival in self._chats.items() if arrival > now}
        self._chats[address] = of_chat.charge(chat, now)
        return 0

    def pause(self, until_machine: int) -> None:
        """Nothing goes before then, but for an alert that would wait for more than a minute: Telegram has told all."""
        self._paused_until = max(self._paused_until, until_machine)

    def paused(self, machine_now: int) -> int:
        """Milliseconds for which everything still waits."""
        self._look(machine_now)
        return max(0, self._paused_until - machine_now)

    def _look(self, machine_now: int) -> None:
        """Where the clock was set back, nothing that was reckoned before counts; Telegram says what is too fast."""
        if machine_now < self._latest - SET_BACK_MS:
            self._all, self._chats, self._paused_until = 0, {}, 0
        self._latest = machine_now
