"""Where the files of a programme lie: the clinic's own over those that ship with the program."""

from pathlib import Path

import followupbot

CLINIC_FILE = "clinic.yaml"

PROTOCOLS = "protocols/"

PROTOCOL = ".yaml"

VIGNETTES = ".vignettes.yaml"
"""Histories beside a protocol, which `check` plays; they are published with it and are no protocol."""

WORDS_DATA = ("language.yaml", "lexicon.yaml")
"""Beside a language's messages: how its words are measured, and which words in free text offer the gate."""

_PACKAGE = Path(followupbot.__file__).parent
_CHECKOUT = _PACKAGE.parent.parent


def shipped(path: str) -> Path | None:
    """The file or folder of that name as it ships: in the installed package, else in the checkout; None if in neither.

    `protocols/…` and `messages/…` are copied into the package as `_protocols` and `_messages` when a wheel is built.
    """
    if path == CLINIC_FILE:
        return _PACKAGE / "protocol_files" / "clinic_template.yaml"
    for candidate in (_PACKAGE / f"_{path}", _CHECKOUT / path):
        if candidate.exists():
            return candidate
    return None


def gather(data: Path) -> dict[str, bytes]:
    """Every file of the programme by its path, the clinic's own in `data` taking the place of a shipped one."""
    files: dict[str, bytes] = {}
    for folder in ("protocols", "messages"):
        for root in (shipped(folder), data / folder):
            if root is not None:
                files |= _files(root, folder)
    clinic = data / CLINIC_FILE
    template = shipped(CLINIC_FILE)
    assert template is not None, "the template lies beside this module"
    files[CLINIC_FILE] = (clinic if clinic.is_file() else template).read_bytes()
    return dict(sorted(files.items()))


def own_files(data: Path) -> dict[str, bytes]:
    """The clinic's own files alone, those that nothing reads among them."""
    files = {
        path.relative_to(data).as_posix(): path.read_bytes()
        for folder in ("protocols", "messages")
        for path in sorted((data / folder).rglob("*"))
        if path.is_file() and not _hidden(path.relative_to(data)) and not beside(path)
    }
    clinic = data / CLINIC_FILE
    return files | ({CLINIC_FILE: clinic.read_bytes()} if clinic.is_file() else {})


def belongs(path: str) -> bool:
    """Whether a file of that path is part of a programme."""
    parts = path.split("/")
    if parts[0] == "protocols":
        return len(parts) == 2 and path.endswith(".yaml")
    if parts[0] == "messages" and len(parts) == 3 and parts[2] in WORDS_DATA:
        return True
    return path == CLINIC_FILE or (parts[0] == "messages" and len(parts) >= 3 and path.endswith(".j2"))


def is_protocol(path: str) -> bool:
    """Whether a file of that path is a care protocol, and not the vignettes beside one."""
    return path.startswith(PROTOCOLS) and not path.endswith(VIGNETTES)


def key_in(path: str) -> str:
    """The key of the care protocol that a file of that path is, or has vignettes of."""
    return path.removeprefix(PROTOCOLS).removesuffix(VIGNETTES if path.endswith(VIGNETTES) else PROTOCOL)


def beside(path: Path) -> bool:
    """Whether a file may lie among the others without being read: what editors leave, schemas, explanations."""
    return path.name.startswith(".") or path.name.endswith("~") or path.suffix in {".json", ".md"}


def _files(root: Path, folder: str) -> dict[str, bytes]:
    found = {}
    for path in root.rglob("*"):
        inside = path.relative_to(root)
        name = f"{folder}/{inside.as_posix()}"
        if path.is_file() and belongs(name) and not _hidden(inside):
            found[name] = path.read_bytes()
    return found


def _hidden(path: Path) -> bool:
    """Editors leave such files behind."""
    return any(part.startswith(".") for part in path.parts)
