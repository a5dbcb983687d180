"""`followupbot preview`: the conversation that a patient would have, what the clinic would get, and no trace of it."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from followupbot.protocol_files.sources import shipped
from tests.cli.terminal import Said, Terminal, contents

Preview = Callable[..., Said]


@pytest.fixture
def preview(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Preview:
    """With these lines on standard input, which is no terminal. Whatever happens, nothing is written."""

    def run(*words: str, types: tuple[str, ...] = ()) -> Said:
        before = contents(terminal.folder)
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in types)))
        said = terminal("preview", *words)
        assert contents(terminal.folder) == before
        return said

    return run


def clinic_gets(said: Said) -> list[str]:
    """What stands below "For the clinic:", without what the alert looks like."""
    assert (said.code, said.err) == (0, "")
    lines = said.out.partition("For the clinic:\n")[2].splitlines()
    return [line for line in lines if not line.startswith("          | ")]


def shown(said: Said) -> str:
    """What stands on the patient's phone, in one line."""
    phone = [line[2:] for line in said.out.partition("For the clinic:")[0].splitlines() if line.startswith("|")]
    return " ".join(phone)


def test_a_red_flag_brings_the_card_at_once_and_pages_the_clinic(preview: Preview) -> None:
    """Card, the one question that follows it, then the flag with its reason, the alert and its page."""
    said = preview("lumbar_fusion", "--day", "42", types=("1", "1", "3"))
    assert said.out.startswith("lumbar_fusion, six_weeks, in en.")
    assert "Call 112 or your local emergency number or go to A&E now." in shown(said)
    assert "When did this start" in shown(said)
    assert clinic_gets(said) == [
        "flag      emergency: bladder_start_new (rf_bladder_start new)",
        "          New or worse: trouble starting to pee.",
        "alert     emergency: to be dealt with by 2020-04-13 09:05; paged at once",
        "card      cauda_equina",
    ]
    assert "[1] I will take this" in said.out.partition("For the clinic:")[2]


def test_who_says_something_urgent_and_goes_away_is_heard(preview: Preview) -> None:
    """A foot is weaker and how weak is never said: the patient's clock runs on, and that rule fires too."""
    said = preview("lumbar_fusion", "--day", "42", "--language", "es", types=("1", "9", "8", "1", "q"))
    assert "Nothing more is said." in said.out
    assert "Su control" in shown(said)
    flags = [line.partition(" (")[0] for line in clinic_gets(said) if line.startswith("flag")]
    assert flags == ["flag      same_day: foot_unsaid", "flag      this_week: foot_new"]
    assert any(line.startswith("re-check  after 7 days") for line in clinic_gets(said))


def test_who_never_begins_is_reminded(preview: Preview) -> None:
    """With no input at all; begun early, in its window, the check-in is not asked again on its own day."""
    said = preview("lumbar_fusion", "--day", "30")
    assert said.out.startswith("lumbar_fusion, six_weeks, in en.")
    assert shown(said).count("is ready") == 1
    assert shown(said).count("is still waiting") == 3


def test_a_timing_asks_at_its_own_hour(preview: Preview) -> None:
    """At eleven, and so it reminds at eleven, three days later."""
    assert "\n2020-04-05 11:00\n" in preview("houseplants", "--day", "31").out


def test_help_is_asked_after_until_it_is_there(preview: Preview) -> None:
    """Two hours after the card; "not yet" brings the card once more, and then it is asked again."""
    said = preview("lumbar_fusion", "--day", "42", types=("1", "1", "3", "2", "1"))
    assert "Nothing more is said." not in said.out
    assert shown(said).count("Are you getting help?") == 2
    assert shown(said).count("Call 112 or your local emergency number or go to A&E now.") == 2
    assert clinic_gets(said).count("card      cauda_equina") == 1


def test_without_a_day_it_begins_with_the_link(preview: Preview) -> None:
    """Screens, consent, plan, a teach-back with a wrong turn, practice and the first check-in."""
    said = preview("houseplants", types=("1", "1", "1", "1", "1", "2", "3"))
    assert said.out.startswith("houseplants, potted, in en.")
    order = ("Do you agree", "Is this right?", "What do you do?", "say this again", "only for practice", "2 minutes")
    assert [shown(said).find(words) for words in order] == sorted(shown(said).find(words) for words in order)
    assert all(words in shown(said) for words in order)
    assert clinic_gets(said) == ["flag      none: no rule has fired"]


def test_who_declines_is_asked_nothing(preview: Preview) -> None:
    """It ends by itself there."""
    said = preview("houseplants", types=("1", "1", "2", "1"))
    assert "> 1" not in said.out.partition("> 2")[2]
    assert "is ready" not in shown(said)


