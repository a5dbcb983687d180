"""The simulator: the same seed tells the same story, nothing is broken, and what is broken is seen."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from followupbot.bootstrap import simulating
from followupbot.domain.ids import ProtocolKey
from followupbot.domain.presses import AnswerPress, Press, StartPress
from followupbot.domain.schedule import PartialDate
from followupbot.simulation import figures, promises
from followupbot.simulation.clock import VirtualClock
from followupbot.simulation.faults import API, DATABASE, PROCESS, Span
from followupbot.simulation.people import Character
from followupbot.simulation.program import Program
from followupbot.simulation.telegram import VirtualTelegram
from followupbot.simulation.world import BEGINS, Size, World

PROTOCOL = ProtocolKey("lumbar_fusion")
SMALL = Size(patients=3, years=0.12, seed=4, faults=True, protocol=PROTOCOL)


def played(size: Size, world: World) -> World:
    async def play() -> None:
        await world.furnish()
        await world.run()

    asyncio.run(play())
    return world


def test_the_same_seed_tells_the_same_story_in_which_nothing_is_broken() -> None:
    """Whatever is found can be found again; and what is taken out of the log is missed by the checker."""
    digests = []
    for _ in range(2):
        with simulating.open_world(SMALL) as world:
            played(SMALL, world)
            found = figures.count(world)
            digests.append(found.digest)
            assert found.judgement.broken == []
            assert found.asked > 2
            assert found.answers > 20
            assert_the_checker_sees(world)
    assert digests[0] == digests[1]


def assert_the_checker_sees(world: World) -> None:
    """What was started at night, what nobody was asked, and what was asked too soon after somebody had moved."""
    log = world.telegram.log
    ready = [call for call in log if call.accepted and call.sort == "check_ins/ready"]
    world.telegram.log = [replace(call, at=call.at + timedelta(hours=12)) if call in ready else call for call in log]
    assert "outside 09-20" in {broken.promise for broken in promises.judge(world).broken}
    first = ready[0]
    assert first.about is not None
    code = next(patient.id for patient in world.patients.values() if patient.address == first.chat)
    again = replace(first.about, key="another", decided_at=first.about.decided_at + timedelta(hours=11))
    world.telegram.log = [*log, replace(first, at=again.decided_at, about=again)]
    assert "less than 12 hours apart" not in {broken.promise for broken in promises.judge(world).broken}
    zones = world.zones[code]
    world.zones[code] = [*zones[:1], (first.about.decided_at + timedelta(hours=3), "Asia/Tokyo"), *zones[1:]]
    assert "less than 12 hours apart" in {broken.promise for broken in promises.judge(world).broken}
    world.zones[code] = zones
    world.telegram.log = log


def test_people_change_answers_from_the_list_and_a_check_in_counts_once() -> None:
    """However often it comes to its end; nothing that is promised breaks by it."""
    size = replace(SMALL, patients=1, years=0.06, faults=False)
    with simulating.open_world(size) as world:

        async def play() -> None:
            await world.furnish()
            for patient in world.patients.values():
                patient.character = replace(patient.character, answers=1, changes=0.7)
            await world.run()

        asyncio.run(play())
        found = figures.count(world)
        assert found.judgement.broken == []
        assert any(call.sort == "check_ins/change" for call in world.telegram.log)
        said = sum(call.sort == "check_ins/said" for call in world.telegram.log)
        assert 0 < found.answered <= found.asked < said


STILL = Character(
    "still", 1, answers=0, red=0, writes=0, blocks_yearly=0, moves_yearly=0, pauses_yearly=0, worsens_yearly=0
)
"""Goes the way in, and then does nothing by itself."""


@pytest.mark.parametrize(
    ("lasts", "forgotten", "mends"), [(1, False, True), (10, True, True), (10, True, False)], ids=str
)
def test_a_red_press_that_telegram_forgets_is_asked_again(
    lasts: int, forgotten: bool, mends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps one for 150 s. Were nobody asked again, the checker would see it."""
    if not mends:
        monkeypatch.setattr(Program, "_mend", lambda *_: None)
    with simulating.open_world(replace(SMALL, patients=1, years=0.01, faults=False)) as world:
        world.characters = (STILL,)
        asyncio.run(lose_a_press(world, timedelta(minutes=lasts)))
        found = promises.judge(world)
    assert found.forgotten == int(forgotten)
    broken = [] if mends else ["lost press, not asked again"]
    assert [found.promise for found in found.broken] == broken
    again = [call for call in world.telegram.log if call.accepted and call.sort == "replies/interrupted"]
    assert len(again) == int(forgotten and mends)


