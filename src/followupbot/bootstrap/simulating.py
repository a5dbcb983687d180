"""The simulation's world, put together: the real database, channel and words, on a clock that jumps."""

import asyncio
import base64
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from followupbot.application import admins
from followupbot.application.front_desk import FrontDesk
from followupbot.application.interruptions import Mending
from followupbot.bootstrap.house import House, build, put_together, read_and_label
from followupbot.bootstrap.sender import make_deliveries
from followupbot.channels.telegram import callback_data, updates
from followupbot.channels.telegram.in_process import make_bot
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.polling import place_of
from followupbot.domain.clinic import Programme
from followupbot.domain.decision import ByShell, Decision
from followupbot.domain.ids import PatientId, ProtocolKey, Version
from followupbot.protocol_files.programme import in_use
from followupbot.protocol_files.sources import gather
from followupbot.settings import Settings
from followupbot.simulation.clock import VirtualClock
from followupbot.simulation.faults import CrashingDatabase, Faults
from followupbot.simulation.figures import Figures, count
from followupbot.simulation.load import Load, measure
from followupbot.simulation.program import NotingChannel, Process, Program, Start, inline_writer
from followupbot.simulation.telegram import VirtualTelegram
from followupbot.simulation.world import BEGINS, Size, World
from followupbot.storage import migrations
from followupbot.storage.engine import Database
from followupbot.storage.hearing import Hearing

TOKEN = "10000001:simulated-token-that-opens-nothing"  # noqa: S105 # there is no network in it
MASTER_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
BY = ByShell("simulation")

PRESSES_KEPT = 65_536
"""Buttons read once: people look at every message's."""

RAM_DISK = Path("/dev/shm")  # noqa: S108 # a folder of its own in it; the simulated process never loses its disk


class NoSuchProtocol(Exception):
    """The clinic has published no care protocol of that name."""


@contextmanager
def open_world(size: Size, files: Mapping[str, bytes] | None = None) -> Iterator[World]:
    """A clinic of its own, with nobody in it yet; gone afterwards. `files` are its programme; none: what ships."""
    where = RAM_DISK if RAM_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="followupbot-simulation-", dir=where) as folder:
        clock = VirtualClock(BEGINS)
        own = _settings(Path(folder) / "data")
        _found(own, clock, files)
        faults = Faults(clock)
        telegram = VirtualTelegram(clock, faults.of_call)
        database = CrashingDatabase(own.database, faults)
        opened = build(own, clock)
        base = put_together(own, clock, opened.database, opened.keys, _load)
        try:
            published = base.store.clinic().published
            _require(published, size.protocol)
            program = Program(_starter(base, database, telegram, faults), database, telegram, faults)
            yield World(
                size,
                clock,
                telegram,
                faults,
                program,
                database,
                published,
                callback_data.encode,
                lru_cache(maxsize=PRESSES_KEPT)(callback_data.decode),
            )
        finally:
            database.close()
            base.close()


_founded: dict[tuple[tuple[str, bytes], ...], Mapping[str, bytes]] = {}
_programmes: dict[Version, Programme] = {}
"""Databases with nothing but a programme in them, and programmes: tests make worlds by the hundred."""


def _found(own: Settings, clock: VirtualClock, files: Mapping[str, bytes] | None) -> None:
    """The clinic has its schema, its keys, and these files or those that ship as its programme."""
    own.data.mkdir()
    programme = in_use(files or gather(own.data))
    key = tuple(sorted(programme.items()))
    if key not in _founded:
        database = Database(own.database)
        migrations.upgrade(database)
        database.close()
        house = build(own, clock)
        admins.publish(house.store, programme, BY, BEGINS)
        house.close()
        _founded[key] = {path.name: path.read_bytes() for path in own.data.iterdir()}
    for name, content in _founded[key].items():
        (own.data / name).write_bytes(content)


def _load(version: Version, files: Mapping[str, bytes]) -> Programme:
    if version not in _programmes:
        _programmes[version] = read_and_label(version, files)
    return _programmes[version]


def _starter(base: House, database: CrashingDatabase, telegram: VirtualTelegram, faults: Faults) -> Start:
    """How the process is made anew: of what one life knew only what it read from files goes into the next."""

    def call(method: str, bears: Mapping[str, object]) -> tuple[int, bytes]:
        faults.boundary(f"before {method}")
        answer = telegram.answer(method, bears)
        faults.boundary(f"after {method}")
        return answer

    channel = NotingChannel(TelegramChannel(make_bot(TOKEN, call)), telegram)

    def start() -> Process:
        house = replace(put_together(base.settings, base.clock, database, base.keys, _load), renderer=base.renderer)
        inbound = Inbound(FrontDesk(house.store, house.outbox), 1)

        def take_in(raw: Mapping[str, Any], now: datetime) -> Decision:
            return inbound.decide(updates.read(raw), raw["update_id"], now)

        def set_aside(update: int, raw: Mapping[str, Any], error: Exception, now: datetime) -> None:
            house.store.set_aside(update, json.dumps(raw).encode(), place_of(error), now)

        assert isinstance(house.clock, VirtualClock)
        deliveries = make_deliveries(house, inline_writer, channel, sleep=house.clock.sleep)
        mending = Mending(house.store, Hearing(database), _raise)
        return Process(house.store, house.outbox, deliveries, take_in, set_aside, mending)

    return start


def _raise(_: PatientId, error: Exception) -> None:
    raise error


def _settings(data: Path) -> Settings:
    fields = {"data": data, "database_url": f"sqlite:///{data}/followupbot.db", "master_key": MASTER_KEY}
    return Settings.model_validate(fields)


def simulate(
    size: Size, files: Mapping[str, bytes] | None = None, progress: Callable[[datetime], None] = lambda _: None
) -> Figures:
    """What came of it. `progress` is told now and then how far it is."""
    with open_world(size, files) as world:
        asyncio.run(_play(world, progress))
        return count(world)


async def _play(world: World, progress: Callable[[datetime], None]) -> None:
    await world.furnish()
    await world.run(progress)


def measure_load(
    protocol: str,
    patients: int,
    years: float,
    seed: int,
    files: Mapping[str, bytes],
    progress: Callable[[int], None] = lambda _: None,
) -> Load:
    """How much work alerts make. NoSuchProtocol."""
    programme = read_and_label(Version("load"), in_use(files))
    _require(programme, protocol)
    return measure(programme, ProtocolKey(protocol), patients, years, seed, progress)


def _require(programme: Programme, protocol: str) -> None:
    if protocol not in programme.protocols:
        known = ", ".join(sorted(programme.protocols))
        raise NoSuchProtocol(f"There is no care protocol {protocol}. Published: {known}.")
