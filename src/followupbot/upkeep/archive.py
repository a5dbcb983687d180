"""A file of encrypted parts: cut short, put in another order, or changed in one bit, it opens nowhere.

Each part is compressed and encrypted with a key made for this one file; its place, and whether it is the last, are
bound to it. So a file can be written and read piece by piece, however large it is.
"""

import os
import zlib
from collections.abc import Iterator
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"followupbot archive 1\n"
KEY_BYTES = 32
_SALT_BYTES = 16
_LENGTH_BYTES = 4

PART_BYTES_MAX = 64 * 2**20
"""A part that says it is longer is damaged; ours have a megabyte or two."""

_LEVEL = 1
"""Most of it is encrypted already and does not shrink; the rest shrinks enough."""

_MORE, _LAST = b"more", b"last"


class Unreadable(Exception):
    """This is no archive, or of another key, or damaged; the text says which."""


class Writer:
    """Parts go into an open file, one after another; the last is told apart."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        """The file begins here."""
        salt = os.urandom(_SALT_BYTES)
        file.write(MAGIC + salt)
        self._file = file
        self._aes = _cipher(key, salt)
        self._count = 0

    def write(self, part: bytes, *, last: bool = False) -> None:
        """The part stands behind those before it."""
        sealed = self._aes.encrypt(_nonce(self._count), zlib.compress(part, _LEVEL), _LAST if last else _MORE)
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._count += 1


def parts(file: IO[bytes], key: bytes) -> Iterator[bytes]:
    """Every part; raises `Unreadable` where one is not what was written, or the last is missing."""
    if file.read(len(MAGIC)) != MAGIC:
        raise Unreadable("this is no backup of followupbot")
    aes, count, last = _cipher(key, file.read(_SALT_BYTES)), 0, False
    while not last:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
        sealed = file.read(length) if 0 < length <= PART_BYTES_MAX else b""
        if not sealed or len(sealed) != length:
            raise Unreadable(f"it ends, or is damaged, after part {count}")
        part, last = _opened(aes, count, sealed)
        yield part
        count += 1
    if file.read(1):
        raise Unreadable("something stands behind its end")


def _opened(aes: AESGCM, count: int, sealed: bytes) -> tuple[bytes, bool]:
    for place in (_MORE, _LAST):
        try:
            return zlib.decompress(aes.decrypt(_nonce(count), sealed, place)), place == _LAST
        except InvalidTag:
            continue
    raise Unreadable("it was made with another backup key" if count == 0 else f"part {count + 1} is damaged")


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    assert len(key) == KEY_BYTES, f"a key has {KEY_BYTES} bytes"
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, MAGIC).derive(key))


def _nonce(count: int) -> bytes:
    """Never twice with the same key: each file has its own."""
    return count.to_bytes(12, "big")
