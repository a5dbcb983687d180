"""What an earlier process has left on this machine's disk comes in, though another machine has the turn."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from followupbot.bootstrap import reception
from followupbot.bootstrap.reception import SPOOL, Reception
from followupbot.bootstrap.turns import Turn
from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.spool import Spool, is_empty
from followupbot.channels.telegram.unrecorded import Direct
from followupbot.storage.cipher import Cipher
from tests.bootstrap.test_parts import a_workplace
from tests.channels.desk import EN, WORDS, Desk, Shelf
from tests.fakes import Phrases, eventually


def spool_in(folder: Path, cipher: Cipher) -> Spool:
    """As the program makes it."""
    return Spool(
        folder / SPOOL,
        lambda plain: cipher.encrypt(plain, "spool", "update", ""),
        lambda sealed: cipher.decrypt(sealed, "spool", "update", ""),
    )


async def test_what_was_left_on_the_disk_comes_in_while_another_machine_has_the_turn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cipher, desk, stop = Cipher(bytes(32)), Desk(), asyncio.Event()
    chat = {"id": 5, "type": "private"}
    updates = [{"update_id": n, "message": {"message_id": n, "chat": chat, "text": f"text {n}"}} for n in range(1, 4)]
    assert spool_in(tmp_path, cipher).keep(updates)

    async def never(*_: object) -> None:
        await stop.wait()

    monkeypatch.setattr(Turn, "run", never)
    monkeypatch.setattr(reception, "FrontDesk", lambda *_: desk)
    monkeypatch.setattr(reception, "LEFT_OVER_SECONDS", 0.01)
    house: dict[str, Any] = {
        "store": Shelf(),
        "outbox": None,
        "renderer": Phrases(),
        "keys": SimpleNamespace(cipher=lambda _: cipher),
        "database": SimpleNamespace(path=None),
        "settings": SimpleNamespace(data=tmp_path),
    }
    bot = cast(BotApi, SimpleNamespace(number=1))
    with a_workplace(stop=stop, **house) as workplace:
        taking_in = Reception(workplace, Direct(WORDS, EN))
        monkeypatch.setattr(taking_in, "_refresh", lambda: asyncio.sleep(0))
        running = asyncio.create_task(taking_in._take_in(bot, cast(TelegramChannel, None)))
        await eventually(lambda: desk.said() == ["text 1", "text 2", "text 3"])
        await eventually(lambda: is_empty(tmp_path / SPOOL))
        stop.set()
        await running