def test_words_do_what_they_do_in_the_bot(preview: Preview) -> None:
    """A button's words press it; a word of the list offers the gate, and pressing that asks it."""
    assert "2 of 6." in shown(preview("houseplants", "--day", "31", types=("1", "Moist")))
    assert "2 de 6." in shown(preview("houseplants", "--day", "31", "--language", "es", types=("1", "húmeda")))
    said = preview("lumbar_fusion", "--day", "42", types=("I am leaking", "a"))
    assert "[a] Something has changed: check now" in shown(said)
    assert "hard to start to pee" in shown(said)
    assert any(line.startswith("note ") for line in clinic_gets(said))


def test_a_button_that_is_no_answer_raises_its_flag(preview: Preview) -> None:
    """There is no rule that it could be named after."""
    said = preview("lumbar_fusion", "--day", "42", types=("I want to die", "a"))
    assert clinic_gets(said)[0] == "flag      same_day: harming_myself"
    assert "card      crisis" in clinic_gets(said)


def test_commands_are_typed_as_in_the_bot(preview: Preview) -> None:
    """Who stops hears nothing more; who is away is asked for how long; another language is spoken from then on."""
    stopped = preview("houseplants", "--day", "31", types=("1", "/stop"))
    assert "You will get no more check-ins." in shown(stopped)
    assert "still waiting" not in shown(stopped)
    assert "not finished" not in shown(stopped)
    assert "[a] 1 week" in shown(preview("houseplants", "--day", "31", types=("/pause",)))
    assert "1 de 6." in shown(preview("houseplants", "--day", "31", types=("/language es", "1")))


def test_what_the_patient_writes_may_hold_everything_back(preview: Preview) -> None:
    """Nobody reminds the family of somebody who has died, and the clock has nothing to wait for."""
    said = preview("houseplants", "--day", "31", types=("1", "my husband died", "q"))
    assert said.out.partition("Nothing more is said.")[2].startswith("\n\nFor the clinic:")
    assert clinic_gets(said)[-1] == "held      nothing more is sent until staff have read that"


@pytest.mark.parametrize(("leaves_before", "flagged"), [(None, False), (4, True)], ids=["no history", "history"])
def test_what_was_said_before_counts(
    leaves_before: int | None, flagged: bool, preview: Preview, terminal: Terminal
) -> None:
    """Four new leaves last time and none now; every other question type is answered on the way."""
    words = ["houseplants", "--day", "31"]
    if leaves_before is not None:
        file = terminal.folder / "before.yaml"
        file.write_text(f"history:\n  - {{at: 3 days, answers: {{plant_new_leaves: {leaves_before}}}}}\n")
        words += ["--history", str(file)]
    # Start, dry, half light, two of several and Done, a date, a number, no, a point of the scale.
    said = preview(*words, types=("1", "3", "2", "1", "2", "5", "2020-03-30", "0", "2", "5"))
    assert "☑" in said.out
    assert any("plant_grows_less" in line for line in clinic_gets(said)) is flagged
    assert "score     plant_thirst: 3" in clinic_gets(said)


def test_after_a_history_comes_what_the_clock_asks_next(preview: Preview, terminal: Terminal) -> None:
    """The re-check that the last occasion has planned."""
    wilts = "{at: 3 days, answers: {plant_soil: dry, plant_leaves: drooping, plant_watered_on: skip}}"
    (terminal.folder / "before.yaml").write_text(f"history:\n  - {wilts}\n")
    said = preview("houseplants", "--history", "before.yaml", types=("1", "2", "4"))
    assert said.out.startswith("houseplants, recheck, in en.")
    assert "day 5." in said.out
    assert clinic_gets(said)[0] == "flag      none: no rule has fired"


def test_the_clinics_own_file_goes_before_the_one_that_ships_and_a_named_file_before_both(
    clinic: Path, preview: Preview, terminal: Terminal
) -> None:
    """As it would be published."""
    ships = shipped("protocols/houseplants.yaml")
    assert ships is not None
    text = ships.read_text()
    own = clinic / "protocols" / "houseplants.yaml"
    own.parent.mkdir()
    own.write_text(text.replace("id: monthly", "id: of_the_clinic"))
    assert preview("houseplants", "--day", "31").out.startswith("houseplants, of_the_clinic, in en.")
    (terminal.folder / "houseplants.yaml").write_text(text.replace("id: monthly", "id: in_the_file"))
    assert preview("houseplants.yaml", "--day", "31").out.startswith("houseplants, in_the_file, in en.")


