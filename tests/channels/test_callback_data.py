"""What a button says is read back as it was written, in 64 bytes, and nothing else is read at all."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followupbot.channels.telegram.callback_data import CALLBACK_DATA_BYTES_MAX, NAME_CHARS_MAX, decode, encode
from followupbot.domain.ids import AlertId, CardId, CheckInId, Language, PatientId, QuestionId, StaffId, TopicId
from followupbot.domain.presses import (
    AlertPress,
    AnswerPress,
    BackPress,
    ChangePlanPress,
    ChangePress,
    CheckNowPress,
    CommandPress,
    ConfirmPlanPress,
    ConsentPress,
    CrisisPress,
    DetailsPress,
    EndExpectedPress,
    ExpectPress,
    HandOverPress,
    HelpPress,
    LaterPress,
    NextPress,
    PracticePress,
    Press,
    ResolvePress,
    SaidPress,
    StaffCommandPress,
    StartPress,
    TakePress,
    TeachBackPress,
    TopicPress,
    YearlyPress,
)

P = PatientId("K7M2X")

names = st.text(string.ascii_lowercase + string.digits + "_-", min_size=1, max_size=NAME_CHARS_MAX)
patients = st.text(string.ascii_uppercase + string.digits, min_size=5, max_size=5).map(PatientId)
numbers = st.integers(0, 999)
cards = st.one_of(
    st.just((None, None)), st.tuples(names.map(CardId), st.sampled_from(["en", "es", "pt_br"]).map(Language))
)
values = st.text(string.ascii_lowercase + string.digits + "_", min_size=1, max_size=9)
presses: st.SearchStrategy[Press] = st.one_of(
    st.builds(ConsentPress, patients, st.booleans()),
    st.builds(StartPress, patients, numbers.map(CheckInId)),
    st.builds(
        lambda patient, number, question, value, card: AnswerPress(patient, number, question, value, *card),
        patients,
        numbers.map(CheckInId),
        names.map(QuestionId),
        values,
        cards,
    ),
    st.builds(
        lambda patient, number, getting, card: HelpPress(patient, number, getting, *card),
        patients,
        numbers.map(AlertId),
        st.booleans(),
        cards,
    ),
    st.builds(CrisisPress, patients, names.map(CardId), st.sampled_from(["en", "es"]).map(Language)),
    st.builds(CheckNowPress, patients),
    st.builds(TopicPress, patients, names.map(TopicId), st.booleans()),
    st.builds(NextPress, patients, numbers),
    st.builds(ConfirmPlanPress, patients),
    st.builds(ChangePlanPress, patients, names, st.none() | names),
    st.builds(TeachBackPress, patients, names),
    st.builds(PracticePress, patients, names),
    st.builds(YearlyPress, patients, names, values),
    st.builds(ChangePress, patients, numbers.map(CheckInId), st.none() | names.map(QuestionId), numbers),
    st.builds(SaidPress, patients, numbers.map(CheckInId)),
    st.builds(BackPress, patients, numbers.map(CheckInId), st.none() | names.map(QuestionId)),
    st.builds(LaterPress, patients, numbers.map(CheckInId)),
    st.builds(CommandPress, patients, names, st.from_regex(r"[A-Za-z0-9:/_+-]{0,30}", fullmatch=True)),
    st.builds(StaffCommandPress, names, st.from_regex(r"[A-Z0-9:_-]{0,12}( [a-z0-9_-]{1,8}){0,2}", fullmatch=True)),
    st.builds(TakePress, patients, numbers.map(AlertId)),
    st.builds(ResolvePress, patients, numbers.map(AlertId), names, st.booleans()),
    st.builds(AlertPress, patients, numbers.map(AlertId), st.booleans()),
    st.builds(DetailsPress, patients, numbers.map(AlertId)),
    st.builds(HandOverPress, patients, numbers.map(AlertId), st.none() | names.map(StaffId), numbers),
    st.builds(ExpectPress, patients, numbers.map(AlertId), st.none() | names, st.none() | numbers),
    st.builds(EndExpectedPress, patients),
)


@given(presses)
@example(
    AnswerPress(P, CheckInId(999), QuestionId("q" * 24), "as_before", CardId("c" * 24), Language("pt_br")),
)
@example(AnswerPress(P, CheckInId(0), QuestionId("_"), "0", CardId("-"), None))
def test_a_press_is_read_back_as_it_was_written(press: Press) -> None:
    """Names of 24 characters, a value of 9 and a language of 5 fit, whatever they are."""
    data = encode(press)
    assert decode(data) == press
    assert 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES_MAX
    assert data.isprintable()


@pytest.mark.parametrize(
    ("press", "data"),
    [
        (NextPress(P, 2), "1nK7M2X.2"),
        (ConfirmPlanPress(P), "1yK7M2X."),
        (ChangePlanPress(P, "zone"), "1gK7M2X.zone"),
        (ChangePlanPress(P, "hour", "14"), "1gK7M2X.hour.14"),
        (TeachBackPress(P, "call"), "1bK7M2X.call"),
        (PracticePress(P, "tea"), "1pK7M2X.tea"),
        (YearlyPress(P, "born", "1958"), "1wK7M2X.born.1958"),
        (BackPress(P, CheckInId(3), QuestionId("pain")), "1kK7M2X.3.pain"),
        (BackPress(P, CheckInId(3)), "1kK7M2X.3"),
        (ChangePress(P, CheckInId(3)), "1oK7M2X.3..0"),
        (ChangePress(P, CheckInId(3), None, 8), "1oK7M2X.3..8"),
        (ChangePress(P, CheckInId(3), QuestionId("pain")), "1oK7M2X.3.pain.0"),
        (SaidPress(P, CheckInId(3)), "1iK7M2X.3"),
        (LaterPress(P, CheckInId(3)), "1lK7M2X.3"),
        (ConsentPress(P, True), "1cK7M2X.1"),
        (StartPress(P, CheckInId(3)), "1sK7M2X.3"),
        (AnswerPress(P, CheckInId(3), QuestionId("pain"), "7"), "1aK7M2X.3.pain.7"),
        (
            AnswerPress(P, CheckInId(3), QuestionId("bladder"), "new", CardId("cauda_equina"), Language("en")),
            "1aK7M2X.3.bladder.new.cauda_equina.en",
        ),
        (StaffCommandPress("review", "K7M2X read 12"), "1z-.review.K7M2X/read/12"),
        (CommandPress(P, "resume"), "1mK7M2X.resume."),
        (CommandPress(P, "time", "9:00"), "1mK7M2X.time.9:00"),
        (CommandPress(P, "zone", "America/New_York"), "1mK7M2X.zone.America/New_York"),
        (TakePress(P, AlertId(1)), "1tK7M2X.1"),
        (ResolvePress(P, AlertId(1), "called"), "1rK7M2X.1.called"),
        (ResolvePress(P, AlertId(1), "baseline_confirmed", sure=True), "1rK7M2X.1.baseline_confirmed.1"),
        (AlertPress(P, AlertId(1)), "1AK7M2X.1"),
        (AlertPress(P, AlertId(1), below=True), "1AK7M2X.1.1"),
        (DetailsPress(P, AlertId(1)), "1DK7M2X.1"),
        (HandOverPress(P, AlertId(1)), "1HK7M2X.1..0"),
        (HandOverPress(P, AlertId(1), StaffId("s12")), "1HK7M2X.1.s12.0"),
        (ExpectPress(P, AlertId(1)), "1EK7M2X.1.."),
        (ExpectPress(P, AlertId(1), "healing", 28), "1EK7M2X.1.healing.28"),
        (EndExpectedPress(P), "1XK7M2X."),
        (
            AnswerPress(P, CheckInId(12), QuestionId("q" * 24), "new", CardId("c" * 24), Language("en")),
            '2aK7M2X.8g55:7dG\\F]XJGSY;_7_K>%A>g/fs`"k+N$RFL#=*@dp>{{\\',
        ),
    ],
)
def test_released_buttons_are_read_for_ever(press: Press, data: str) -> None:
    """They stand in people's chats for months: a form that was once released never changes."""
    assert encode(press) == data
    assert decode(data) == press


