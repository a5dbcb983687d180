"""What follows from each outcome of an attempt to send, as a table."""

from dataclasses import replace

import pytest

from followupbot.application.ports import (
    Ambiguous,
    Blocked,
    Malformed,
    Migrated,
    Misconfigured,
    NotSent,
    Outcome,
    Sent,
    TargetGone,
    TooFast,
)
from followupbot.application.settlements import (
    Done,
    GiveUp,
    HoldChat,
    Move,
    PauseAll,
    Retry,
    SendAnew,
    Settlement,
    Simplify,
    Unreachable,
    retry_decision,
)
from followupbot.domain.delivery import Act, Claim
from followupbot.domain.ids import ChatId, Language, MessageId, MessageKey, Version
from followupbot.domain.outgoing import Lane
from tests.fakes import NOON

NOW = 1_000_000

CLAIM = Claim(
    id=7,
    key="k",
    token="t",
    chat=ChatId("c"),
    address=701,
    lane=Lane.REPLY,
    subject="s",
    act=Act.SEND,
    message=MessageKey("replies/thanks"),
    words=Version("w"),
    language=Language("en"),
    params={},
    choices=(),
    target=None,
    strip_also=None,
    payload=None,
    silent=False,
    attempts=1,
    uncertain=0,
    decided_at=NOON,
)


@pytest.mark.parametrize(
    ("outcome", "settlement"),
    [
        (Sent(MessageId(5)), Done(MessageId(5))),
        (Sent(None), Done(None)),
        (TooFast(3.0), HoldChat(NOW + 3_000)),
        (Blocked("b"), Unreachable("b")),
        (Migrated(-100), Move(-100)),
        (TargetGone(), SendAnew()),
        (Malformed("m"), Simplify("m")),
        (Misconfigured("t"), PauseAll(NOW + 1_000, "t")),
        (NotSent("n"), Retry(NOW + 1_000, counted=False, uncertain=False, error="n")),
        (Ambiguous("a"), Retry(NOW + 1_000, counted=True, uncertain=True, error="a")),
    ],
)
def test_each_outcome_has_its_settlement(outcome: Outcome, settlement: Settlement) -> None:
    """reliability.md 3.4, row by row, for a first attempt."""
    assert retry_decision(CLAIM, outcome, NOW) == settlement


@pytest.mark.parametrize(
    ("lane", "seconds"),
    [
        (Lane.ALERT, [1, 2, 4, 8, 15, 15, 15, 15]),
        (Lane.REPLY, [1, 2, 4, 8, 16, 32, 64]),
        (Lane.EDUCATION, [1, 2, 4, 8, 16, 32, 64]),
    ],
)
def test_attempts_back_off(lane: Lane, seconds: list[int]) -> None:
    for attempts, pause in enumerate(seconds, start=1):
        decided = retry_decision(replace(CLAIM, lane=lane, attempts=attempts), Ambiguous("a"), NOW)
        assert isinstance(decided, Retry)
        assert decided.at_machine == NOW + pause * 1000


def test_the_eighth_counted_attempt_is_the_last() -> None:
    """It may have arrived, so nobody calls it dead."""
    assert retry_decision(replace(CLAIM, attempts=8), Ambiguous("a"), NOW) == GiveUp("unknown", "a")


@pytest.mark.parametrize("attempts", [8, 9, 80])
def test_an_alert_is_never_given_up_and_the_operator_is_told_once(attempts: int) -> None:
    """Nobody looks at an alert that is dead."""
    decided = retry_decision(replace(CLAIM, lane=Lane.ALERT, attempts=attempts), Ambiguous("a"), NOW)
    assert decided == Retry(NOW + 15_000, counted=True, uncertain=True, error="a", tell=attempts == 8)


@pytest.mark.parametrize("outcome", [NotSent("n"), Ambiguous("a")])
def test_while_nobody_is_answered_nothing_counts_against_a_message(outcome: Outcome) -> None:
    """After an hour without Telegram every reply is still there; it is only tried more seldom, to once in 5 minutes."""
    for unanswered, pause in [(8, 2), (16, 4), (80, 300), (8_000, 300)]:
        decided = retry_decision(CLAIM, outcome, NOW, unanswered)
        assert isinstance(decided, Retry)
        assert not decided.counted
        assert decided.at_machine == NOW + min(1 << (unanswered // 8), 300) * 1000
        assert pause <= 300
    kept = retry_decision(replace(CLAIM, attempts=8), outcome, NOW, 8)
    assert isinstance(kept, Retry)


def test_an_alert_is_tried_every_15_seconds_however_long_the_network_is_down() -> None:
    decided = retry_decision(replace(CLAIM, lane=Lane.ALERT, attempts=3), NotSent("n"), NOW, 5_000)
    assert decided == Retry(NOW + 15_000, counted=False, uncertain=False, error="n")
