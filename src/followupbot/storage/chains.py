"""One chain of facts for each aggregate: fact n bears a keyed MAC over fact n-1's MAC, its own header and its body.

Whoever can write the tables and has no key can neither change a fact, nor leave one out, nor move it. Only the end of
a chain can be cut off unseen; against that the clinic seals all heads, and the seal goes outside.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable

START = bytes(32)
"""What stands for the MAC before the first fact."""

_SUM_BYTES = 32


def mac(
    key: bytes, before: bytes, aggregate: str, n: int, at_ms: int, actor: str, cause: str, body_enc: bytes
) -> bytes:
    """The MAC of one fact, after the one before it."""
    header = json.dumps([aggregate, n, at_ms, actor, cause], separators=(",", ":")).encode()
    message = before + len(header).to_bytes(4, "big") + header + body_enc
    return hmac.digest(key, message, hashlib.sha256)


class Heads:
    """One digest over the heads of all chains. A head that moves on costs the same however many there are."""

    def __init__(self, key: bytes, heads: Iterable[tuple[str, int, bytes]] = ()) -> None:
        """`heads` are aggregate, number of the newest fact, and its MAC."""
        self._key = key
        self._sum = 0
        self._share: dict[str, int] = {}
        for aggregate, n, head in heads:
            self.move(aggregate, n, head)

    def move(self, aggregate: str, n: int, head: bytes) -> None:
        """That chain now ends there."""
        share = int.from_bytes(hmac.digest(self._key, f"{aggregate}\0{n}\0".encode() + head, hashlib.sha256), "big")
        self._sum += share - self._share.get(aggregate, 0)
        self._share[aggregate] = share

    @property
    def count(self) -> int:
        """How many chains there are."""
        return len(self._share)

    def digest(self, seq: int) -> str:
        """The digest, and the last fact that it covers: `<seq>-<hexadecimal>`."""
        return f"{seq}-{(self._sum % (1 << 8 * _SUM_BYTES)).to_bytes(_SUM_BYTES, 'big').hex()}"
