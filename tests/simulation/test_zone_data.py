"""New rules of a time zone: what was planned by the old ones is planned anew, and nothing is asked twice for it."""

import asyncio
from datetime import timedelta

from followupbot.application import admins
from followupbot.bootstrap import simulating
from followupbot.domain.ids import ProtocolKey
from followupbot.simulation.people import Character
from followupbot.simulation.world import Size, World
from followupbot.storage import timers

SIZE = Size(patients=2, years=0.1, seed=5, faults=False, protocol=ProtocolKey("lumbar_fusion"))
STEADY = Character("steady", 1, answers=1, red=0, writes=0, blocks_yearly=0, moves_yearly=0, pauses_yearly=0)


def asked(world: World) -> list[str]:
    return [call.text for call in world.telegram.log if call.accepted and call.sort == "check_ins/ready"]


def test_new_zone_data_looks_at_every_chart_once_and_asks_nothing_twice() -> None:
    """A chart whose timer was reckoned by the old rules is due at once, and then when the new ones say."""
    with simulating.open_world(SIZE) as world:
        world.characters = (STEADY,)
        asyncio.run(play(world))


async def play(world: World) -> None:
    await world.furnish()
    await world.run_until(world.clock.at + timedelta(days=20))
    store, now = world.program.process.store, world.clock.at
    wrong = now + timedelta(days=300)
    planned = {patient: chart.enrolled.state.kind for patient in world.patients if (chart := store.chart(patient))}
    assert set(planned.values()) == {"active"}
    for patient in world.patients:
        store.postpone(patient, wrong)  # as if the zone had been another one when it was planned
    before = asked(world)
    assert admins.renew_zone_data(store, "2026z", simulating.BY, now)
    assert timers.next_wake_at(world.database) == now
    await world.run_until(now + timedelta(minutes=1))
    assert asked(world) == before
    again = timers.next_wake_at(world.database)
    assert again is not None
    assert now < again < wrong
    assert not admins.renew_zone_data(store, "2026z", simulating.BY, world.clock.at), "the same is no news"
