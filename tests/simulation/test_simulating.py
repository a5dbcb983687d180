"""The simulator: the same seed tells the same story, nothing is broken, and what is broken is seen."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.bootstrap import simulating
from followupbot.domain.ids import ProtocolKey
from followupbot.simulation import figures, promises
from followupbot.simulation.world import Size, World

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


def test_a_protocol_that_there_is_not_is_said_to_be_none() -> None:
    """A name that was mistyped is no crash."""
    with pytest.raises(simulating.NoSuchProtocol, match="lumbar_fusion"):
        simulating.simulate(replace(SMALL, protocol=ProtocolKey("cervical")))
