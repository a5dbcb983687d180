"""Every word that ships, in every language, keeps the rules that `followupbot check` does not know.

What it does know is tested in `checking`: nothing that ships has a problem, and each rule broken is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import followupbot
from followupbot.application import carers
from followupbot.checking.check import NOWHERE, own_contracts
from followupbot.checking.language import read_limits
from followupbot.domain.ids import Language, MessageKey, Version
from followupbot.domain.lexicon import Lexicon
from followupbot.domain.params import WHOM
from followupbot.domain.params import Words as WordsOf
from followupbot.domain.prompts import OF_CARER
from followupbot.domain.spelling import plain
from followupbot.protocol_files.lexicon import LEXICON_FILE, read_lexicon
from followupbot.protocol_files.programme import read_files, read_programme
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.sources import gather
from followupbot.rendering import html
from followupbot.rendering.contracts import CONTRACTS, contract
from followupbot.rendering.contracts.terms import Contract
from followupbot.rendering.renderer import Edition, Renderer
from followupbot.rendering.words import Message, Words

FILES = gather(NOWHERE)
WORDS = Words(FILES)
PROGRAMME = read_programme(Version("shipped"), FILES)
OWN = own_contracts(read_files(FILES).protocols)
EDITION = Edition(WORDS, PROGRAMME.settings)
OWN_NUMBERS = Edition(WORDS, replace(PROGRAMME.settings, phone="+44 20 7946 0000", emergency_number="999"))
MESSAGES = list(WORDS)


def in_folder(folder: str) -> list[object]:
    """The messages of that folder, as parameters of a test."""
    return [pytest.param(message, id=message.file) for message in MESSAGES if message.key.startswith(folder)]


def agreed(message: Message) -> Contract:
    """The message's contract."""
    found = OWN.get(message.key) or contract(message.key)
    assert found is not None, f"{message.file} has no contract"
    return found


def lexicon(language: Language) -> Lexicon:
    """Words for a body and its troubles, in that language."""
    found = read_lexicon(Reading(LEXICON_FILE, FILES[f"messages/{language}/{LEXICON_FILE}"]))
    assert found is not None
    return found


def concerns(language: Language) -> set[str]:
    """Words for what a patient may be worried by, without those too short to mean anything."""
    folder = "alerts/concerns/"
    found = [message.body.text for key, message in WORDS.messages[language].items() if key.startswith(folder)]
    return {word for text in found for word in plain(text).split() if len(word) > 3}


def renderings(message: Message) -> Iterator[str]:
    """The message with everything that it may be given."""
    for edition in (EDITION, OWN_NUMBERS):
        for params in agreed(message).samples():
            yield edition.html(message.language, message.key, params)


@pytest.mark.parametrize("message", in_folder(""))
def test_every_message_renders_with_whatever_it_may_be_given(message: Message) -> None:
    """Every key, every language, every sample: nobody reads "None", and figures are natural, as "1 in 7" (issue 3)."""
    for text in renderings(message):
        assert not re.search(r"None|True|False|Instant|Undefined|\{\{|\}\}|\{%", text)
        assert "%" not in html.strip(text)
    for label in message.buttons:
        for params in agreed(message).samples():
            assert EDITION.label(message.language, message.key, label, params)


@pytest.mark.parametrize("key", CONTRACTS)
def test_every_contract_has_a_message_in_every_language(key: str) -> None:
    """And, by the test above, every message a contract."""
    for language, messages in WORDS.messages.items():
        folder = key.removesuffix("*")
        assert key in messages or (folder != key and any(name.startswith(folder) for name in messages)), language


@pytest.mark.parametrize("message", [*in_folder("check_ins/ready"), *in_folder("check_ins/reminder")])
def test_the_first_line_says_nothing_about_health(message: Message) -> None:
    """It stands on a lock screen."""
    for text in renderings(message):
        first = html.strip(text).splitlines()[0].replace(PROGRAMME.settings.name, "")
        assert not lexicon(message.language).themes(first), first
        assert not set(plain(first).split()) & concerns(message.language), first


@pytest.mark.parametrize("message", in_folder("cards/"))
def test_a_card_begins_with_what_to_do_and_has_no_link(message: Message) -> None:
    """In bold; nothing leads away from it (clinical.md 0.4, 6). Whom to call, and what else it says, `check` knows."""
    for text in renderings(message):
        assert text.startswith("<b>")
        assert "<a" not in text
        assert "http" not in text


STAFF_ONLY = {"alerts", "operator", "rules", "staff", "staff_commands"}


def test_whatever_patients_read_is_measured() -> None:
    """A folder that is in neither list would be read by patients and measured by nobody."""
    limits, _ = read_limits(FILES, WORDS.languages)
    folders = {key.partition("/")[0] for key in CONTRACTS} - STAFF_ONLY
    assert {language: set(found.folders) ^ folders for language, found in limits.items()} == {"en": set(), "es": set()}


