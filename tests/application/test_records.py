"""What patients see of their own record, at the real front desk, in the words that ship."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from followupbot.application import admins, records
from followupbot.domain import alerts
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByPatient, ByShell, ByStaff, Cause, Decision, FreeText
from followupbot.domain.delivery import Rendered
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInCompleted, QuestionAnswered
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import CarerId, CheckInId, PatientId, QuestionId, StaffId, TimingId
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.replies import NOT_NEW, Value
from followupbot.domain.tiers import Tier
from followupbot.protocol_files.sources import gather
from followupbot.rendering.html import strip, units
from followupbot.rendering.renderer import Renderer
from tests.application.test_red_words import PATIENT, programme, somebody
from tests.application.world import World
from tests.builders import NOW, V1, a_flag, a_plan, some_settings

CAPTION_UNITS_MAX = 1024
"""Telegram's limit for the words below a file (Bot API, sendDocument)."""

FIRST: dict[str, Value] = {"back_nrs": 6, "leg_nrs_l": 5, "leg_nrs_r": 0, "func_lift": "cannot"}


@cache
def renderer() -> Renderer:
    """The words that ship."""
    files = gather(Path("/nonexistent"))
    return Renderer(lambda _: files, lambda _: some_settings())


def only_patient(world: World) -> PatientId:
    """Whoever takes part."""
    (patient,) = world.store.charts
    return patient


def keep(world: World, facts: list[ChartFact], *texts: FreeText) -> None:
    """These things happened."""
    cause = Cause(f"made-up:{len(world.store.causes)}", ByShell("root"))
    world.store.transact(only_patient(world), cause, lambda _: Decision(tuple(facts), texts=texts))


def checked_in(number: int, at: datetime, said: dict[str, Value], *, form: tuple[str, ...] = ()) -> list[ChartFact]:
    """A check-in of that day, with what was said in it."""
    check_in, names = CheckInId(number), tuple(QuestionId(name) for name in (form or tuple(said)))
    asked = CheckInAsked(at, check_in, TimingId("six_weeks"), V1, names, at + timedelta(days=2))
    answers = [QuestionAnswered(at, check_in, QuestionId(name), value) for name, value in said.items()]
    return [asked, *answers, CheckInCompleted(at, check_in)]


def command(world: World, name: str) -> list[Rendered]:
    """What the patient gets for it."""
    decision = world.command(PATIENT, name)
    sent = [message for message in decision.outgoing if isinstance(message, OutgoingMessage)]
    return [renderer().render(V1, m.language, m.message, m.params, m.choices) for m in sent]


def text_of(rendered: Rendered) -> str:
    """What the file says, or, without one, the message."""
    return rendered.file.content.decode() if rendered.file else strip(rendered.html)


def with_two_check_ins(language: str) -> World:
    """Somebody who has told twice how it goes, nine weeks apart."""
    world = somebody(language)
    keep(world, checked_in(11, NOW, FIRST))
    keep(world, checked_in(12, NOW + timedelta(weeks=9), {**FIRST, "leg_nrs_l": 3, "func_lift": "hard"}))
    return world


@pytest.mark.parametrize(
    ("language", "leg", "lift"),
    [
        (
            "en",
            "Left leg pain, 0 to 10: 3 on 11 May 2026, was 5 on 9 March 2026",
            "Bending and carrying: Hard on 11 May 2026, was I cannot do it on 9 March 2026",
        ),
        (
            "es",
            "Dolor de pierna izquierda, de 0 a 10: 3 el 11 de mayo de 2026, antes 5 el 9 de marzo de 2026",
            "Agacharse y cargar: Me cuesta el 11 de mayo de 2026, antes No puedo hacerlo el 9 de marzo de 2026",
        ),
    ],
)
def test_progress_says_what_was_said_last_and_first(language: str, leg: str, lift: str) -> None:
    """In plain words with dates: no picture is needed to know how it has gone, and nothing is judged."""
    (shown,) = command(with_two_check_ins(language), "progress")
    assert leg in strip(shown.html)
    assert lift in strip(shown.html)
    assert "0" in strip(shown.html), "no pain at all is an answer too"


def test_the_picture_has_a_numbered_line_for_each_scale_that_was_answered_twice() -> None:
    """The words say the same as the picture, under the same numbers; what has no numbers is in the words alone."""
    (shown,) = command(with_two_check_ins("en"), "progress")
    assert shown.file is not None
    assert shown.file.picture
    lines = strip(shown.html).splitlines()
    assert [line.partition(":")[0] for line in lines if line[:2] in {"1.", "2.", "3.", "• "}] == [
        "1. Back pain, 0 to 10",
        "2. Left leg pain, 0 to 10",
        "3. Right leg pain, 0 to 10",
        "• Bending and carrying",
    ]


def test_there_is_no_picture_of_one_check_in() -> None:
    """A point is no line."""
    world = somebody("en")
    keep(world, checked_in(11, NOW, FIRST))
    (shown,) = command(world, "progress")
    assert shown.file is None
    assert "Back pain, 0 to 10: 6 on 9 March 2026" in strip(shown.html)
    assert "picture" not in strip(shown.html)


