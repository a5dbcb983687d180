"""What tests about deliveries hold in their hands: an outbox in memory, a phone that answers as told, a clock."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace

import pytest

from followupbot.application.deliveries import Deliveries
from followupbot.application.limiter import Limiter
from followupbot.application.ports import Outcome, Sent
from followupbot.domain.delivery import Act, Claim, Rendered
from followupbot.domain.ids import ChatId, MessageId
from followupbot.domain.outgoing import Lane
from tests.application.outboxes import MemoryOutbox, Row
from tests.application.test_settlements import CLAIM
from tests.fakes import InlineWriter, Phrases, VirtualTime, settle


@dataclass
class Phone:
    """Satisfies the port `Channel`: answers as it was told to, and else takes what comes."""

    answers: dict[int, list[Outcome | Exception]] = field(default_factory=lambda: defaultdict(list))
    """What is still to be answered, by address."""
    sent: list[tuple[int, Act, bytes]] = field(default_factory=list)
    """What was tried, in order."""
    tried_before_kept: list[int] = field(default_factory=list)
    outbox: MemoryOutbox | None = None
    slow: asyncio.Event | None = None
    at_once: int = 0
    at_once_max: int = 0

    def compose(self, rendered: Rendered) -> bytes:
        marks = "plain" if rendered.plain else "html"
        return f"{marks}|{rendered.html}|{sum(map(len, rendered.buttons))}".encode()

    async def deliver(self, claim: Claim, payload: bytes) -> Outcome:
        assert self.outbox is not None
        kept = self.outbox.rows[claim.id - 1].payloads
        if claim.act is not Act.STRIP and kept[-1:] != [payload]:
            self.tried_before_kept.append(claim.id)
        self.sent.append((claim.address, claim.act, payload))
        self.at_once += 1
        self.at_once_max = max(self.at_once, self.at_once_max)
        await (self.slow.wait() if self.slow else asyncio.sleep(0))
        self.at_once -= 1
        answers = self.answers[claim.address]
        answer = answers.pop(0) if answers else Sent(MessageId(len(self.sent)))
        if isinstance(answer, Exception):
            raise answer
        return answer


class Clinic:
    """Everything that a test about deliveries holds in its hands."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.outbox = MemoryOutbox()
        self.phrases = Phrases()
        self.phone = Phone(outbox=self.outbox)
        self.writer = InlineWriter()
        self.limiter = Limiter()
        self.reported: list[tuple[str, int, str]] = []
        self.report_fails: Exception | None = None
        self.deliveries = Deliveries(
            self.outbox,
            self.phrases,
            self.phone,
            self.writer,
            self.time,
            self.limiter,
            on_dead=lambda claim, error, now: self._report("dead", claim, error),
            on_blocked=lambda claim, error, now: self._report("blocked", claim, error),
            on_misconfigured=lambda claim, error, now: self._report("misconfigured", claim, error),
            sleep=self.time.sleep,
        )

    def _report(self, what: str, claim: Claim, error: str) -> None:
        if self.report_fails:
            raise self.report_fails
        self.reported.append((what, claim.id, error))

    def post(self, address: int = 701, lane: Lane = Lane.REPLY, **changes: object) -> Row:
        chat = ChatId(f"chat {address}")
        return self.outbox.post(replace(CLAIM, address=address, chat=chat, lane=lane, **changes))  # type: ignore[arg-type]

    def answer(self, *outcomes: Outcome | Exception, address: int = 701) -> None:
        self.phone.answers[address].extend(outcomes)

    async def round(self, within: float = 3.0) -> int:
        """One round of deliveries; as much time goes by as it takes."""
        task = asyncio.create_task(self.deliveries.once(self.time.now()))
        await settle()
        for _ in range(round(within / 0.02)):
            if task.done():
                break
            await self.time.pass_by(0.02)
        assert task.done()
        return task.result()

    async def rounds(self, seconds: float) -> None:
        """So much time goes by, with a round at the end of each second."""
        until = self.time.passed + seconds
        while self.time.passed < until:
            await self.time.pass_by(1.0)
            await self.round()

    def texts(self) -> list[str]:
        """What was tried, without marks."""
        shown = [payload.decode().split("|")[1] for *_, payload in self.phone.sent]
        return [text.replace("<b>", "").replace("</b>", "") for text in shown]


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()
