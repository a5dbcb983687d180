"""The code that people read and type."""

import pytest

from followupbot.domain.patient_code import ALPHABET, PAYLOAD_LENGTH, complete, nth, parse

CODES = [
    complete(ALPHABET[n % 31] + ALPHABET[n * 7 % 31] + ALPHABET[n * 11 % 31] + ALPHABET[n * n % 31]) for n in range(62)
]


def test_the_alphabet_has_a_prime_number_of_characters_none_of_which_looks_like_another() -> None:
    """0 and O, 1, I and L are left out; each stands there once."""
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set("01OIL") & set(ALPHABET)


def test_every_single_wrong_character_is_noticed() -> None:
    """At every place, whatever it is replaced by."""
    for code in CODES:
        for place in range(PAYLOAD_LENGTH + 1):
            wrong = [code[:place] + other + code[place + 1 :] for other in ALPHABET if other != code[place]]
            assert [parse(text) for text in wrong] == [None] * 30


def test_every_swap_of_two_neighbours_is_noticed() -> None:
    """Also of the last character and the check character."""
    for code in CODES:
        for place in range(PAYLOAD_LENGTH):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or parse(swapped) is None


@pytest.mark.parametrize("text", ["7f3k{}", " 7F3K{} ", "7F-3K {}", "7f3k-{}"])
def test_a_code_is_read_as_it_was_meant(text: str) -> None:
    """Whatever the case, blanks and dashes."""
    code = complete("7F3K")
    assert parse(text.format(code[-1])) == code


@pytest.mark.parametrize("text", ["", "7F3K", "7F3KAA", "0F3KA", "7F3K!", "ÄÖÜßA", "7F3K\n"])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    """Too short, too long, or with a character that no code has."""
    assert parse(text) is None


def test_every_made_up_patient_has_a_code_of_their_own() -> None:
    """Also beyond the first letter; and each is one that can be typed."""
    codes = [nth(number) for number in range(2000)]
    assert len(set(codes)) == 2000
    assert all(parse(code) == code for code in codes)
