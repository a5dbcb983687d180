"""The words that ship offer the gate to whoever says a red flag in words of their own; most say it as a negation."""

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from followupbot.checking.check import NOWHERE
from followupbot.domain.gates import Gate, GateItem
from followupbot.domain.ids import Concern, QuestionId
from followupbot.domain.lexicon import Lexicon, Theme
from followupbot.domain.questions import Scale
from followupbot.domain.replies import Answer, Read, Rejected, Typed
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


# -- numbers in words --------------------------------------------------------------------------------------------------

PAIN, ITEMS = QuestionId("pain"), tuple(QuestionId(name) for name in ("bladder", "bowel", "saddle"))
SCALE = Scale(PAIN)
GATE = Gate(QuestionId("gate"), tuple(GateItem(item, Concern("feeling")) for item in ITEMS))

MEANT = {
    "en": [
        ("zero", 0),
        ("Three", 3),
        ("ten out of ten", 10),
        ("7 out of 10", 7),
        ("7/10", 7),
        ("About 6", 6),
        ("my pain is a 4 today", 4),
        ("i would say seven, thanks", 7),
        ("it's 5.", 5),
        ("8 of 10", 8),
    ],
    "es": [
        ("cero", 0),
        ("Tres", 3),
        ("diez de diez", 10),
        ("7 sobre 10", 7),
        ("7/10", 7),
        ("más o menos 6", 6),
        ("alrededor de 6", 6),
        ("tengo un dolor de 4 hoy", 4),
        ("yo diría siete, gracias", 7),
        ("diría que siete, gracias", 7),
        ("un 5", 5),
        ("sobre 6", 6),
    ],
}
"""What people write for a point of a scale, and what it is."""

NOT_ONE = {
    "en": ["6 or 7", "six or seven", "between 5 and 6", "5-6", "6.5", "three to four", "twenty five"],
    "es": ["6 o 7", "seis o siete", "entre 5 y 6", "5-6", "6,5", "de tres a cuatro", "treinta y cinco"],
}

MORE_THAN_A_NUMBER = {
    "en": ["not 3", "less than 3", "more than 8", "3 at night", "no pain", "none", "three legs", "3 days", "better"],
    "es": ["no 3", "menos de 3", "más de 8", "3 de noche", "ningún dolor", "nada", "tres piernas", "3 días", "mejor"],
}


def _read(language: str, question: Scale | Gate, text: str) -> Read:
    return question.read(question.id, Typed(text, numbers=lexicon(language).numbers))


@pytest.mark.parametrize(("language", "text", "number"), [(key, *pair) for key in MEANT for pair in MEANT[key]])
def test_a_number_in_words_is_that_number(language: str, text: str, number: int) -> None:
    """Also where words stand beside it that change nothing."""
    assert _read(language, SCALE, text) == (Answer(PAIN, number),)


@pytest.mark.parametrize(("language", "text"), [(key, text) for key in NOT_ONE for text in NOT_ONE[key]])
def test_which_of_two_numbers_is_asked(language: str, text: str) -> None:
    """It is not guessed."""
    assert _read(language, SCALE, text) == Rejected("one_number")


@pytest.mark.parametrize(
    ("language", "text"), [(key, text) for key in MORE_THAN_A_NUMBER for text in MORE_THAN_A_NUMBER[key]]
)
def test_a_number_beside_words_that_may_change_it_is_no_answer(language: str, text: str) -> None:
    """People read it."""
    assert _read(language, SCALE, text) == Rejected("not_a_number")
    assert _read(language, GATE, text) == Rejected("gate_needs_a_button")


@pytest.mark.parametrize(
    ("language", "text", "items"),
    [
        ("en", "two", ["bowel"]),
        ("en", "number 3", ["saddle"]),
        ("en", "one and three", ["bladder", "saddle"]),
        ("en", "1 and 9", None),
        ("en", "zero", None),
        ("es", "dos", ["bowel"]),
        ("es", "el número 3", ["saddle"]),
        ("es", "uno y tres", ["bladder", "saddle"]),
        ("es", "cero", None),
    ],
)
def test_an_item_of_the_gate_named_by_a_word(language: str, text: str, items: list[str] | None) -> None:
    """It is new, as its number says; nothing typed denies one (clinical.md 0.4)."""
    expected = Rejected("gate_needs_a_button") if items is None else tuple(Answer(QuestionId(i), "new") for i in items)
    assert _read(language, GATE, text) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_whole_number_to_ten_has_a_word(language: str) -> None:
    """As many as a scale has points."""
    assert set(range(11)) <= set(lexicon(language).numbers.words.values())