def test_progress_reads_further_back_than_a_chart_does() -> None:
    """A chart keeps six readings of a question; the first of twenty is still the first."""
    world = somebody("en")
    for n in range(20):
        keep(world, checked_in(11 + n, NOW + timedelta(weeks=n), {"back_nrs": 9 if n == 0 else 2}))
    (shown,) = command(world, "progress")
    assert "Back pain, 0 to 10: 2 on 20 July 2026, was 9 on 9 March 2026" in strip(shown.html)


def test_whoever_has_said_nothing_yet_is_told_so() -> None:
    """Not an empty list."""
    (shown,) = command(somebody("en"), "progress")
    assert "nothing to show yet" in strip(shown.html)


@pytest.mark.parametrize(
    ("tier", "figures"), [(Tier.EMERGENCY, False), (Tier.SAME_DAY, False), (Tier.THIS_WEEK, True), (Tier.ROUTINE, True)]
)
def test_no_figures_while_somebody_is_to_look_at_something_urgent(tier: Tier, figures: bool) -> None:
    """Whom to call comes first; numbers that look well could keep somebody at home."""
    world = with_two_check_ins("en")

    def raise_flag(chart: Chart) -> Decision:
        return alerts.raise_flag(chart, a_flag(tier), world.now)

    world.store.transact(only_patient(world), Cause("flag", ByShell("root")), raise_flag)
    (shown,) = command(world, "progress")
    assert ("was 5" in strip(shown.html)) is figures
    assert ("Your team looks first" in strip(shown.html)) is not figures


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_longest_progress_fits_below_a_picture(language: str) -> None:
    """Every question that is followed, the longest words that each may be answered with."""
    world = somebody(language)
    worst: dict[str, Value] = {"back_nrs": 10, "leg_nrs_l": 10, "leg_nrs_r": 10, "func_change": "much_worse"}
    worst |= {"func_exercise": "some", "func_lift": "hard", "walk_time": "ten_minutes_or_more"}
    keep(world, checked_in(11, NOW, worst))
    keep(world, checked_in(12, NOW + timedelta(weeks=9), worst))
    (shown,) = command(world, "progress")
    assert units(strip(shown.html)) <= CAPTION_UNITS_MAX


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_copy_is_a_text_and_the_same_for_machines(language: str) -> None:
    """Everything: plan, check-ins and answers in words, own words, what we sent; in the patient's language."""
    world = with_two_check_ins(language)
    keep(world, [NoteReceived(NOW, "n1")], FreeText("n1", "My <knee> & I"))
    text, data = (text_of(rendered) for rendered in command(world, "mydata"))
    words = {"en": ("Bending and carrying: ", "You wrote", "We wrote"), "es": ("No puedo", "Escribió", "Le escribimos")}
    assert "<b>" not in text
    for expected in (
        *words[language],
        "My <knee> & I",
        only_patient(world),
        {"en": "Berlin", "es": "Berlín"}[language],
    ):
        assert expected in text
    record = json.loads(data)
    assert record["patient"] == only_patient(world)
    assert record["notes"] == {"n1": "My <knee> & I"}
    said = [fact["value"] for fact in record["facts"] if fact["kind"] == "question_answered"]
    assert said.count("cannot") == 1
    assert len(record["facts"]) == len(world.store.facts[only_patient(world)])
    assert record["messages"]


def test_a_copy_has_both_answers_of_a_change_of_mind() -> None:
    """Changing an answer keeps both."""
    world = somebody("en")
    changed = checked_in(11, NOW, {"back_nrs": 8})
    changed.insert(2, QuestionAnswered(NOW, CheckInId(11), QuestionId("back_nrs"), 2))
    keep(world, changed)
    text = text_of(command(world, "mydata")[0])
    assert "An answer was changed. Before, it was:\n• Back pain, 0 to 10: 8" in text
    assert "Your answers:\n• Back pain, 0 to 10: 2" in text


def test_a_copy_shows_what_a_protocol_asks_no_more_by_its_name() -> None:
    """A question that was taken out years ago must not cost the patient the whole record."""
    world = somebody("en")
    keep(world, checked_in(11, NOW, {"of_old": "perhaps"}))
    assert "of_old: perhaps" in text_of(command(world, "mydata")[0])


def test_a_copy_names_no_staff_and_no_key() -> None:
    """Who pressed what at the clinic is staff's; a link's hash and the chat are keys to the record."""
    world = with_two_check_ins("en")
    patient = only_patient(world)
    link = admins.invite_staff(world.store, "dr_ito", programme().settings.ladder[0], ByShell("root"), world.now)
    world.start(77, link.token)
    member = world.store.the_clinic.staff[0]
    for name, decide in (
        ("raise", lambda chart: alerts.raise_flag(chart, a_flag(Tier.SAME_DAY), world.now)),
        ("take", lambda chart: alerts.take(chart, chart.alerts[-1].id, member, world.now)),
    ):
        world.store.transact(patient, Cause(name, ByShell("root")), decide)
    text, data = (text_of(rendered) for rendered in command(world, "mydata"))
    assert "to be looked at the same day" in text
    assert "Somebody at the clinic looked at it" in text
    for secret in (f'"{member.id}"', "dr_ito", "token_hash", world.store.charts[patient].enrolled.chat):
        assert str(secret) not in data + text


