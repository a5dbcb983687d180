"""What the auditor writes when it has looked: each thing once, and nothing where there is nothing new."""

import asyncio
from functools import reduce
from types import SimpleNamespace
from typing import Any, cast

import pytest

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.auditor import Auditor
from followupbot.bootstrap.workplace import Part
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.troubles import Trouble
from followupbot.storage.soundings import Sounding
from tests.bootstrap.test_parts import a_workplace
from tests.builders import a_clinic


class Store:
    """A clinic, and how often something was written about it; each dead letter can't be written down once."""

    def __init__(self) -> None:
        self.now_clinic, self.causes = a_clinic(), list[str]()
        self._refused: set[str] = set()

    def clinic(self) -> Clinic:
        return self.now_clinic

    def address(self, _: object) -> int:
        return 1

    def transact_clinic(self, cause: Cause, decide: Any) -> Decision:
        if cause.key.startswith("operator:") and cause.key not in self._refused:
            self._refused.add(cause.key)
            raise StorageUnavailable
        self.causes.append(cause.key.rpartition(":")[0])
        decision = decide(self.now_clinic)
        self.now_clinic = reduce(apply_to_clinic, decision.facts, self.now_clinic)
        return cast(Decision, decision)


async def test_a_dead_letter_is_written_once_and_a_trouble_of_another_process_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every ten seconds the same look: what has been written down is left alone, what could not be is tried again."""
    store, dead = Store(), [7]
    monkeypatch.setattr("followupbot.application.canaries.receive", lambda *_: None)
    with a_workplace(stop=asyncio.Event(), store=store, database=SimpleNamespace()) as workplace:
        clock, sender = (
            Auditor(workplace, frozenset({part}), cast(TelegramChannel, None)) for part in (Part.CLOCK, Part.SENDER)
        )
        for one in (clock, sender):
            one._soundings = cast(Any, SimpleNamespace(look=lambda *_: Sounding([], {}, None, dead), sent_at=None))
        with pytest.raises(StorageUnavailable):
            clock._judge(set())
        for _ in range(3):
            clock._judge(set())
        assert store.causes == ["operator:dead_letter"]
        dead.append(8)
        with pytest.raises(StorageUnavailable):
            clock._judge(set())
        clock._judge(set())
        assert store.causes == ["operator:dead_letter"] * 2
        dead.clear()
        sender._judge({Trouble("part_stopped", "sender")})
        for _ in range(3):
            clock._judge(set())
            sender._judge({Trouble("part_stopped", "sender")})
        assert store.causes[2:] == ["audit:sender"]
        sender._judge(set())
        assert store.causes[2:] == ["audit:sender"] * 2
        assert store.clinic().troubles == ()