def test_each_language_has_a_line_for_who_cannot_phone_and_who_travels() -> None:
    """Else `check` would look for nothing in its cards (clinical.md 0.16)."""
    limits, problems = read_limits(FILES, WORDS.languages)
    assert problems == []
    assert {language: len(found.cards_say) for language, found in limits.items()} == {"en": 2, "es": 2}


CONSENT_SAYS = {
    "en": {
        "who runs it": "runs this",
        "how often": "How often.",
        "for how long": "10 years",
        "who sees it": "sees them, in opening hours",
        "Telegram's copies": "Telegram keeps copies",
        "no encryption": "not end-to-end encrypted",
        "another way": "by phone or letter",
        "no emergency service": "not an emergency service",
        "a copy": "a copy of your answers",
        "mistakes": "put right",
        "deletion": "deleted",
        "time kept": "as long as the law says",
        "questions": "your data? ",
        "18": "18 or older",
        "stopping": "stop at any time. Your care stays the same.",
        "version": "Text version",
        "date": "2026",
    },
    "es": {
        "who runs it": "Esto lo lleva",
        "how often": "Cada cuánto.",
        "for how long": "10 años",
        "who sees it": "en horas de consulta",
        "Telegram's copies": "Telegram guarda copias",
        "no encryption": "no están cifrados",
        "another way": "por teléfono o por carta",
        "no emergency service": "no es un servicio de emergencias",
        "a copy": "una copia de sus respuestas",
        "mistakes": "se corrijan",
        "deletion": "se borren",
        "time kept": "por cuánto tiempo",
        "questions": "sus datos? ",
        "18": "18 años",
        "stopping": "dejarlo cuando quiera. Su atención sigue igual.",
        "version": "Versión",
        "date": "2026",
    },
}
BY_PHONE_NEEDS_NOT = {"Telegram's copies", "no encryption", "another way"}


@pytest.mark.parametrize("language", WORDS.languages)
def test_what_is_consented_to_is_said_whole(language: str) -> None:
    """Each item that clinical.md 6 lists for consent, on the screens and on the telephone."""

    def said(*names: str) -> str:
        params = {"years": 10}
        found = (EDITION.html(Language(language), MessageKey(f"consent/{name}"), params) for name in names)
        return html.strip(" ".join(found))

    screens, by_phone = said("read_1", "read_2", "ask"), said("by_phone")
    for item, words in CONSENT_SAYS[language].items():
        assert words in screens, item
        assert words in by_phone or item in BY_PHONE_NEEDS_NOT, item


@pytest.mark.parametrize("message", in_folder("cards/"))
def test_a_card_never_says_that_the_clinic_knows_when_it_does_not(message: Message) -> None:
    """What it says is another thing in each case, in every language."""
    if not agreed(message).params:
        return
    said = {
        (recorded, reached): EDITION.html(message.language, message.key, {"recorded": recorded, "reached": reached})
        for recorded in (True, False)
        for reached in (True, False)
    }
    assert said[False, True] == said[False, False]
    assert len(set(said.values())) == 3


@pytest.mark.parametrize("language", WORDS.languages)
def test_a_crisis_without_a_ladder_says_neither_that_the_clinic_knows_nor_that_it_could_not_be_reached(
    language: Language,
) -> None:
    """Beside it stands when somebody looks (clinical.md 0.14): either sentence would contradict that."""

    def card(reached: bool | None) -> str:
        return EDITION.html(language, MessageKey("cards/crisis"), {"recorded": True, "reached": reached})

    neither = set(card(None).splitlines())
    assert neither < set(card(True).splitlines())
    assert neither < set(card(False).splitlines())


def test_a_card_says_whether_the_answer_was_recorded_and_the_clinic_reached() -> None:
    """Nobody is told that the clinic knows when it does not."""

    def card(recorded: bool, reached: bool) -> str:
        key, params = MessageKey("cards/cauda_equina"), {"recorded": recorded, "reached": reached}
        return EDITION.html(PROGRAMME.settings.language, key, params)

    told, not_recorded, not_reached = "We have also told the clinic", "was not recorded", "could not reach the clinic"
    assert [part for part in (told, not_recorded, not_reached) if part in card(True, True)] == [told]
    assert [part for part in (told, not_recorded, not_reached) if part in card(True, False)] == [not_reached]
    assert [part for part in (told, not_recorded, not_reached) if part in card(False, True)] == [not_recorded]
    assert [part for part in (told, not_recorded, not_reached) if part in card(False, False)] == [not_recorded]


FOR_WHOEVER_HAS_IT = {f"alerts/{name}" for name in ("details", "rule", "rule_of_old", "trend", "confirm_baseline")}


