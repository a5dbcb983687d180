"""`followupbot init` publishes what it finds: the clinic's own files where there are some, and never broken ones."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, contents


def test_each_thing_that_was_made_is_a_line(terminal: Terminal) -> None:
    said = terminal("init")
    assert (said.code, said.err) == (0, "")
    assert [line.partition(":")[0] for line in said.out.splitlines()] == [
        "data folder",
        "master key",
        "settings of the clinic",
        "database",
        "programme published",
    ]
    assert terminal("check").code == 0
    assert terminal("verify").out == "1 chains, 1 facts, 0 seals.\nThe record is whole.\n"


@pytest.mark.parametrize(
    "words", [["init"], ["status"], ["verify"], ["staff", "list"], ["check"], ["doctor"]], ids=" ".join
)
def test_looking_changes_no_byte(words: list[str], clinic: Path, terminal: Terminal) -> None:
    """In no file; also where clinic.yaml has been edited since."""
    (clinic / "clinic.yaml").write_text("# ours\n" + (clinic / "clinic.yaml").read_text())
    before = contents(clinic)
    terminal(*words)
    assert contents(clinic) == before


def test_what_was_there_before_is_kept(clinic: Path, terminal: Terminal) -> None:
    """A folder that somebody made, and the clinic.yaml that they have written already."""
    other = terminal.folder / "other"
    other.mkdir()
    own = "# Ours.\n" + (clinic / "clinic.yaml").read_text()
    (other / "clinic.yaml").write_text(own)
    assert terminal("init", DATA="other").code == 0
    assert (other / "clinic.yaml").read_text() == own
    assert terminal("status", "--json", DATA="other").json()["files_differ"] is False


def test_own_files_that_are_broken_are_said_and_not_published(terminal: Terminal) -> None:
    """When they are mended, `init` goes on where it stopped."""
    data = terminal.folder / "data"
    card = data / "messages" / "en" / "cards" / "cauda_equina.j2"
    card.parent.mkdir(parents=True)
    card.write_text("<b>Go to hospital.</b>\n")
    (data / "clinic.yaml").write_text("name: [\n")
    said = terminal("init")
    assert said.code == 1
    assert "data/clinic.yaml:2:1: error: this is not YAML" in said.err
    assert "data/messages/en/cards/cauda_equina.j2:1:1: error:" in said.err
    assert said.err.endswith("Nothing is published yet. Mend the files, then run: followupbot init\n")
    assert terminal("status").err == "Nothing is published yet. Run: followupbot init\n"
    card.unlink()
    (data / "clinic.yaml").unlink()
    assert terminal("init").code == 0
    assert terminal("status").code == 0
