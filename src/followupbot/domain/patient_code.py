"""The pseudonymous code that people read and type: four characters and a check character.

The alphabet leaves out what is mistaken for something else (0 and O, 1, I and L) and has a prime number of
characters, so that every single wrong character and every swap of two neighbours is noticed.
"""

from followupbot.domain.ids import PatientId

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PAYLOAD_LENGTH = 4


def complete(payload: str) -> PatientId:
    """The code whose first four characters these are."""
    assert len(payload) == PAYLOAD_LENGTH, payload
    return PatientId(payload + _check(payload))


def nth(number: int) -> PatientId:
    """The code of that number, for the made-up: each number below 31 to the fourth has its own."""
    places = [number // len(ALPHABET) ** place % len(ALPHABET) for place in range(PAYLOAD_LENGTH)]
    return complete("".join(ALPHABET[place] for place in reversed(places)))


def parse(text: str) -> PatientId | None:
    """The code as it was meant, whatever the case, blanks and dashes; None where it can't be one."""
    code = "".join(character for character in text.upper() if character not in " -")
    if len(code) != PAYLOAD_LENGTH + 1 or any(character not in ALPHABET for character in code):
        return None
    return PatientId(code) if _check(code[:PAYLOAD_LENGTH]) == code[-1] else None


def _check(payload: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(payload, start=2))
    return ALPHABET[total % len(ALPHABET)]
