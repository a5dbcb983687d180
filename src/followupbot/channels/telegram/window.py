"""Which updates are in hand, and how far Telegram may forget them."""


class Window:
    """Updates that Telegram still keeps for us. Pure bookkeeping; every method takes an update's id.

    `offset` says: forget all below. It passes an update only when that one and all seen before it are finished.
    """

    def __init__(self) -> None:
        self.offset: int | None = None
        self._in_hand: set[int] = set()
        self._finished: set[int] = set()
        self._next = 0

    @property
    def unconfirmed(self) -> int:
        """How many are in hand."""
        return len(self._in_hand)

    def take(self, update: int) -> bool:
        """Whether the update is new to us; it is in hand from now on. One in hand, or finished, is not taken again."""
        if update in self._in_hand or update in self._finished:
            return False
        if self.offset is not None and update < self.offset:
            # After a week without any update Telegram numbers anew, from anywhere (Bot API, Update).
            self._finished.clear()
            self._next = max(self._in_hand, default=-1) + 1
        self._in_hand.add(update)
        self._next = max(self._next, update + 1)
        self._move()
        return True

    def finish(self, update: int) -> None:
        """Its unit has committed, or it was set aside: Telegram may forget it."""
        self._in_hand.remove(update)
        self._finished.add(update)
        self._move()

    def _move(self) -> None:
        offset = min(self._in_hand, default=self._next)
        self._finished = {update for update in self._finished if update >= offset}
        self.offset = offset
