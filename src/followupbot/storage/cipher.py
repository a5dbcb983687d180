"""AES-256-GCM, bound to the place where the ciphertext stands: moved to another row or column it opens nowhere."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class Undecryptable(Exception):
    """This ciphertext was not made with this key for this place, or was changed since."""


class Cipher:
    """One key."""

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes."""
        assert len(key) == KEY_BYTES, f"a key has {KEY_BYTES} bytes"
        self._aes = AESGCM(key)

    def encrypt(self, plain: bytes, table: str, column: str, row: str) -> bytes:
        """Nonce and ciphertext, to be stood in that place."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aes.encrypt(nonce, plain, _place(table, column, row))

    def decrypt(self, enciphered: bytes, table: str, column: str, row: str) -> bytes:
        """What was encrypted for that place. `Undecryptable` where it was not."""
        nonce, rest = enciphered[:NONCE_BYTES], enciphered[NONCE_BYTES:]
        try:
            return self._aes.decrypt(nonce, rest, _place(table, column, row))
        except (InvalidTag, ValueError) as error:  # ValueError: shorter than a nonce and a tag
            raise Undecryptable(f"{table}.{column}, row {row}") from error


def _place(table: str, column: str, row: str) -> bytes:
    return "\0".join((table, column, row)).encode()
