"""What `doctor` looks at, in order: files, disk, clinic, token, Telegram, clock."""

import asyncio
from collections.abc import Iterator

import httpx

from followupbot.bootstrap.clocks import SystemClock
from followupbot.bootstrap.house import open_house
from followupbot.channels.telegram import probe
from followupbot.channels.telegram.http import Me
from followupbot.protocol_files.programme import to_publish
from followupbot.settings import Settings, SettingsWrong
from followupbot.upkeep import doctor
from followupbot.upkeep.doctor import Finding, Level

HOW_TO_GET_ONE = (
    "Send /newbot to @BotFather in Telegram, then set FOLLOWUPBOT_TELEGRAM_TOKEN (or ..._FILE) to what it shows."
)

CLOCK_WITHIN = 5.0
"""Seconds for the one answer whose date is compared."""


def examine(settings: Settings) -> list[Finding]:
    """Everything that was looked at, and what it looked like."""
    files = list(doctor.files(settings))
    found = [*files, *doctor.disk(settings)]
    if not any(finding.level is Level.WRONG for finding in files):  # else that is why it does not open
        found += [*doctor.opening(lambda: _clinic(settings)), *_published(settings)]
    return [*found, *_telegram(settings)]


def _clinic(settings: Settings) -> str:
    with open_house(settings) as opened:
        version = opened.store.clinic().published.version
    return f"the clinic opens: keys fit, the database is up to date, version {version[:12]} is published"


def _published(settings: Settings) -> Iterator[Finding]:
    """Whether the files, which are the source, are what runs; and who is there to hear of it."""
    try:
        with open_house(settings) as opened:
            version = opened.store.clinic().published.version
            same = opened.store.programme_files(version) == to_publish(settings.data)
            staff = list(doctor.staff(opened.store.clinic()))
    except Exception:  # said by `doctor.opening` already, with its reason
        return
    if same:
        yield Finding(Level.OK, "the files are what is published")
    else:
        yield Finding(
            Level.DOUBT, "the files differ from what is published", "To put them to work: followupbot publish"
        )
    yield from staff


def _telegram(settings: Settings) -> Iterator[Finding]:
    api = settings.telegram_api
    try:
        token = settings.token()
    except SettingsWrong as wrong:
        yield Finding(Level.WRONG, str(wrong), "Set what @BotFather shows.")
        return
    if token is None:
        yield Finding(Level.WRONG, "there is no bot token", HOW_TO_GET_ONE)
        return
    match asyncio.run(probe.ask(token, api)):
        case Me(_, username):
            yield Finding(Level.OK, f"Telegram knows the bot: @{username}")
        case probe.Refused(error):
            mend = "Check FOLLOWUPBOT_TELEGRAM_TOKEN; @BotFather shows the right one."
            yield Finding(Level.WRONG, f"Telegram refuses the token ({error})", mend)
            return
        case probe.Unreachable(error):
            mend = "Check network, proxy and FOLLOWUPBOT_TELEGRAM_API."
            yield Finding(Level.WRONG, f"Telegram can't be reached at {api} ({error})", mend)
            return
    yield from doctor.clock(_date_of(api), SystemClock().now())


def _date_of(api: str) -> str | None:
    """The `Date` of an answer without the token in the address; None where there is none."""
    try:
        address = httpx.URL(api).copy_with(raw_path=b"/")
        date: str | None = httpx.head(address, timeout=CLOCK_WITHIN).headers.get("Date")
    except httpx.HTTPError:
        return None
    return date
