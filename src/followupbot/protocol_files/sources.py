"""Where the files of a programme lie: the clinic's own over those that ship with the program."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import followupbot

CLINIC_FILE = "clinic.yaml"

PROTOCOLS = "protocols/"

PROTOCOL = ".yaml"

VIGNETTES = ".vignettes.yaml"
"""Histories beside a protocol, which `check` plays; they are published with it and are no protocol."""

WORDS_DATA = ("language.yaml", "lexicon.yaml")
"""Beside a language's messages: how its words are measured, and which words in free text offer the gate."""

FOLDERS = ("protocols", "messages")

NOT_READABLE = "this may not be read; give the user whom the program runs as the right to"

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
    """Every file of the programme by its path, the clinic's own in `data` taking the place of a shipped one.

    Of the clinic's own those that can't be read are left out: `obstacles` has them, and `check` tells of each.
    """
    files: dict[str, bytes] = {}
    for folder in FOLDERS:
        for root in (shipped(folder), data / folder):
            if root is not None:
                files |= _files(root, folder)
    clinic = data / CLINIC_FILE
    template = shipped(CLINIC_FILE)
    assert template is not None, "the template lies beside this module"
    files[CLINIC_FILE] = (clinic if _readable(clinic) else template).read_bytes()
    return dict(sorted(files.items()))


def with_shipped_messages(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, and of their languages each shipped message that they lack.

    After an update the program may send what there was not when they were published: better in the words that ship than
    in none, until the clinic publishes.
    """
    languages = {path.split("/")[1] for path in files if path.startswith("messages/")}
    root = shipped("messages")
    ship = {} if root is None else _files(root, "messages")
    behind = {
        path: content for path, content in ship.items() if path.endswith(".j2") and path.split("/")[1] in languages
    }
    return behind | dict(files)


def own_files(data: Path) -> dict[str, bytes]:
    """The clinic's own files alone, those that nothing reads among them. OSError where one can't be read."""
    return {name: (data / name).read_bytes() for name in own_paths(data)}


def own_paths(data: Path) -> tuple[str, ...]:
    """The same files, unread."""
    found = [path for path in _lying_in(data) if path.is_file()]
    clinic = data / CLINIC_FILE
    return tuple(path.relative_to(data).as_posix() for path in (*found, *([clinic] if clinic.is_file() else [])))


def obstacles(data: Path) -> dict[str, str]:
    """What lies where a file of the clinic's own is looked for and can't be read as one, by its path; and why."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        root = data / folder
        if os.path.lexists(root) and not root.is_dir():
            found[folder] = "expected a folder"
        elif root.is_dir() and not os.access(root, os.R_OK | os.X_OK):
            found[folder] = NOT_READABLE
    clinic = data / CLINIC_FILE
    for path in (*([clinic] if os.path.lexists(clinic) else ()), *_lying_in(data)):
        why = _obstacle(path, path.relative_to(data).as_posix())
        if why is not None:
            found[path.relative_to(data).as_posix()] = why
    return found


def _obstacle(path: Path, name: str) -> str | None:
    if path.is_symlink() and not path.exists():
        return "this link leads nowhere; put the file itself here"
    if path.is_dir():
        if path.is_symlink():
            return "a link to a folder is not followed; put the folder itself here"
        if belongs(name):
            return "this is a folder; expected a file"
        return None if os.access(path, os.R_OK | os.X_OK) else NOT_READABLE
    if not path.is_file():
        return "this is no file that can be read"
    return None if os.access(path, os.R_OK) else NOT_READABLE


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
        if belongs(name) and not _hidden(inside) and _readable(path):
            found[name] = path.read_bytes()
    return found


def _readable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK)


def _lying_in(data: Path) -> Iterator[Path]:
    """Everything in the clinic's folders but what may lie beside."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if not _hidden(path.relative_to(data)) and not beside(path):
                yield path


def _hidden(path: Path) -> bool:
    """Editors leave such files behind."""
    return any(part.startswith(".") for part in path.parts)
