"""Reading ease is counted as the measures' authors counted it, near enough to tell plain from hard."""

import pytest

from followupbot.checking.ease import MEASURES, count, english_syllables, sentences, spanish_syllables

EN = {
    **{"back": 1, "time": 1, "takes": 1, "asked": 1, "needed": 2, "little": 2, "people": 2, "diary": 3, "period": 3},
    **{"being": 2, "clinic": 2, "emergency": 4, "operation": 4, "numbness": 2, "nurse": 1, "changes": 2, "weakness": 2},
}
ES = {
    **{
        "pie": 1,
        "día": 2,
        "ahora": 3,
        "que": 1,
        "guía": 2,
        "pingüino": 3,
        "oído": 3,
        "ciudad": 2,
        "poeta": 3,
        "muy": 1,
    },
    **{"operación": 4, "hormigueo": 4, "urgencias": 3, "yo": 1, "mayo": 2, "rehúsa": 3, "espalda": 3, "llame": 2},
}


@pytest.mark.parametrize(("word", "syllables"), EN.items())
def test_english_syllables(word: str, syllables: int) -> None:
    """As a dictionary parts them."""
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(("word", "syllables"), ES.items())
def test_spanish_syllables(word: str, syllables: int) -> None:
    """By the rules of hiatus and diphthong."""
    assert spanish_syllables(word) == syllables


def test_a_line_ends_a_sentence_and_a_number_is_one_word() -> None:
    """A heading without a full stop is read by itself."""
    counted = count("Call now\nIn 1 of 7 people it's so. Is it? Yes: go!", english_syllables)
    assert counted.sentences == (2, 7, 2, 1, 1)
    assert list(sentences("One.\n\n—\nTwo three")) == ["One.", "Two three"]


def test_flesch_kincaid_is_the_formula_of_1975() -> None:
    """10 words in 2 sentences, 13 syllables: 0.39 · 5 + 11.8 · 1.3 − 15.59."""
    counted = count("The nurse will call you. Please tell her about it.", english_syllables)
    assert (counted.words, len(counted.sentences), counted.syllables) == (10, 2, 11)
    assert MEASURES["flesch_kincaid"].of(counted) == pytest.approx(0.39 * 5 + 11.8 * 1.1 - 15.59)
    assert MEASURES["flesch_kincaid"].harder_is_more


def test_inflesz_is_the_formula_of_szigriszt() -> None:
    """206.835 − 62.3 · syllables a word − words a sentence; less is harder."""
    counted = count("La enfermera le llama. Diga cómo está.", spanish_syllables)
    assert (counted.words, len(counted.sentences), counted.syllables) == (7, 2, 14)
    assert MEASURES["inflesz"].of(counted) == pytest.approx(206.835 - 62.3 * 2 - 3.5)
    assert not MEASURES["inflesz"].harder_is_more


@pytest.mark.parametrize(
    ("measure", "plain", "hard"),
    [
        (
            "flesch_kincaid",
            "Call us if it gets worse. We will call you back the same day.",
            "Deterioration necessitates immediate communication with the multidisciplinary rehabilitation department.",
        ),
        (
            "inflesz",
            "Llame si va a peor. Le llamamos el mismo día.",
            "El empeoramiento sintomatológico requiere comunicación inmediata con el departamento multidisciplinar.",
        ),
    ],
)
def test_hard_words_in_a_long_sentence_read_harder(measure: str, plain: str, hard: str) -> None:
    """By far more than the limits that ship leave room for."""
    found = MEASURES[measure]
    easy, difficult = (found.of(count(text, found.syllables)) for text in (plain, hard))
    assert (difficult - easy if found.harder_is_more else easy - difficult) > 10
