"""The words that ship offer the gate to whoever says a red flag in words of their own; most say it as a negation."""

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from followupbot.checking.check import NOWHERE
from followupbot.domain.lexicon import Lexicon, Theme
from followupbot.protocol_files.lexicon import LEXICON_FILE, read_lexicon
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.sources import gather

FILES = gather(NOWHERE)
LANGUAGES = sorted(path.split("/")[1] for path in FILES if path.endswith(f"/{LEXICON_FILE}"))

ASSERTED = {
    "en": [
        "My bladder is full and it hurts",
        "I have wet myself twice",
        "My foot drags when I walk",
        "Both legs feel heavy",
        "There is pus at the scar",
        "I have a fever of 39",
        "Suddenly out of breath",
        "I fell down the stairs",
        "numb between my legs",
        "I am so sleepy on these tablets",
    ],
    "es": [
        "Tengo la vejiga llena y me duele",
        "Me he mojado dos veces",
        "Arrastro el pie al andar",
        "Tengo débiles las dos piernas",
        "Sale pus de la herida",
        "Tengo fiebre de 39",
        "De repente me falta el aire",
        "Me caí por la escalera",
        "Dormido entre las piernas",
        "Las pastillas me dan mucho sueño",
    ],
}
"""Red flags without a negation, in words that no list was made from."""

HARMLESS = {
    "en": ["Thank you", "ok", "See you on Monday", "How do I change the time of day?", "My back is a bit better today"],
    "es": ["Gracias", "vale", "Nos vemos el lunes", "¿Cómo cambio la hora?", "La espalda va un poco mejor hoy"],
}
"""Or everything would match, and the tests above would show nothing."""

CRISIS = {
    "en": ["I want to die", "i keep thinking of killing myself", "I can't go on"],
    "es": ["Quiero morirme", "pienso en quitarme la vida", "No puedo más"],
}

STOP = {"en": ["STOP", "Stop.", "unsubscribe"], "es": ["Baja", "stop", "No más mensajes"]}


@cache
def lexicon(language: str) -> Lexicon:
    """That language's, as it ships."""
    path = f"messages/{language}/{LEXICON_FILE}"
    found = read_lexicon(Reading(path, FILES[path]))
    assert found is not None
    return found


def sentences(language: str, name: str) -> list[str]:
    """The sentences beside this module."""
    text = (Path(__file__).parent / "negated" / f"{language}.yaml").read_text("utf-8")
    found: dict[str, list[str]] = YAML(typ="safe").load(text)
    return found[name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_forty_negated_red_flags_offer_the_gate(language: str) -> None:
    """Read as negations, all of them would be taken for "nothing is wrong" (clinical.md 0.8)."""
    negated = sentences(language, "negated")
    assert len(set(negated)) == 40
    assert [text for text in negated if Theme.GATE not in lexicon(language).themes(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_red_flags_that_are_said_outright_offer_it_too(language: str) -> None:
    assert [text for text in ASSERTED[language] if Theme.GATE not in lexicon(language).themes(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_everything_offers_it(language: str) -> None:
    """Who is offered it each time looks at it no more."""
    assert [text for text in HARMLESS[language] if Theme.GATE in lexicon(language).themes(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_despair_offer_the_button_for_them(language: str) -> None:
    """And nothing else does (clinical.md 0.14)."""
    assert [text for text in CRISIS[language] if Theme.CRISIS not in lexicon(language).themes(text)] == []
    others = [*HARMLESS[language], *ASSERTED[language], *sentences(language, "negated")]
    assert [text for text in others if Theme.CRISIS in lexicon(language).themes(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_dropped_for_a_sentence_with_stop_in_it(language: str) -> None:
    """It counts only as the whole message."""
    assert [text for text in sentences(language, "not_stop") if Theme.STOP in lexicon(language).themes(text)] == []
    assert [text for text in STOP[language] if Theme.STOP not in lexicon(language).themes(text)] == []
