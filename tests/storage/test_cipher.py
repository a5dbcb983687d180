"""Ciphertext: opens with its key, in its place, unchanged; and in no other way."""

import pytest

from followupbot.storage.cipher import Cipher, Undecryptable

KEY = bytes(32)
PLACE = ("notes", "body_enc", "K7M2X/n1")


def test_what_was_encrypted_is_decrypted() -> None:
    """Bytes in, the same bytes out; never the same ciphertext twice."""
    cipher = Cipher(KEY)
    one, two = cipher.encrypt(b"words", *PLACE), cipher.encrypt(b"words", *PLACE)
    assert cipher.decrypt(one, *PLACE) == cipher.decrypt(two, *PLACE) == b"words"
    assert one != two
    assert b"words" not in one


@pytest.mark.parametrize(
    "place",
    [
        ("outbox", "body_enc", "K7M2X/n1"),
        ("notes", "raw_enc", "K7M2X/n1"),
        ("notes", "body_enc", "K7M2X/n2"),
        ("notes", "body_encK7M2X", "/n1"),
    ],
)
def test_moved_elsewhere_it_opens_nowhere(place: tuple[str, str, str]) -> None:
    """Another table, column or row; nor where the names run into each other differently."""
    cipher = Cipher(KEY)
    with pytest.raises(Undecryptable):
        cipher.decrypt(cipher.encrypt(b"words", *PLACE), *place)


def test_changed_or_with_another_key_it_does_not_open() -> None:
    """Every byte counts, the nonce's too; and what is too short to be anything is no crash."""
    cipher = Cipher(KEY)
    enciphered = cipher.encrypt(b"words", *PLACE)
    for at in range(len(enciphered)):
        changed = bytearray(enciphered)
        changed[at] ^= 1
        with pytest.raises(Undecryptable):
            cipher.decrypt(bytes(changed), *PLACE)
    with pytest.raises(Undecryptable):
        Cipher(bytes(31) + b"1").decrypt(enciphered, *PLACE)
    for length in (0, 5, 12, 20):
        with pytest.raises(Undecryptable):
            cipher.decrypt(enciphered[:length], *PLACE)
