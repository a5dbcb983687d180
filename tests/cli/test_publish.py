"""`followupbot check` and `publish`: broken files are refused with their place, and what works goes on working."""

from pathlib import Path

import pytest

from followupbot.application import admins
from followupbot.bootstrap.house import open_house
from followupbot.domain.decision import ByShell
from followupbot.domain.ids import Language, MessageKey
from followupbot.protocol_files.programme import to_publish
from followupbot.protocol_files.sources import gather
from followupbot.settings import load
from tests.cli.terminal import Terminal, contents, uses
from tests.files import put
from tests.process.telegram import Telegram

PROTOCOLS = Path(__file__).parents[2] / "protocols"
NOBODY_THERE = 1
"""What `status` exits with where nobody has joined yet."""

BROKEN = "years: 10\nquestions: [\n"


def version(terminal: Terminal) -> tuple[str, bool]:
    """What is published, and whether the files differ from it."""
    seen = terminal("status", "--json").json(NOBODY_THERE)
    return seen["published"], seen["files_differ"]


def test_nothing_is_wrong_with_a_new_clinic(clinic: Path, terminal: Terminal) -> None:
    said = terminal("check")
    assert (said.code, said.out, said.err) == (0, "Nothing is wrong.\n", "")
    said = terminal("publish")
    assert said.code == 0
    assert said.out.startswith("Nothing has changed since ")


@pytest.mark.parametrize(
    "broken",
    [
        {
            "protocols/mine.yaml": (BROKEN, "3:1: error: this is not YAML"),
            "clinic.yaml": ("name: [\n", "2:1: error: this is not YAML"),
        },
        {
            "clinic.yaml": ("nmae: Ours\nprotocols: [lumbar_fusoin]\n", "1:1: error: "),
            "messages/en/cards/cauda_equina.j2": ("<b>Go.</b>\n", "1:1: error: it does not show"),
            "messages/es/cards/cauda_equina.j2": ("Go.\n{{ clinic.phone }\n", "2:"),
        },
    ],
    ids=["not YAML", "keys, names and words"],
)
def test_what_is_broken_is_refused_with_file_line_and_column(
    broken: dict[str, tuple[str, str]], clinic: Path, terminal: Terminal
) -> None:
    """By `check` and by `publish` alike; the version that works goes on working."""
    published, _ = version(terminal)
    for path, (text, _) in broken.items():
        put(clinic, path, text)
    before = contents(clinic)
    checked, tried = terminal("check"), terminal("publish")
    assert (checked.code, checked.out) == (1, "")
    for path, (_, says) in broken.items():
        assert f"data/{path}:{says}" in checked.err
    assert (tried.code, tried.out, tried.err) == (1, "", checked.err)
    assert contents(clinic) == before
    assert version(terminal) == (published, True)


