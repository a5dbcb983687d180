"""What came in becomes a call into the application, and the decision that was committed comes back."""

from collections import Counter
from datetime import datetime
from typing import Protocol, assert_never

from followupbot.channels.telegram.updates import (
    UNKNOWN_BUTTON,
    BlockedUs,
    Commanded,
    CommandedInGroup,
    GroupMoved,
    Incoming,
    Passed,
    Pressed,
    PressedInGroup,
    RemovedFromGroup,
    SentSomethingElse,
    UnblockedUs,
    Unreadable,
    Wrote,
)
from followupbot.domain.decision import Decision
from followupbot.domain.ids import Language, MessageId
from followupbot.domain.presses import Press


class Handlers(Protocol):
    """One callable for each thing that people do in a chat. Each decides and commits, in the thread that writes.

    `address` is the chat's own number; `cause_key` names the update for ever, so that none is decided about twice.
    """

    def pressed(self, address: int, press: Press, message_id: MessageId, cause_key: str, now: datetime, /) -> Decision:
        """A button was pressed on that message, by whomever."""

    def started(
        self, address: int, payload: str | None, cause_key: str, now: datetime, language: Language | None, /
    ) -> Decision:
        """`/start`, with what the link that led here carried; `language` is what the person's Telegram speaks."""

    def commanded(
        self,
        address: int,
        command: str,
        argument: str,
        message_id: MessageId,
        cause_key: str,
        now: datetime,
        language: Language | None,
        /,
    ) -> Decision:
        """A slash command came that is not `/start`; it may be one that there is not."""

    def wrote(
        self,
        address: int,
        text: str,
        message_id: MessageId,
        cause_key: str,
        now: datetime,
        language: Language | None,
        /,
    ) -> Decision:
        """Text came."""

    def sent_something_else(
        self, address: int, what: str, text: str, message_id: MessageId, cause_key: str, now: datetime, /
    ) -> Decision:
        """A voice message, a photo …: `what` is one of `updates.ATTACHMENTS`, `EDITED` or `UNKNOWN_BUTTON`.

        `text` has the words that came with it, or those of a message that was put right.
        """

    def blocked(self, address: int, cause_key: str, now: datetime, /) -> Decision:
        """The person has blocked the bot."""

    def unblocked(self, address: int, cause_key: str, now: datetime, /) -> Decision:
        """The person takes our messages again."""

    def pressed_in_group(self, address: int, by: int, press: Press, cause_key: str, now: datetime, /) -> Decision:
        """A button was pressed in a group, by whoever has the private chat `by`."""

    def commanded_in_group(
        self, address: int, by: int, command: str, argument: str, cause_key: str, now: datetime, /
    ) -> Decision:
        """A slash command came in a group."""

    def group_moved(self, address: int, to: int, cause_key: str, now: datetime, /) -> Decision:
        """The group has another number from now on."""

    def removed_from_group(self, address: int, cause_key: str, now: datetime, /) -> Decision:
        """We can't write in that group any more."""


class Inbound:
    """Calls the handler that an update is for."""

    def __init__(self, handlers: Handlers, bot: int) -> None:
        self._handlers = handlers
        self._bot = bot
        self.passed: Counter[str] = Counter()
        """How many updates needed no handler, by why."""

    def cause_key(self, update: int) -> str:
        """The update's name for ever."""
        return f"update:{self._bot}:{update}"

    def decide(self, incoming: Incoming, update: int, now: datetime) -> Decision:
        """What was decided, and is committed. Raises what the handler raises."""
        cause = self.cause_key(update)
        match incoming:
            case Pressed(chat, message, _, press):
                if press is None:
                    return self._handlers.sent_something_else(chat, UNKNOWN_BUTTON, "", message, cause, now)
                return self._handlers.pressed(chat, press, message, cause, now)
            case Commanded(chat, "start", payload):
                return self._handlers.started(chat, payload or None, cause, now, incoming.language)
            case Commanded(chat, command, argument, message):
                return self._handlers.commanded(chat, command, argument, message, cause, now, incoming.language)
            case Wrote(chat, text, message):
                return self._handlers.wrote(chat, text, message, cause, now, incoming.language)
            case SentSomethingElse(chat, what, message, text):
                return self._handlers.sent_something_else(chat, what, text, message, cause, now)
            case BlockedUs(chat):
                return self._handlers.blocked(chat, cause, now)
            case UnblockedUs(chat):
                return self._handlers.unblocked(chat, cause, now)
            case PressedInGroup(chat, by, _, press):
                return self._handlers.pressed_in_group(chat, by, press, cause, now)
            case CommandedInGroup(chat, by, command, argument):
                return self._handlers.commanded_in_group(chat, by, command, argument, cause, now)
            case GroupMoved(chat, to):
                return self._handlers.group_moved(chat, to, cause, now)
            case RemovedFromGroup(chat):
                return self._handlers.removed_from_group(chat, cause, now)
            case Passed(why):
                self.passed[why] += 1
                return Decision()
            case Unreadable():
                raise AssertionError("what can't be read is set aside, not handled")
            case _:
                assert_never(incoming)