@given(st.text(max_size=80))
def test_arbitrary_text_is_never_an_error(text: str) -> None:
    """Whatever comes back, it is a press that we could have written, or nothing."""
    press = decode(text)
    assert press is None or encode(press) == text


@given(presses, st.data())
def test_one_changed_character_is_another_press_or_none(press: Press, data: st.DataObject) -> None:
    """Nothing is read in two ways."""
    written = encode(press)
    at = data.draw(st.integers(0, len(written) - 1))
    letter = data.draw(st.characters(min_codepoint=1, max_codepoint=0x2000))
    changed = written[:at] + letter + written[at + 1 :]
    read = decode(changed)
    assert changed == written or read is None or (read != press and encode(read) == changed)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1",
        "1c",
        "1cK7M2X",
        "1cK7M2X.2",
        "0cK7M2X.1",
        "1xK7M2X.1",
        "1sK7M2X.03",
        "1sK7M2X.٣",
        "1sK7M2X.-3",
        "1sK7M2X.1234567890",
        "1aK7M2X.3.pain",
        "1aK7M2X.3.pain.7.",
        "1aK7M2X.3.pain.7..",
        "1aK7M2X.3.Pain.7",
        "1aK7M2X.3." + "q" * 25 + ".7",
        "1aK7M2X.3.pain.7\n",
        "2cK7M2X.1",
        "1c" + "K" * 13 + ".1",
        "1cK7M2X.1" + " " * 60,
    ],
)
def test_what_we_never_wrote_is_nothing(data: str) -> None:
    """A button of a program before ours, a forged one, half of one."""
    assert decode(data) is None


@pytest.mark.parametrize(
    "press",
    [
        AnswerPress(P, CheckInId(3), QuestionId("q" * 25), "7"),
        AnswerPress(P, CheckInId(3), QuestionId("pain.in.leg"), "7"),
        AnswerPress(P, CheckInId(3), QuestionId("dolor_lumbar_año"), "7"),
        AnswerPress(P, CheckInId(3), QuestionId("q" * 24), "v" * 24, CardId("c" * 24), Language("en")),
        StartPress(PatientId(""), CheckInId(3)),
        StartPress(P, CheckInId(-1)),
    ],
)
def test_what_fits_no_button_is_refused_when_it_is_written(press: Press) -> None:
    """Rather than a button that does nothing when it is pressed."""
    with pytest.raises(ValueError, match="no button bears"):
        encode(press)
