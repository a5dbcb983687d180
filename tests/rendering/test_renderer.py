"""A key, parameters and a language become what stands on the phone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from followupbot.application import ports
from followupbot.domain.clinic import ClinicSettings, OpeningHours, Role
from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.ids import AlertId, Language, MessageKey, PatientId, Version
from followupbot.domain.params import Day, Instant, Param, Said, Summary, Words
from followupbot.domain.presses import Choice, TakePress
from followupbot.rendering.renderer import Renderer, RenderingFailed
from followupbot.rendering.words import Words as AllWords

EN, ES, V1 = Language("en"), Language("es"), Version("1")
BARE = ClinicSettings("Hill & Side", OpeningHours("UTC", {0: (time(9), time(17))}), (Role.CLINICIAN,), EN)
PRESS = TakePress(PatientId("7F3K9"), AlertId(1))
FILES = {
    "messages/en/clinic/emergency_number.j2": "112 or your <b>local</b> number\n",
    "messages/es/clinic/emergency_number.j2": "el 112\n",
    "messages/en/x.j2": "{{ a }}\n",
    "messages/en/call.j2": "{{ clinic.name }}: {{ clinic.phone or 'your letter' }}, {{ clinic.emergency_number }}",
    "messages/en/first.j2": "{{ a|sentence }}",
    "messages/es/call.j2": "{{ clinic.emergency_number|sentence }}",
    "messages/en/due.j2": "{{ a|when }}",
    "messages/en/bold.j2": "<b>the</b> boss\n",
    "messages/en/boss.j2": "the <i>boss</i>\n",
    "messages/en/gap.j2": "One\n{% if a %}\n\nTwo\n\n{% endif %}\n\n\nThree\n\n",
    "messages/en/press.j2": "---\nbuttons:\n  take: I {{ a }} it &amp; go\n  a.new: 1 new\n---\nPress\n",
    "messages/en/broken.j2": "{% if %}",
    "messages/en/said.j2": "You said:\n\n{{ a }}",
    "messages/en/buttons/back.j2": "‹ Back",
    "messages/en/questions/pain.j2": "---\ntitle: Pain < 10\n---\nHow strong?",
    "messages/en/questions/legs.j2": "---\ntitle: Legs\nbuttons:\n  foot.new: 1 new\n  fall.new: 2 new\n---\n"
    "Any?\n\n1. My foot <i>drops</i> &amp; drags.\n\nCall.",
    "messages/en/questions/since.j2": "---\ntitle: Since\nbuttons:\n  skip: Skip\n---\nWhen?",
}


def renderer(settings: ClinicSettings = BARE) -> Renderer:
    """A renderer of these files, whatever the version."""
    files = {path: text.encode() for path, text in FILES.items()}
    return Renderer(lambda _: files, lambda _: settings)


def html(message: str, params: Mapping[str, Param] | None = None, language: Language = EN) -> str:
    """The message, rendered."""
    return renderer().render(V1, language, MessageKey(message), params or {}).html


def test_it_is_the_applications_renderer() -> None:
    """By shape; the type checker agrees."""
    port: ports.Renderer = renderer()
    assert port.render(V1, EN, MessageKey("x"), {"a": 1}) == Rendered("1")


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (Said(MessageKey("questions/pain"), (), 3), "Pain < 10: 3"),
        (Said(MessageKey("questions/since"), ("skip",)), "Since: Skip"),
        (Said(MessageKey("questions/since"), (), Day(date(2026, 3, 1))), "Since: 1 March 2026"),
        (Said(MessageKey("questions/legs"), ("foot.new",)), "Legs: new: My foot drops & drags."),
        (Said(MessageKey("questions/legs"), ("foot.new", "fall.new")), "Legs: new: My foot drops & drags.; 2 new"),
        (Said(MessageKey("questions/gone"), ("yes",)), "gone: yes"),
    ],
)
def test_a_button_bears_what_was_said_in_words(said: Said, label: str) -> None:
    """As a line of the summary, without mark-up; of a question that is gone since, its name."""
    choice = Choice("questions/pain", PRESS, said=said)
    rendered = renderer().render(V1, EN, MessageKey("x"), {"a": 1}, ((choice,),))
    assert rendered.buttons == ((Button(label, PRESS),),)


def test_what_somebody_wrote_is_never_taken_for_mark_up() -> None:
    """Names have ampersands."""
    assert html("x", {"a": "<b>&"}) == "&lt;b&gt;&amp;"


def test_words_of_another_message_are_put_in_place_with_their_mark_up() -> None:
    """Codes are never shown as such."""
    assert html("x", {"a": Words(MessageKey("boss"))}) == "the <i>boss</i>"


@pytest.mark.parametrize(
    ("a", "expected"),
    [
        (Words(MessageKey("boss")), "The <i>boss</i>"),
        (Words(MessageKey("bold")), "<b>The</b> boss"),
        ("élan", "Élan"),
        ("<b>", "&lt;b&gt;"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_letter(a: Param, expected: str) -> None:
    """Words stand inside sentences and at their beginning."""
    assert html("first", {"a": a}) == expected


def test_a_time_is_shown_on_its_own_wall_clock() -> None:
    """Staff read the clinic's, a patient theirs."""
    due = Instant(datetime(2026, 3, 16, 17, tzinfo=UTC), "Europe/Madrid")
    assert html("due", {"a": due}) == "Monday, 16 March 2026, 18:00"


