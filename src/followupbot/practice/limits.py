"""Every number that bounds a bot or the practice itself, beside the reason, and the buckets that enforce the rates."""

import math

from followupbot.practice.refusals import too_many_requests

# --- what Telegram documents ---------------------------------------------------------------------------------------
TEXT_UTF16_MAX = 4096  # after entity parsing
CAPTION_UTF16_MAX = 1024
NOTICE_UTF16_MAX = 200  # answerCallbackQuery's text
ENTITIES_MAX = 100
RAW_TEXT_BYTES_MAX = 1 << 15  # before parsing; the published server refuses longer texts unread
CALLBACK_DATA_BYTES_MAX = 64
KEYBOARD_BUTTONS_MAX = 100
KEYBOARD_ROW_BUTTONS_MAX = 8  # more than the apps draw in one row
START_PAYLOAD_CHARS_MAX = 64
COMMANDS_MAX = 100
COMMAND_CHARS_MAX = 32
COMMAND_DESCRIPTION_CHARS_MAX = 256
BOT_NAME_CHARS_MAX = 64
BOT_DESCRIPTION_CHARS_MAX = 512
BOT_SHORT_DESCRIPTION_CHARS_MAX = 120
PHOTO_BYTES_MAX = 10 * 1024 * 1024
PHOTO_SIDES_SUM_MAX = 10_000  # width and height together
PHOTO_RATIO_MAX = 20
UPLOAD_BYTES_MAX = 50 * 1024 * 1024
DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024
UPDATES_PER_CALL_MAX = 100
POLL_SECONDS_MAX = 50
WEBHOOK_SECRET_CHARS_MAX = 256
WEBHOOK_CONNECTIONS_DEFAULT = 40
WEBHOOK_CONNECTIONS_MAX = 100
DELETE_WITHIN_SECONDS = 48 * 3600

# --- retention, read in the published server's source --------------------------------------------------------------
MESSAGE_KEPT_SECONDS = 24 * 3600
PRESS_KEPT_SECONDS = 150
MEMBERSHIP_KEPT_SECONDS = 24 * 3600
PRESS_ANSWERED_WITHIN_SECONDS = 15  # not documented; people report 10 to 15

# --- rates: Telegram's FAQ gives round figures and says that bursts are tolerated ----------------------------------
BOT_PER_SECOND = 30
BOT_BURST = 30
PRIVATE_PER_SECOND = 1
PRIVATE_BURST = 5  # Telegram publishes none; enough for a card and its follow-up, too few for a flood
GROUP_PER_MINUTE = 20
GROUP_BURST = 20

# --- our own ceilings, so that a runaway story stops instead of filling the memory ---------------------------------
BODY_BYTES_MAX = UPLOAD_BYTES_MAX + 1024 * 1024  # an upload and the fields beside it
USERS_MAX = 100_000
MESSAGES_PER_CHAT_MAX = 20_000
PENDING_UPDATES_MAX = 100_000
CALLS_KEPT_MAX = 200_000  # older ones leave the log
FAULTS_MAX = 1_000
EVENTS_WAITING_MAX = 1_000  # a page that reads no more is let go
FILES_BYTES_MAX = 512 * 1024 * 1024
PHONES_MAX = 12
SPEED_MAX = 100_000  # a day in a second; faster and nobody sees anything
HAPPENINGS_KEPT_MAX = 200  # more than anybody scrolls through
HAPPENING_CHARS_MAX = 90  # one line of the strip
HANG_SECONDS_MAX = 600  # a hung call is cut after this, so that a forgotten one does not outlive the run


class Bucket:
    """Holds up to `burst` tokens and gains `per_second` of them; one message costs one."""

    def __init__(self, burst: int, per_second: float) -> None:
        self.burst = burst
        self.per_second = per_second
        self._tokens = float(burst)
        self._read_at: float | None = None

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 when one is."""
        if self._read_at is not None:
            gained = max(0.0, now - self._read_at) * self.per_second
            self._tokens = min(float(self.burst), self._tokens + gained)
        self._read_at = now
        # A hair's breadth of tolerance: thirty thirtieths of a second must add up to one token.
        return max(0.0, (1 - self._tokens) / self.per_second) if self._tokens < 1 - 1e-9 else 0.0

    def take(self) -> None:
        """One token fewer."""
        self._tokens -= 1


class RateLimits:
    """The bot's bucket and one for each chat; can be switched off and on."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._bot = Bucket(BOT_BURST, BOT_PER_SECOND)
        self._chats: dict[int, Bucket] = {}

    def admit(self, chat_id: int, now: float) -> None:
        """One message more has been counted for the bot and the chat; raises Refused 429 when that is too many."""
        if not self.enabled:
            return
        chat = self._chats.get(chat_id)
        if chat is None:
            private = chat_id > 0
            chat = Bucket(PRIVATE_BURST, PRIVATE_PER_SECOND) if private else Bucket(GROUP_BURST, GROUP_PER_MINUTE / 60)
            self._chats[chat_id] = chat
        wait = max(self._bot.wait(now), chat.wait(now))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._bot.take()
        chat.take()
