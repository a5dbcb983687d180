"""Crash at the n-th boundary, for every n: from the link to the resolved alert nothing is lost, and nothing is stuck.

A boundary is before, in or after each commit, and before or after each call of the Bot API. `make crashes` tries all,
and with EVERY=25 some, evenly spread.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from followupbot.application.deliveries import IN_FLIGHT_MAX
from followupbot.bootstrap import simulating
from followupbot.domain.alert_state import Flag, Resolved
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import AlertRaised, AlertResolved, AlertTaken, FlagJoined
from followupbot.domain.ids import ProtocolKey
from followupbot.domain.tiers import Tier
from followupbot.simulation import promises
from followupbot.simulation.people import Character
from followupbot.simulation.world import Size, World

RED = Character(
    "red", 1, answers=1, red=1, writes=0, blocks_yearly=0, moves_yearly=0, pauses_yearly=0, worsens_yearly=0
)
"""Answers, and says on the first screen that something is new."""

SIZE = Size(patients=1, years=0.03, seed=11, faults=False, protocol=ProtocolKey("lumbar_fusion"))
EVERY = int(os.environ.get("EVERY", "1"))


def play(crash_at: int | None) -> tuple[World, int]:
    """The story, and how many boundaries it has after everybody has their links."""
    with simulating.open_world(SIZE) as world:
        world.characters = (RED,)
        asyncio.run(_play(world, crash_at))
        judge(world, crash_at)
        return world, world.faults.boundaries


async def _play(world: World, crash_at: int | None) -> None:
    await world.furnish()
    world.faults.boundaries = 0
    world.faults.crash_at = crash_at
    await world.run()


def judge(world: World, crash_at: int | None) -> None:
    """The alert was raised once, has an outcome, and everybody has what they are owed."""
    (patient,) = world.patients.values()
    where = f"crash at {crash_at}: {world.faults.last}"
    facts = world.program.process.store.facts_of(patient.id)
    kinds = Counter(type(fact) for fact in facts)
    assert kinds[AlertRaised] == kinds[AlertResolved] >= 1, where
    assert kinds[AlertTaken] >= 1, where
    # A message that comes twice makes the patient think again: after a crash they may choose another item.
    assert crash_at is not None or any(flag.tier is Tier.EMERGENCY for flag in flags(facts)), where
    chart = world.program.process.store.chart(patient.id)
    assert chart is not None
    assert all(isinstance(alert.state, Resolved) for alert in chart.alerts), where
    accepted = [call for call in world.telegram.log if call.accepted]
    if patient.red:
        assert any(call.sort.startswith("cards/") and call.chat == patient.address for call in accepted), where
    found = promises.judge(world)
    assert found.broken == [], where
    assert found.doubled <= (0 if crash_at is None else IN_FLIGHT_MAX), where
    assert all(latency <= timedelta(seconds=30).total_seconds() for latency in found.latencies), where


def flags(facts: Sequence[ChartFact]) -> Iterator[Flag]:
    for fact in facts:
        if isinstance(fact, AlertRaised | FlagJoined):
            yield fact.flag


@pytest.mark.long
def test_a_crash_at_every_boundary_loses_nothing_and_leaves_nothing_stuck() -> None:
    """Every one of them, one after the other."""
    _, boundaries = play(None)
    points: Counter[str] = Counter()
    for n in range(1, boundaries + 1, EVERY):
        world, _ = play(n)
        points[world.faults.last] += 1
    print(f"{boundaries} boundaries, {points.total()} crashes, 0 lost, 0 stuck:", dict(points))
    assert points