def test_a_clinic_without_numbers_has_the_languages_own_words() -> None:
    """No number is invented."""
    assert html("call") == "Hill &amp; Side: your letter, 112 or your <b>local</b> number"
    assert html("call", language=ES) == "El 112"


def test_a_clinics_own_numbers_are_shown() -> None:
    """As they are written in its file."""
    own = replace(BARE, phone="0300 123", emergency_number="999")
    shown = renderer(own).render(V1, EN, MessageKey("call"), {}).html
    assert shown == "Hill &amp; Side: 0300 123, 999"


@pytest.mark.parametrize(("a", "expected"), [(True, "One\n\nTwo\n\nThree"), (False, "One\n\nThree")])
def test_branches_not_taken_leave_no_gap(a: bool, expected: str) -> None:
    """Never two empty lines, none at the ends."""
    assert html("gap", {"a": a}) == expected


def test_buttons_have_the_messages_own_words_and_numbers_stand_for_themselves() -> None:
    """A label is bare text: Telegram shows no mark-up on a button."""
    choices = [[Choice("take", PRESS), Choice("a.new", PRESS)], [Choice("0", PRESS), Choice("10", PRESS)]]
    rendered = renderer().render(V1, EN, MessageKey("press"), {"a": "<take>"}, choices)
    assert rendered.buttons == (
        (Button("I <take> it & go", PRESS), Button("1 new", PRESS)),
        (Button("0", PRESS), Button("10", PRESS)),
    )


@pytest.mark.parametrize(
    ("message", "language", "label"),
    [("nothing", EN, "take"), ("x", ES, "take"), ("x", Language("fr"), "take"), ("press", EN, "leave")],
)
def test_what_has_no_words_is_a_lookup_error(message: str, language: Language, label: str) -> None:
    """As the port says."""
    with pytest.raises(LookupError):
        renderer().render(V1, language, MessageKey(message), {"a": 1}, [[Choice(label, PRESS)]])


@pytest.mark.parametrize(("message", "params"), [("x", {}), ("x", {"a": None}), ("due", {"a": 1}), ("broken", {})])
def test_what_cannot_be_rendered_fails_as_a_whole(message: str, params: dict[str, Param]) -> None:
    """Half a message is never sent; the caller falls back to `alerts/fallback`."""
    with pytest.raises(RenderingFailed, match=f"en/{message}"):
        html(message, params)


def test_plain_text_has_no_mark_up_left() -> None:
    """For a channel that refused it."""
    rendered = Rendered("<b>A&amp;E</b>", ((Button("1", PRESS),),))
    assert renderer().plain(rendered) == Rendered("A&E", ((Button("1", PRESS),),), plain=True)
    assert renderer().plain(Rendered("a <b", plain=True)).html == "a <b"


def test_a_version_is_read_once() -> None:
    """An emergency card needs no database (clinical.md 0.5)."""
    reads: list[Version] = []

    def files_of(version: Version) -> Mapping[str, bytes]:
        reads.append(version)
        return {"messages/en/x.j2": b"{{ a }}", "messages/en/clinic/emergency_number.j2": b"112"}

    made = Renderer(files_of, lambda _: BARE)
    for _ in range(3):
        made.render(V1, EN, MessageKey("x"), {"a": 1})
    assert reads == [V1]


def test_what_was_said_is_a_list_in_the_words_of_the_buttons() -> None:
    """By each question's title; a number and a date as they are written; an item of a screen by its own line."""
    pain, legs, since = (MessageKey(f"questions/{name}") for name in ("pain", "legs", "since"))
    summary = Summary(
        (
            Said(pain, (), 3),
            Said(legs, ("foot.new", "fall.new")),
            Said(since, (), Day(date(2026, 3, 16))),
            Said(since, ("skip",)),
        )
    )
    assert html("said", {"a": summary}).splitlines() == [
        "You said:",
        "",
        "• Pain &lt; 10: <b>3</b>",
        "• Legs: <b>new: My foot drops &amp; drags.; 2 new</b>",
        "• Since: <b>16 March 2026</b>",
        "• Since: <b>Skip</b>",
    ]


def test_a_button_that_every_message_may_have_has_a_message_of_its_own() -> None:
    """Back stands below a hundred questions."""
    rendered = renderer().render(V1, EN, MessageKey("x"), {"a": 1}, ((Choice("buttons/back", PRESS),),))
    assert rendered.buttons == ((Button("‹ Back", PRESS),),)


def test_the_words_on_the_buttons_of_every_question_are_known() -> None:
    """Whoever types one of them has pressed it."""
    labels = AllWords({path: text.encode() for path, text in FILES.items()}).labels()
    assert labels[EN]["legs"] == {"foot.new": "1 new", "fall.new": "2 new"}  # type: ignore[index]
    assert labels[ES] == {}