def test_back_leads_to_the_answer_before_and_keep_leaves_it(preview: Preview) -> None:
    """By a letter each, so that numbers stay answers."""
    said = preview("houseplants", "--day", "31", types=("1", "1", "2", "b", "k", "b", "3", "l"))
    assert shown(said).count("2 of 6.") == 3
    assert shown(said).count("3 of 6.") == 3
    assert "[b] ‹ Back  [k] Leave it as it is  [l] Later" in shown(said)
    assert "You can go on here until" in shown(said)


def test_when_the_last_answer_is_typed_its_question_is_over_and_can_be_changed(
    preview: Preview, terminal: Terminal
) -> None:
    """Its Skip button is gone with it; below what was said stands the way back."""
    ships = shipped("protocols/houseplants.yaml")
    assert ships is not None
    text = re.sub(
        r"(?m)^  look: .*$", "  look: [plant_soil, plant_light, plant_leaves, plant_new_leaves]", ships.read_text()
    )
    (terminal.folder / "typed_last.yaml").write_text(text)
    answers = ("1", "2", "2", "4", "5", "lots", "3")
    said = preview("typed_last.yaml", "--day", "31", types=(*answers, "s", "1", "4", "4"))
    assert "lots" in said.out
    assert "> s | We have kept your message." in " ".join(said.out.split())
    assert re.findall(r"New leaves: (\d)", shown(said)) == ["3", "3", "4"]  # said, on its button, said anew
    assert clinic_gets(said)[0] == "flag      none: no rule has fired"
    assert len([line for line in clinic_gets(said) if line.startswith("score")]) == 1


def test_errors_of_the_file_are_said_as_check_says_them(preview: Preview, terminal: Terminal) -> None:
    """Nobody talks to a programme that could not be published."""
    ships = shipped("protocols/houseplants.yaml")
    assert ships is not None
    broken = terminal.folder / "houseplants.yaml"
    broken.write_text(ships.read_text().replace("value: drooping", "value: droping"))
    checked, said = terminal("check", "houseplants.yaml"), preview("houseplants.yaml")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("houseplants.yaml:")
    assert 'did you mean "drooping"?' in said.err
    assert set(said.err.splitlines()) <= set(checked.err.splitlines())


def test_a_template_that_breaks_is_said_where_it_stands(clinic: Path, preview: Preview) -> None:
    """When the conversation comes to it; words that are only hard to read stop nobody."""
    words = clinic / "messages" / "en" / "questions"
    words.mkdir(parents=True)
    buttons = "---\ntitle: Soil\nbuttons:\n  wet: Wet\n  moist: Moist\n  dry: Dry\n---\n"
    (words / "plant_soil.j2").write_text(f"{buttons}{'How is the soil and ' * 40}?\n")
    assert preview("houseplants", "--day", "31", types=("1",)).code == 0
    (words / "plant_soil.j2").write_text(f"{buttons}How is {{{{ the_soil }}}}?\n")
    said = preview("houseplants", "--day", "31", types=("1",))
    assert said.code == 1
    assert said.err.startswith("data/messages/en/questions/plant_soil.j2:8:")
    assert "the_soil" in said.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("lumbar_fuson",), 2, "There is no care protocol 'lumbar_fuson'. Did you mean lumbar_fusion?"),
        (("lumbar_fuson.yaml",), 2, "There is no file lumbar_fuson.yaml."),
        (("protocols/houseplants.vignettes.yaml",), 2, "give the care protocol that they are about."),
        (("houseplants", "--language", "esp"), 2, "--language: there are no messages in 'esp'. Did you mean es?"),
        (("houseplants", "--history", "no.yaml"), 2, "--history: there is no file no.yaml."),
        (("houseplants", "--history", "before.yaml"), 1, "before.yaml:2:5: error: plant_soil can't be answered"),
        (("houseplants", "--history", "wrong.yaml"), 1, 'wrong.yaml:1:1: error: unknown key "histry"'),
        (
            ("houseplants", "--day", "31", "--history", "late.yaml"),
            1,
            "late.yaml: the history goes on to day 40, so day 31 is over by then",
        ),
        (
            ("lumbar_fusion", "--day", "500"),
            2,
            r"--day: nothing is asked on day 500\. The nearest: fifteen_months \(day 457, .+\) and eighteen_months \(",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_played_is_one_clear_message(
    words: tuple[str, ...], code: int, says: str, preview: Preview, terminal: Terminal
) -> None:
    """With what was meant, perhaps, and where it stands."""
    (terminal.folder / "before.yaml").write_text("history:\n  - {at: 3 days, answers: {plant_soil: damp}}\n")
    (terminal.folder / "wrong.yaml").write_text("histry:\n  - {at: 3 days}\n")
    (terminal.folder / "late.yaml").write_text("history:\n  - {at: 40 days}\n")
    said = preview(*words)
    assert (said.code, said.out) == (code, "")
    assert says in said.err or re.search(says, said.err), said.err
