"""The sender and Telegram together: whatever goes wrong on the way, everything arrives, and in order."""

import asyncio
import random
from dataclasses import replace

import pytest

from followupbot.application.deliveries import Deliveries
from followupbot.application.limiter import Limiter
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.ids import ChatId
from followupbot.domain.outgoing import Lane
from followupbot.practice import FaultKind, Person, Practice
from tests.application.outboxes import MemoryOutbox
from tests.application.test_settlements import CLAIM
from tests.channels.phones import newcomer, texts
from tests.fakes import InlineWriter, Phrases, VirtualTime

EXCUSES = (
    FaultKind.FLOOD,
    FaultKind.FLOOD_BARE,
    FaultKind.SERVER_ERROR_BEFORE,
    FaultKind.SERVER_ERROR_AFTER,
    FaultKind.BAD_GATEWAY,
    FaultKind.DROP_BEFORE,
    FaultKind.DROP_AFTER,
    FaultKind.BROKEN_JSON,
    FaultKind.CANT_PARSE,
)


@pytest.mark.parametrize("seed", range(4))
async def test_everything_arrives_in_order_whatever_goes_wrong(
    practice: Practice, channel: TelegramChannel, time: VirtualTime, phrases: Phrases, seed: int
) -> None:
    """Six people, five messages each, every third call goes wrong; what may have arrived may arrive twice."""
    chance = random.Random(seed)
    people = [newcomer(practice, f"P{number}") for number in range(6)]
    outbox = MemoryOutbox()
    for number in range(5):
        for person in people:
            chat = ChatId(f"chat {person.id}")
            outbox.post(replace(CLAIM, address=person.id, chat=chat, lane=Lane.REPLY, params={"n": number}))
    for calls in range(12):
        practice.fault("sendMessage", chance.choice(EXCUSES), after=calls * 2)
    reported: list[str] = []
    deliveries = Deliveries(
        outbox,
        phrases,
        channel,
        InlineWriter(),
        time,
        Limiter(),
        on_dead=lambda claim, error, now: reported.append(error),
        on_blocked=lambda claim, error, now: reported.append(error),
        on_misconfigured=lambda claim, error, now: reported.append(error),
        sleep=time.sleep,
    )
    for _ in range(600):
        working = asyncio.create_task(deliveries.once(time.now()))
        while not working.done():
            await asyncio.sleep(0.001)
            await time.pass_by(0.02)
        if all(row.state == "sent" for row in outbox.rows):
            break
        await time.pass_by(1.0)
    assert {row.state for row in outbox.rows} == {"sent"}
    assert reported == []
    for person in people:
        said = texts(person)
        assert list(dict.fromkeys(said)) == [f"replies/thanks en n={number}" for number in range(5)]
        assert said == sorted(said)


async def test_somebody_who_blocks_the_bot_is_reported_and_the_others_are_reached(
    practice: Practice, channel: TelegramChannel, time: VirtualTime, phrases: Phrases, maria: Person
) -> None:
    juan = newcomer(practice, "Juan")
    maria.block()
    outbox = MemoryOutbox()
    for person in (maria, juan):
        outbox.post(replace(CLAIM, address=person.id, chat=ChatId(f"chat {person.id}"), lane=Lane.ALERT))
    blocked: list[int] = []
    deliveries = Deliveries(
        outbox,
        phrases,
        channel,
        InlineWriter(),
        time,
        Limiter(),
        on_dead=lambda claim, error, now: None,
        on_blocked=lambda claim, error, now: blocked.append(claim.address),
        on_misconfigured=lambda claim, error, now: None,
        sleep=time.sleep,
    )
    assert await deliveries.once(time.now()) == 2
    assert blocked == [maria.id]
    assert texts(juan) == ["replies/thanks en"]
    assert [row.state for row in outbox.rows] == ["cancelled", "sent"]
