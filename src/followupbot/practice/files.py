"""Files that were sent: their bytes, names and, for pictures, their sides."""

import hashlib
import itertools
import struct
from dataclasses import dataclass

from followupbot.practice.limits import (
    FILES_BYTES_MAX,
    PHOTO_BYTES_MAX,
    PHOTO_RATIO_MAX,
    PHOTO_SIDES_SUM_MAX,
    UPLOAD_BYTES_MAX,
)
from followupbot.practice.refusals import Json, Refused, bad_request

_PNG = b"\x89PNG\r\n\x1a\n"
# JPEG's markers that carry the picture's sides: every start of frame but the three that are tables.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class StoredFile:
    """One file as Telegram would keep it; `width` and `height` are 0 for what is no picture."""

    id: str
    name: str
    content: bytes
    mime_type: str
    width: int = 0
    height: int = 0
    duration: int = 0

    @property
    def unique_id(self) -> str:
        """The same for the same content, as `file_unique_id` is."""
        return "U" + hashlib.sha256(self.content).hexdigest()[:15]

    @property
    def path(self) -> str:
        """Where `getFile` says it can be downloaded."""
        return f"files/{self.id}_{self.name}"

    def to_json(self) -> Json:
        """What PhotoSize, Document, Voice and File have in common."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}

    def to_photo(self) -> list[Json]:
        """The sizes of a photo; one is enough here."""
        return [{**self.to_json(), "width": self.width, "height": self.height}]


class FileStore:
    """Every file of the run, found by id or by path."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._numbers = itertools.count(1)
        self._bytes = 0

    def add(self, name: str, content: bytes, mime_type: str, *, duration: int = 0) -> StoredFile:
        """The file is kept; raises Refused 413 when it or all of them are too big."""
        self._bytes += len(content)
        if len(content) > UPLOAD_BYTES_MAX or self._bytes > FILES_BYTES_MAX:
            raise Refused(413, "Request Entity Too Large")
        width, height = sides(content) or (0, 0)
        file_id = f"AgACAgPractice{next(self._numbers):06d}"
        stored = StoredFile(file_id, name.replace("/", "_"), content, mime_type, width, height, duration)
        self._files[file_id] = stored
        return stored

    def add_photo(self, name: str, content: bytes) -> StoredFile:
        """The picture is kept; raises Refused 400 for what Telegram cannot show as a photo."""
        if len(content) > PHOTO_BYTES_MAX:
            raise bad_request("file is too big for a photo")
        found = sides(content)
        if found is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        width, height = found
        if min(found) < 1 or width + height > PHOTO_SIDES_SUM_MAX or max(found) / min(found) > PHOTO_RATIO_MAX:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self.add(name, content, "image/png" if content.startswith(_PNG) else "image/jpeg")

    def get(self, file_id: str) -> StoredFile | None:
        """The file with that id."""
        return self._files.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file that `getFile` said lies there."""
        return next((stored for stored in self._files.values() if stored.path == path), None)


def sides(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG; None for anything else."""
    if content.startswith(_PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg_sides(content)
    return None


def _jpeg_sides(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + size
    return None
