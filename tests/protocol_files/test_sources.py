"""A clinic's own files take the place of those that ship, file by file."""

from pathlib import Path

from followupbot.protocol_files.sources import gather, own_files, shipped


def put(data: Path, path: str, text: str) -> None:
    """A file of the clinic's own."""
    (data / path).parent.mkdir(parents=True, exist_ok=True)
    (data / path).write_text(text)


def test_a_clinic_without_files_gets_everything_that_ships(tmp_path: Path) -> None:
    """Also where the data folder is not there yet."""
    files = gather(tmp_path / "not" / "there")
    assert {"clinic.yaml", "protocols/lumbar_fusion.yaml", "messages/en/consent/ask.j2"} <= files.keys()
    assert all(path == "clinic.yaml" or path.endswith((".yaml", ".j2")) for path in files)


def test_an_own_file_takes_the_place_of_the_shipped_one_alone(tmp_path: Path) -> None:
    """The rest stays as it ships, and what is new is added."""
    put(tmp_path, "clinic.yaml", "mine")
    put(tmp_path, "messages/en/roles/lead.j2", "the boss")
    put(tmp_path, "messages/es/roles/lead.j2", "jefe")
    files, before = gather(tmp_path), gather(tmp_path / "empty")
    changed = {path for path in files if files[path] != before.get(path)}
    assert changed == {"clinic.yaml", "messages/en/roles/lead.j2", "messages/es/roles/lead.j2"}
    assert files.keys() >= before.keys()


def test_what_editors_and_schemas_leave_behind_is_no_part_of_a_programme(tmp_path: Path) -> None:
    """Such a file would change the version without changing anything."""
    for path in ("protocols/.#x.yaml", "protocols/x.yaml~", "protocols/x.yml", "protocols/a/x.yaml", "messages/x.j2"):
        put(tmp_path, path, "x")
    assert gather(tmp_path) == gather(tmp_path / "empty")
    assert sorted(own_files(tmp_path)) == ["messages/x.j2", "protocols/a/x.yaml", "protocols/x.yml"]


def test_what_ships_is_found_in_the_checkout() -> None:
    """In a wheel it lies in the package; `make wheel` looks at that."""
    found = shipped("protocols/lumbar_fusion.yaml")
    assert found is not None
    assert found.is_file()
    assert shipped("protocols/nothing.yaml") is None
