"""An outbox in memory that keeps the promises of the port: order, leases, fences, held and blocked chats."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from followupbot.application.settlements import ALERT_WAITS_MAX_MS
from followupbot.domain.delivery import Act, Claim
from followupbot.domain.ids import ChatId, MessageId
from followupbot.domain.outgoing import Lane

LEASE_MS = 20_000


@dataclass
class Row:
    """One message, and how far it has come."""

    claim: Claim
    """As it will be handed out, but for token, attempts and uncertain."""
    state: str = "pending"
    attempts: int = 0
    uncertain: int = 0
    not_before: int = 0
    lease_until: int = 0
    token: str = ""
    message_id: MessageId | None = None
    sent_at: datetime | None = None
    error: str = ""
    payloads: list[bytes] = field(default_factory=list)
    """Every payload that was kept, the newest last."""


class MemoryOutbox:
    """Satisfies the port `Outbox`; its rows lie open."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.held: dict[ChatId, int] = {}
        self.blocked: set[ChatId] = set()
        self.addresses: dict[ChatId, int] = {}
        self.claims = 0

    def post(self, claim: Claim) -> Row:
        """It waits to be sent."""
        self.addresses.setdefault(claim.chat, claim.address)
        self.rows.append(Row(replace(claim, id=len(self.rows) + 1)))
        return self.rows[-1]

    def claim(
        self, now: datetime, machine_now: int, limit: int, lanes: Collection[Lane] = tuple(Lane)
    ) -> Sequence[Claim]:
        found: list[Claim] = []
        for row in self.rows:
            if row.state == "sending" and row.lease_until <= machine_now:
                row.state, row.uncertain = "pending", row.uncertain + 1
        for row in sorted(self.rows, key=lambda row: (row.claim.lane, row.claim.id)):
            chat = row.claim.chat
            earlier = self.rows[: row.claim.id - 1]
            if (
                len(found) < limit
                and row.claim.lane in lanes
                and row.state == "pending"
                and row.not_before <= machine_now
                and self._may(row, self.held.get(chat, 0) - machine_now)
                and chat not in self.blocked
                and not any(
                    (other.claim.chat, other.claim.subject) == (chat, row.claim.subject)
                    and other.state in ("pending", "sending")
                    for other in earlier
                )
            ):
                self.claims += 1
                row.state, row.token, row.attempts = "sending", f"t{self.claims}", row.attempts + 1
                row.lease_until = machine_now + LEASE_MS
                found.append(
                    replace(
                        row.claim,
                        token=row.token,
                        address=self.addresses[chat],
                        attempts=row.attempts,
                        uncertain=row.uncertain,
                        payload=row.payloads[-1] if row.payloads else None,
                    )
                )
        return found

    def _may(self, row: Row, held_for: int) -> bool:
        return held_for <= 0 or (row.claim.lane is Lane.ALERT and held_for > ALERT_WAITS_MAX_MS)

    def keep_rendered(self, claim: Claim, payload: bytes) -> None:
        if row := self._held(claim):
            row.payloads.append(payload)

    def confirm(self, claim: Claim, message_id: MessageId | None, now: datetime) -> None:
        if row := self._held(claim):
            row.state, row.message_id, row.sent_at = "sent", message_id, now

    def retry(self, claim: Claim, at_machine: int, counted: bool, uncertain: bool, error: str) -> None:
        if row := self._held(claim):
            row.state, row.not_before, row.error = "pending", at_machine, error
            row.attempts -= not counted
            row.uncertain += uncertain

    def give_up(self, claim: Claim, state: str, error: str) -> None:
        if row := self._held(claim):
            row.state, row.error = state, error

    def hold_chat(self, chat: ChatId, until_machine: int) -> None:
        self.held[chat] = until_machine

    def block_chat(self, chat: ChatId) -> None:
        self.blocked.add(chat)
        for row in self.rows:
            if row.claim.chat == chat and row.state == "pending" and row.claim.lane is not Lane.ALERT:
                row.state = "cancelled"

    def unblock_chat(self, chat: ChatId) -> None:
        self.blocked.discard(chat)

    def refuses(self, chat: ChatId) -> bool:
        return chat in self.blocked

    def migrate_chat(self, chat: ChatId, address: int) -> None:
        self.addresses[chat] = address

    def forget_target(self, claim: Claim) -> None:
        if row := self._held(claim):
            gone = claim.act is Act.STRIP
            row.state = "cancelled" if gone else "pending"
            row.claim = replace(row.claim, act=row.claim.act if gone else Act.SEND, target=None)

    def _held(self, claim: Claim) -> Row | None:
        row = self.rows[claim.id - 1]
        return row if row.state == "sending" and row.token == claim.token else None
