"""Reads what a bot posts: a query string, a form, JSON or a multipart upload; all become the same parameters."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from followupbot.practice.refusals import Json, bad_request

FIELDS_MAX = 1_000
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_NAME = re.compile(r'[; ]name="([^"]*)"')
_FILENAME = re.compile(r'filename="([^"]*)"')


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True)
class Params:
    """The parameters of one call, whatever form they came in."""

    values: Json = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value as words; empty when it is missing."""
        value = self.values.get(name, "")
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else "" if value is None else json.dumps(value)

    def whole(self, name: str, default: int = 0) -> int:
        """The value as a whole number; the default when it is missing or is none, as Telegram reads it."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Whether the value says yes."""
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def nested(self, name: str) -> Any:
        """The value with its JSON read; None when it is missing. Raises Refused 400 for broken JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file sent under that name, or under the name that `attach://` gives."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://"))
        return self.uploads.get(name)

    def to_log(self) -> Json:
        """The parameters for people: nested JSON read, files by name and size."""
        shown = {key: _read(value) for key, value in self.values.items()}
        files = {key: {"filename": file.name, "bytes": len(file.content)} for key, file in self.uploads.items()}
        return {**shown, **files}


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def read(query: str, content_type: str, body: bytes) -> Params:
    """The parameters of a call; raises Refused 400 for a body that cannot be read."""
    params = _parsed(query, content_type, body)
    try:
        json.dumps(params.to_log(), ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell
        raise bad_request("strings must be encoded in UTF-8") from None
    return params


def _parsed(query: str, content_type: str, body: bytes) -> Params:
    values: Json = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS_MAX))
    if not body:
        return Params(values)
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            posted = json.loads(body)
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(posted, dict):
            raise bad_request("expected a JSON object")
        return Params({**values, **posted})
    if kind == "multipart/form-data":
        return _multipart(values, content_type, body)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        raise bad_request("can't parse the request body") from None
    return Params({**values, **dict(fields)})


def _multipart(values: Json, content_type: str, body: bytes) -> Params:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise bad_request("can't parse the request body")
    values, uploads = dict(values), {}
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())
    for part in parts[1 : FIELDS_MAX + 1]:
        if part.startswith(b"--"):
            break
        raw_head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        head = raw_head.decode("utf-8", errors="replace")
        name, filename = _NAME.search(head), _FILENAME.search(head)
        if name is None:
            raise bad_request("can't parse the request body")
        if filename is None:
            values[name[1]] = content.decode("utf-8", errors="replace")
        else:
            mime = re.search(r"content-type:\s*([^\r\n;]+)", head, re.IGNORECASE)
            uploads[name[1]] = Upload(filename[1], content, mime[1] if mime else "application/octet-stream")
    return Params(values, uploads)
