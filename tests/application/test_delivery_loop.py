"""The loop of deliveries: when it looks, what hangs in it, and how it ends."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from followupbot.domain.delivery import Claim
from followupbot.domain.outgoing import Lane
from tests.application.sending import Clinic, clinic
from tests.fakes import settle

__all__ = ["clinic"]


async def running(clinic: Clinic) -> tuple[asyncio.Event, asyncio.Event, "asyncio.Task[None]"]:
    stop, wake = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(clinic.deliveries.run(stop, wake))
    await settle()
    return stop, wake, task


async def test_the_loop_looks_when_it_is_woken_and_each_second(clinic: Clinic) -> None:
    stop, wake, task = await running(clinic)
    woken = clinic.post(701)
    wake.set()
    await settle()
    assert woken.state == "sent"
    forgotten = clinic.post(702)
    await settle()
    assert forgotten.state == "pending"
    await clinic.time.pass_by(1.05)
    assert forgotten.state == "sent"
    stop.set()
    await task


async def test_one_send_that_hangs_holds_up_no_other(clinic: Clinic) -> None:
    """Rounds are no batches: a free place is used at once."""
    clinic.phone.slow = asyncio.Event()
    hangs = clinic.post(701, lane=Lane.ALERT)
    stop, wake, task = await running(clinic)
    assert len(clinic.phone.sent) == 1
    slow, clinic.phone.slow = clinic.phone.slow, None
    others = [clinic.post(address, lane=Lane.ALERT) for address in range(702, 722)]
    wake.set()
    await clinic.time.pass_by(2)
    assert (hangs.state, {row.state for row in others}) == ("sending", {"sent"})
    slow.set()
    stop.set()
    await task
    assert hangs.state == "sent"


async def test_check_ins_that_hang_hold_up_no_alert(clinic: Clinic) -> None:
    """Alerts have four places beside the eight; nothing else takes these."""
    clinic.phone.slow = asyncio.Event()
    for address in range(701, 713):
        clinic.post(address, lane=Lane.CHECK_IN)
    stop, wake, task = await running(clinic)
    await clinic.time.pass_by(1.2)
    assert len(clinic.phone.sent) == 8
    for address in range(801, 806):
        clinic.post(address, lane=Lane.ALERT)
    wake.set()
    await settle()
    assert [address for address, *_ in clinic.phone.sent[8:]] == [801, 802, 803, 804]
    clinic.phone.slow.set()
    stop.set()
    await task


async def test_whose_turn_is_over_sends_nothing_more(clinic: Clinic) -> None:
    """A process that slept has rows in hand, and somebody else has sent them since."""
    clinic.deliveries._may_send = lambda: False
    row = clinic.post(lane=Lane.ALERT)
    await clinic.round()
    assert (clinic.phone.sent, row.state, row.uncertain) == ([], "pending", 0)


async def test_after_an_outage_what_was_claimed_goes_as_soon_as_the_turn_is_sure(clinic: Clinic) -> None:
    """Left to its lease it would wait for a minute, though nobody else has sent anything."""
    sure = False
    clinic.deliveries._may_send = lambda: sure
    row = clinic.post()
    stop, _, task = await running(clinic)
    await clinic.time.pass_by(1)
    sure = True
    await clinic.time.pass_by(3)
    assert row.state == "sent"
    stop.set()
    await task


async def test_the_loop_outlives_the_database_and_any_mistake(clinic: Clinic) -> None:
    clinic.writer.away = True
    row = clinic.post()
    stop, _, task = await running(clinic)
    await clinic.time.pass_by(5)
    clinic.writer.away = False
    real = clinic.outbox.claim

    def mistaken(now: datetime, machine_now: int, limit: int, lanes: Collection[Lane] = ()) -> Sequence[Claim]:
        clinic.outbox.claim = real  # type: ignore[method-assign]
        raise KeyError

    clinic.outbox.claim = mistaken  # type: ignore[method-assign]
    await clinic.time.pass_by(3)
    assert row.state == "sent"
    stop.set()
    await task


async def test_a_stop_waits_for_what_is_under_way(clinic: Clinic) -> None:
    """What is cut off may have arrived, and would be sent twice."""
    clinic.phone.slow = asyncio.Event()
    row = clinic.post()
    stop, _, task = await running(clinic)
    stop.set()
    await settle()
    assert not task.done()
    clinic.phone.slow.set()
    await task
    assert row.state == "sent"