async def lose_a_press(world: World, lasts: timedelta) -> None:
    """The patient begins a check-in; Telegram is away, and they press something red."""
    await world.furnish()
    (patient,) = world.patients.values()
    while not any(call.accepted and call.sort == "check_ins/ready" for call in world.telegram.log):
        await world.run_until(world.clock.at + timedelta(hours=1))
    await press(world, lambda found: isinstance(found, StartPress))
    span = Span(API, world.clock.at, world.clock.at + lasts)
    world.faults.spans.append(span)
    world.faults.begin(span)
    update = await press(world, lambda found: isinstance(found, AnswerPress) and found.card is not None)
    patient.red.append((world.clock.at, update))
    await world.run_until(world.clock.at + timedelta(days=3))


async def press(world: World, fits: Callable[[Press | None], bool]) -> int:
    """The newest button that fits is pressed; the update's number."""
    (patient,) = world.patients.values()
    standing = sorted(world.telegram.chat(patient.address).standing.items(), reverse=True)
    number, data = next((number, data) for number, row in standing for data in row if fits(world.decode(data)))
    update = world.telegram.press(patient.address, number, data)
    await world.run_until(world.clock.at + timedelta(seconds=10))
    return update


@pytest.mark.parametrize("resumes", [False, True], ids=str)
def test_who_blocks_the_bot_and_lets_it_in_has_taken_no_stop_back(resumes: bool) -> None:
    """They need not be asked until they resume. Then the checker misses what is not asked, whatever they say later."""
    with simulating.open_world(replace(SMALL, patients=1, years=0.2, faults=False)) as world:
        world.characters = (STILL,)
        first = asyncio.run(stop_and_block(world, resumes))
        found = promises.judge(world)
        assert [broken.promise for broken in found.broken] == []
        assert (found.occasions, found.excused) == (1, int(not resumes))
        world.telegram.log = world.telegram.log[:first]
        assert [broken.promise for broken in promises.judge(world).broken] == ["never asked"] * resumes
        (patient,) = world.patients.values()
        patient.quiet.begin("asked_for", BEGINS + timedelta(weeks=6, days=12))  # still in the window of six weeks
        assert [broken.promise for broken in promises.judge(world).broken] == ["never asked"] * resumes


async def stop_and_block(world: World, resumes: bool) -> int:
    """What somebody does who has been asked for the first time; how many calls there had been by then."""
    await world.furnish()
    (patient,) = world.patients.values()
    patient.plan = replace(patient.plan, surgery_on=PartialDate(BEGINS.year, BEGINS.month, BEGINS.day))
    while not any(call.accepted and call.sort == "check_ins/ready" for call in world.telegram.log):
        await world.run_until(world.clock.at + timedelta(hours=1))
    first = len(world.telegram.log)
    for act in (partial(patient.write, "/stop"), patient.block, patient.unblock):
        act()
        await world.run_until(world.clock.at + timedelta(hours=12))
    if resumes:
        patient.write("/resume")
    await world.run()
    return first


def test_a_protocol_that_there_is_not_is_said_to_be_none() -> None:
    """A name that was mistyped is no crash."""
    with pytest.raises(simulating.NoSuchProtocol, match="lumbar_fusion"):
        simulating.simulate(replace(SMALL, protocol=ProtocolKey("cervical")))


def test_whoever_writes_has_taken_the_bot_back_first() -> None:
    """A phone has no line to write in while the bot is blocked: nobody writes and stays out of reach."""
    telegram = VirtualTelegram(VirtualClock(BEGINS), lambda _: None)
    telegram.block(7)
    telegram.write(7, "/resume")
    assert not telegram.chat(7).blocked
    assert [act.what for act in telegram.acts] == ["is kicked", "is member", "writes /resume"]


def test_a_start_waits_for_the_database_and_time_goes_on() -> None:
    """Else the clock would stand still for ever: the process is due at once, and can't start."""
    with simulating.open_world(replace(SMALL, patients=1, years=0.01, faults=False)) as world:
        asyncio.run(world.furnish())
        now = world.clock.at
        for kind, minutes in ((PROCESS, 1), (DATABASE, 9)):
            world.faults.begin(Span(kind, now, now + timedelta(minutes=minutes)))
        asyncio.run(world.program.turn(now))
        world.clock.advance_to(now + timedelta(minutes=2))
        asyncio.run(world.program.turn(world.clock.at))
        assert not world.program.runs
        due = world.program.next_at(world.clock.at)
        assert due is not None
        assert due >= now + timedelta(minutes=9)
        asyncio.run(world.run_until(now + timedelta(minutes=10)))
        assert world.program.runs