@pytest.mark.parametrize(
    "message", [m for m in MESSAGES if m.key.startswith("alerts/")], ids=lambda message: message.file
)
def test_nothing_that_staff_are_sent_names_a_patient_but_by_code(message: Message) -> None:
    """Telegram keeps what we send (clinical.md 0.9): what was said is for whoever has the alert, and for them alone."""
    params = agreed(message).params
    when = {"due", "days", "reported", "again", "again_at", "at", "until", *(f"until_{n}" for n in range(1, 5))}
    staff = {"by", "to", "offered_to", *(f"name_{n}" for n in range(1, 7))}
    what = {"code", "tier", "concern", "others", "years", "about", "outcome", "reason", "held"}
    said = {"flags", "expected", "lines", "picture", "said", "rule", "version", "helpers", "entered_by"}
    assert params.keys() <= when | staff | what | (said if message.key in FOR_WHOEVER_HAS_IT else set())


def test_every_message_that_the_code_names_has_a_contract() -> None:
    """What is sent under a name that nobody agreed on has no words."""
    folders = "|".join(sorted({key.partition("/")[0] for key in CONTRACTS}))
    named = re.compile(rf'"((?:{folders})/[a-z_/]*[a-z])"')
    sources = Path(followupbot.__file__).parent
    found = {
        key
        for layer in ("domain", "application", "channels", "bootstrap")
        for file in (sources / layer).rglob("*.py")
        for key in named.findall(file.read_text("utf-8"))
    }
    assert len(found) > 20
    assert sorted(key for key in found if contract(key) is None) == []


def test_words_inside_words_go_no_deeper() -> None:
    """What is put into a message has no parameters of its own."""
    for found in CONTRACTS.values():
        for kind in found.params.values():
            for sample in kind.samples:
                if isinstance(sample, WordsOf):
                    inner = contract(sample.key)
                    assert inner is not None
                    assert inner.params == {}


GLUED = re.compile(r"^(?!\{%[^%]*%\}$).*\S.*%\}\n(?=[^\s{])", re.MULTILINE)
"""Words that end in a tag, and words below: the end of that line belongs to the tag, and nothing is between them."""

NO_PARAGRAPH = re.compile(r"^(?!\{%[^%]*%\}$).*\S.*(?<!\+)%\}\n(?=\n\S)", re.MULTILINE)
"""The same, and a paragraph below that stands as a mere line; `+%}` leaves the line its end."""


@pytest.mark.parametrize("file", [pytest.param(file, id=file) for file in FILES if file.endswith(".j2")])
def test_no_line_is_glued_to_the_one_above(file: str) -> None:
    assert GLUED.findall(FILES[file].decode()) == []
    if "/alerts/" not in file:  # an alert is read at one glance: its lines stand close on purpose
        assert NO_PARAGRAPH.findall(FILES[file].decode()) == []


# -- whose voice -------------------------------------------------------------------------------------------------------


def numbered(message: Message) -> list[str]:
    """The lines of a red-flag screen, without their numbers."""
    return re.findall(r"^[0-9]\. (.+)$", message.body.text, re.MULTILINE)


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message.file) for message in MESSAGES if message.key.endswith(OF_CARER)]
)
def test_who_helps_is_asked_in_the_patients_voice_too(message: Message) -> None:
    """ "I" and "you" are the patient in every question, as the line above it says; no screen has a voice of its own."""
    whole = WORDS.message(message.language, MessageKey(message.key.removesuffix(OF_CARER)))
    assert numbered(message)
    assert set(numbered(message)) <= set(numbered(whole))


@pytest.mark.parametrize("language", WORDS.languages)
def test_who_helps_is_told_whose_voice_a_question_has(language: Language) -> None:
    """Above each question, and where they are asked whether they help."""
    renderer = Renderer(lambda _: FILES, lambda _: PROGRAMME.settings)
    params = {"number": 1, "of": 8, "first": True, "since": None, WHOM: "M&G"}
    asked = renderer.render(Version("shipped"), language, MessageKey("questions/back_nrs"), params).html
    assert asked.count("M&amp;G") == 2  # who it is about, and who "you" and "I" are
    you = {"en": "“you”", "es": "«usted»"}[language]
    assert you in asked.split("\n")[0]
    assert you in EDITION.html(language, MessageKey("carers/ask"), {"initials": "MG"})


@pytest.mark.parametrize("language", WORDS.languages)
@pytest.mark.parametrize("only_chat", [False, True])
def test_who_helps_reads_of_no_command_that_is_not_theirs(language: Language, only_chat: bool) -> None:
    """What cannot be done is no help."""
    shown = EDITION.html(language, MessageKey("carers/help"), {"only_chat": only_chat})
    theirs = carers.ALWAYS | (carers.FOR_WHO_HAS_NO_CHAT if only_chat else frozenset())
    assert set(re.findall(r"^/([a-z]+)", shown, re.MULTILINE)) == theirs
