"""What is in a backup: counts and hashes, and the seal of the record at that moment. No word about any patient."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

FORMAT = 1


class ManifestWrong(Exception):
    """This is no manifest that this program can read."""


@dataclass(frozen=True)
class Content:
    """A table's rows."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """One backup. `chains` and `digest` are the seal, for `verify --seal`; `erased` are codes of erased patients."""

    at: datetime
    program: str
    revision: str
    tables: Mapping[str, Content]
    files: Mapping[str, str]
    chains: int
    digest: str
    erased: tuple[str, ...] = ()

    def to_json(self) -> str:
        """For people and programs to read."""
        body = asdict(self) | {"format": FORMAT, "at": self.at.isoformat(), "erased": list(self.erased)}
        return json.dumps(body, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """The manifest. `ManifestWrong` where it is none."""
        try:
            body = json.loads(text)
            if body.pop("format") != FORMAT:
                raise ManifestWrong("it was written by another version of followupbot")
            tables = {name: Content(**content) for name, content in body.pop("tables").items()}
            at, erased = datetime.fromisoformat(body.pop("at")), tuple(body.pop("erased"))
            return cls(at=at, tables=tables, erased=erased, **body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ManifestWrong("it is no manifest of a backup") from error
