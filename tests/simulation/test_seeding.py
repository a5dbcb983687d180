"""The bulk seeder: what it makes is a real record, whole."""

import asyncio
from datetime import timedelta

from followupbot.bootstrap import simulating
from followupbot.domain.chart import Chart
from followupbot.domain.facts.check_ins import QuestionAnswered
from followupbot.domain.folding import fold
from followupbot.domain.ids import ProtocolKey
from followupbot.simulation.seeding import seed
from followupbot.simulation.world import BEGINS, Size
from followupbot.storage import timers

SIZE = Size(patients=1, years=1, seed=1, faults=False, protocol=ProtocolKey("lumbar_fusion"))


def test_seeded_patients_are_what_their_facts_fold_to_and_nothing_waits_to_be_sent() -> None:
    """As if they had lived it."""
    with simulating.open_world(SIZE) as world:
        asyncio.run(world.program.turn(world.clock.at))
        store = world.program.process.store
        made = seed(store, SIZE.protocol, 300, 1, BEGINS)
        assert made.answers >= 300
        counted = 0
        for patient in store.due(BEGINS + timedelta(days=4000), 100):
            chart, facts = store.chart(patient), store.facts_of(patient)
            assert chart is not None
            counted += sum(isinstance(fact, QuestionAnswered) for fact in facts)
            assert fold(Chart(patient, clinic=chart.clinic, programmes=chart.programmes), facts) == chart
        assert counted == made.answers
        assert timers.next_send_at(world.database) is None