def test_each_look_is_in_the_access_log_and_others_get_nothing() -> None:
    """Denied by default: staff have pages of their own for that."""
    world = with_two_check_ins("en")
    patient = only_patient(world)
    command(world, "mydata")
    command(world, "progress")
    seen = [(view.action, view.subject, view.cause.by) for view in world.store.views]
    by = ByPatient(patient)
    assert seen == [("copy_own_record", patient, by), ("see_own_progress", patient, by)]
    for actor in (ByPatient(PatientId("OTHER")), ByStaff(StaffId("s1"))):
        cause = Cause(f"theirs:{actor}", actor)
        assert records.copy_own(world.store, patient, "", cause, NOW) == Decision()
    assert [refusal.action for refusal in world.store.refusals] == ["copy_own_record"] * 2
    assert len(world.store.views) == 2


def test_a_copy_can_be_had_by_whoever_is_still_on_the_way_in() -> None:
    """The right to it does not wait for a teach-back; how it goes does."""
    world = somebody("en")
    _, link = admins.invite_patient(world.store, replace(a_plan(), zone="UTC"), ByShell("root"), NOW)
    world.start(2, link.token)
    decision = world.command(2, "mydata")
    assert [m.message for m in decision.outgoing if isinstance(m, OutgoingMessage)] == [
        "replies/my_data",
        "replies/my_data_for_machines",
    ]
    assert "replies/progress_none" not in [
        m.message for m in world.command(2, "progress").outgoing if isinstance(m, OutgoingMessage)
    ]


@pytest.mark.parametrize(
    ("language", "helper_said", "leg", "none"),
    [
        ("en", "Helper 2 answered for you:", "Left leg pain, 0 to 10: 3", "None of these is new"),
        (
            "es",
            "El ayudante 2 respondió por usted:",
            "Dolor de pierna izquierda, de 0 a 10: 3",
            "Nada de esto es nuevo",
        ),
    ],
)
def test_a_copy_says_which_answers_a_helper_gave(language: str, helper_said: str, leg: str, none: str) -> None:
    """A screen that was done with by one press is one line; what the patient answered is in no helper's line."""
    world, helper = somebody(language), CarerId(2)
    asked, back, leg_pain, completed = checked_in(11, NOW, {"back_nrs": 4, "leg_nrs_l": 3})
    assert isinstance(leg_pain, QuestionAnswered)
    items = [
        QuestionAnswered(NOW + timedelta(minutes=1), CheckInId(11), QuestionId(item), NOT_NEW, carer=helper)
        for item in ("rf_foot", "rf_fever")
    ]
    keep(world, [asked, back, replace(leg_pain, carer=helper), *items, completed])
    text = text_of(command(world, "mydata")[0])
    assert f"{helper_said}\n• {leg}" in text
    assert text.count(helper_said) == 2
    assert none in text.rpartition(helper_said)[2]


@pytest.mark.parametrize(
    ("language", "own", "helpers", "by_phone", "entered"),
    [
        (
            "en",
            "You wrote: all is well",
            "Helper 2 wrote for you: she sleeps",
            "You said on the telephone, and someone at the clinic wrote it down: it hurts",
            "You said this on the telephone. Someone at the clinic wrote it down:\n• Left leg pain, 0 to 10: 3",
        ),
        (
            "es",
            "Escribió: all is well",
            "El ayudante 2 escribió por usted: she sleeps",
            "Usted dijo por teléfono, y alguien de la clínica lo anotó: it hurts",
            "Usted dijo esto por teléfono. Alguien de la clínica lo anotó:\n• Dolor de pierna izquierda, de 0 a 10: 3",
        ),
    ],
)
def test_a_copy_says_who_wrote_and_who_was_heard_on_the_telephone(
    language: str, own: str, helpers: str, by_phone: str, entered: str
) -> None:
    """Nothing stands there as the patient's that a helper wrote; which of the staff it was is the clinic's to know."""
    world = somebody(language)
    asked, back, leg_pain, completed = checked_in(11, NOW, {"back_nrs": 4, "leg_nrs_l": 3})
    assert isinstance(leg_pain, QuestionAnswered)
    texts = {"n1": "all is well", "n2": "she sleeps", "n3": "it hurts"}
    notes = [
        NoteReceived(NOW, "n1"),
        NoteReceived(NOW, "n2", carer=CarerId(2)),
        NoteReceived(NOW, "n3", entered_by="staff:s1"),
    ]
    kept = (FreeText(note, words) for note, words in texts.items())
    keep(world, [asked, back, replace(leg_pain, entered_by="staff:s1"), completed, *notes], *kept)
    text = text_of(command(world, "mydata")[0])
    for line in (own, helpers, by_phone, entered):
        assert line in text
    assert text.count("all is well") == text.count("she sleeps") == text.count("it hurts") == 1
    assert "s1" not in text