def test_what_is_published_is_what_was_checked(
    clinic: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody mends a file in between: what was read is refused, and not another file's bytes let through for it."""
    card = put(clinic, "messages/en/cards/cauda_equina.j2", "<b>Go.</b>\n")

    def gather_and_mend(data: Path) -> dict[str, bytes]:
        files = gather(data)
        card.unlink()
        return files

    published, _ = version(terminal)
    monkeypatch.setattr("followupbot.protocol_files.sources.gather", gather_and_mend)
    said = terminal("publish")
    assert said.code == 1
    assert "messages/en/cards/cauda_equina.j2:1:1: error: it does not show" in said.err
    assert version(terminal) == (published, False)


def test_a_protocol_that_is_not_there_is_named_with_its_place(clinic: Path, terminal: Terminal) -> None:
    """And what was meant, perhaps."""
    uses(clinic, "lumbar_fusoin", "houseplants")
    line = (clinic / "clinic.yaml").read_text().splitlines().index("protocols: [lumbar_fusoin, houseplants]") + 1
    said = terminal("check")
    assert said.code == 1
    missing = 'error: there is no care protocol "lumbar_fusoin"; did you mean "lumbar_fusion"?'
    assert said.err == f"data/clinic.yaml:{line}:13: {missing}\n"


def test_an_own_protocol_that_is_not_named_is_not_published(clinic: Path, terminal: Terminal) -> None:
    """Somebody may think that it works, so `check` warns; named in clinic.yaml it is published."""
    file = put(clinic, "protocols/balcony_plants.yaml", (PROTOCOLS / "houseplants.yaml").read_text())
    said = terminal("check")
    assert said.code == 0
    warning = "warning: not used: add it to protocols in clinic.yaml"
    assert said.err == f"{file.relative_to(terminal.folder)}:1:1: {warning}\n"
    assert terminal("publish").out.startswith("Nothing has changed since ")
    uses(clinic, "lumbar_fusion", "balcony_plants")
    assert terminal("publish").out.startswith("Published as ")
    assert terminal("status", "--json").json(NOBODY_THERE)["not_approved"] == ["balcony_plants", "lumbar_fusion"]


def test_a_protocol_that_patients_are_on_is_not_taken_away(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """Nobody could be asked anything; one that nobody is on goes."""
    uses(clinic, "lumbar_fusion", "houseplants")
    assert terminal("publish").code == 0
    published, _ = version(terminal)
    plan = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]
    for _ in range(2):
        assert terminal("invite", "patient", *plan, "--protocol", "lumbar_fusion").code == 0
    file = clinic / "clinic.yaml"
    both = file.read_text()
    file.write_text(both.replace("[lumbar_fusion, houseplants]", "[houseplants]"))
    said = terminal("publish")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "Not published: patients are on care protocols that would be gone: lumbar_fusion (2 patients).\n"
        "Keep them in data/clinic.yaml below protocols.\n"
    )
    assert version(terminal) == (published, True)
    file.write_text(both.replace("[lumbar_fusion, houseplants]", "[lumbar_fusion]"))
    assert terminal("publish").code == 0


def test_what_is_whole_is_published(clinic: Path, terminal: Terminal) -> None:
    """Under a new version, once."""
    published, differ = version(terminal)
    assert not differ
    file = clinic / "clinic.yaml"
    file.write_text(file.read_text().replace("Your spine clinic", "Our clinic"))
    assert version(terminal) == (published, True)
    said = terminal("publish")
    now, differ = version(terminal)
    assert (said.code, said.out) == (0, f"Published as {now[:12]}.\n")
    assert now != published
    assert not differ
    assert terminal("publish").out == f"Nothing has changed since {now[:12]}.\n"


def test_one_file_alone_can_be_checked(clinic: Path, terminal: Terminal) -> None:
    """Wherever it lies; the clinic's other files do not matter to it."""
    put(clinic, "clinic.yaml", "name: [\n")
    draft = put(terminal.folder, "drafts/mine.yaml", BROKEN)
    said = terminal("check", str(draft))
    assert said.code == 1
    assert said.err.startswith(f"{draft}:3:1: error: this is not YAML")
    assert str(clinic.name) not in said.err


def test_a_file_that_is_not_there_is_no_file_without_mistakes(terminal: Terminal) -> None:
    said = terminal("check", "protocols/mine.yaml", "clinic.yml")
    assert (said.code, said.out, said.err) == (2, "", "There is no protocols/mine.yaml, no clinic.yml.\n")


def test_without_a_data_folder_it_says_what_it_looked_at(terminal: Terminal) -> None:
    """A wrong FOLLOWUPBOT_DATA is not taken for files in order."""
    said = terminal("check", DATA="nowhere")
    assert (said.code, said.out) == (0, "Nothing is wrong.\n")
    assert said.err == "There is no data folder nowhere: only the files that ship were looked at.\n"


def test_after_an_update_what_was_not_there_to_publish_goes_in_the_words_that_ship(clinic: Path) -> None:
    """Only what is missing, and only in the clinic's languages."""
    new, own = "messages/en/check_ins/over.j2", "messages/en/check_ins/unchanged.j2"
    older = to_publish(clinic)
    expected = older.pop(new)
    older = {path: content for path, content in older.items() if not path.startswith("messages/es/")}
    older[own] = b"Our own words."
    with open_house(load()) as opened:
        version, _ = admins.publish(opened.store, older, ByShell("tests"), opened.clock.now())
        words = opened.renderer.edition(version).words
        assert words.message(Language("en"), MessageKey("check_ins/over")).body.text.strip() in expected.decode()
        assert words.message(Language("en"), MessageKey("check_ins/unchanged")).body.text.strip() == "Our own words."
        assert words.languages == ("en",)
