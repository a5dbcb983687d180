"""Files as a clinic's admin has them in the data folder."""

from pathlib import Path


def put(folder: Path, path: str, text: str | bytes) -> Path:
    """A file of the clinic's own; bytes are left as they are."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file
