"""More updates than Telegram shows at once, with the database away: the newest is seen, and none is lost."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from followupbot.channels.telegram import intake, spool
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.spool import Spool
from followupbot.practice import Person, Practice
from tests.channels.desk import House
from tests.channels.phones import buttons, newcomer, texts
from tests.channels.test_unrecorded import CARD, EMERGENCY
from tests.fakes import eventually


def seal(plain: bytes) -> bytes:
    return b"sealed" + plain[::-1]


def unseal(sealed: bytes) -> bytes:
    assert sealed.startswith(b"sealed")
    return sealed[6:][::-1]


@pytest.fixture
def disk(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "updates_held.bin", seal, unseal)


def updates(*numbers: int) -> list[dict[str, object]]:
    return [{"update_id": number, "message": {"text": f"text {number} \n" * 50}} for number in numbers]


def test_what_was_kept_is_there_after_a_restart_until_it_is_cleared(disk: Spool, tmp_path: Path) -> None:
    """And stands in the file in no form that anybody could read."""
    assert disk.keep(updates(1, 2))
    assert disk.keep(updates(3))
    again = Spool(tmp_path / "updates_held.bin", seal, unseal)
    assert again.waiting() == updates(1, 2, 3)
    assert again.keep(updates(4))
    assert again.waiting() == updates(1, 2, 3, 4)
    assert b"text" not in (tmp_path / "updates_held.bin").read_bytes()
    again.clear()
    assert Spool(tmp_path / "updates_held.bin", seal, unseal).waiting() == []
    assert again.keep(updates(5))
    assert again.waiting() == updates(5)


def test_a_line_that_was_cut_off_costs_no_other(disk: Spool, tmp_path: Path) -> None:
    disk.keep(updates(1, 2))
    file = tmp_path / "updates_held.bin"
    content = file.read_bytes()
    first, second = content.split(b"\n")[:2]
    file.write_bytes(first + b"\n" + second[:-9])
    assert Spool(file, seal, unseal).waiting() == updates(1)


def test_what_the_disk_does_not_take_is_not_kept(disk: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert not disk.keep(updates(1))
    (tmp_path / "updates_held.bin").unlink()
    assert not disk.keep(updates(1))


def test_room_is_kept_for_when_the_disk_is_full(disk: Spool, tmp_path: Path) -> None:
    """Over what is in a file one can write; so the file does not grow with what is kept."""
    size = (tmp_path / "updates_held.bin").stat().st_size
    assert size >= spool.RESERVED_BYTES
    disk.keep(updates(*range(100)))
    assert (tmp_path / "updates_held.bin").stat().st_size == size


async def goes_on(house: House, until: Callable[[], object]) -> None:
    """Time passes, and answers over HTTP come, until that is so."""
    async with asyncio.timeout(20):
        while not until():
            await house.time.pass_by(0.6)
            await asyncio.sleep(0.01)


async def many_wait(house: House, practice: Practice, maria: Person, channel: TelegramChannel) -> None:
    """With the database away 150 people have written, and then Maria presses a red button."""
    house.writer.away = True
    message = await buttons(channel, maria, EMERGENCY)
    for number in range(150):
        chat = {"id": 9_000 + number, "type": "private"}
        practice.updates({"message": {"message_id": 1, "chat": chat, "text": f"text {number}"}})
    maria.press(message, label="0")


async def test_an_emergency_behind_more_than_telegram_shows_has_its_card_and_nothing_is_lost(
    house: House, practice: Practice, maria: Person, channel: TelegramChannel, disk: Spool
) -> None:
    house.spool = disk
    await many_wait(house, practice, maria, channel)
    async with house.open() as running:
        await goes_on(house, lambda: CARD in texts(maria))
        assert running.unconfirmed == 151
        assert len(disk.waiting()) >= 100
        house.writer.away = False
        await goes_on(house, lambda: len(house.desk.done) == 151 and not house.pending() and not running.unconfirmed)
        assert disk.waiting() == []
    assert len(set(house.desk.causes)) == 151


async def test_what_waits_on_the_disk_outlives_the_program(
    house: House, practice: Practice, maria: Person, channel: TelegramChannel, disk: Spool, tmp_path: Path
) -> None:
    """Telegram has forgotten it; the next start takes it from the disk, in order, and once."""
    house.spool = disk
    await many_wait(house, practice, maria, channel)
    async with house.open():
        await goes_on(house, lambda: CARD in texts(maria) and house.pending() < 100)
    assert house.desk.done == []
    house.writer.away = False
    house.spool = Spool(tmp_path / "updates_held.bin", seal, unseal)
    async with house.open():
        await goes_on(house, lambda: len(house.desk.done) == 151 and not house.pending())
    assert sorted(house.desk.tried.values()) == [1] * 151
    assert house.spool.waiting() == []
    assert texts(maria).count(CARD) == 1


async def test_without_room_on_the_disk_nothing_is_confirmed(
    house: House, practice: Practice, maria: Person, channel: TelegramChannel, disk: Spool, tmp_path: Path
) -> None:
    house.spool = disk
    (tmp_path / "updates_held.bin").unlink()
    await many_wait(house, practice, maria, channel)
    async with house.open():
        for _ in range(6):
            await house.time.pass_by(0.6)
        assert house.pending() == 151
        house.writer.away = False
        await goes_on(house, lambda: len(house.desk.done) == 151)


async def test_a_burst_that_is_worked_off_touches_no_disk(
    house: House, practice: Practice, disk: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.spool = disk
    monkeypatch.setattr(disk, "keep", lambda _: pytest.fail("kept"))
    juan = newcomer(practice, "Juan")
    for number in range(intake.SPOOLED_FROM * 3):
        juan.text(str(number))
    async with house.open():
        await eventually(lambda: len(house.desk.done) == intake.SPOOLED_FROM * 3)
    assert house.desk.said() == [str(number) for number in range(intake.SPOOLED_FROM * 3)]
