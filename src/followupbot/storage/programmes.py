"""Published versions: every file by the hash of its content, every version by the hash of its files; never changed."""

import hashlib
import json
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.clinic import Programme
from followupbot.domain.ids import Version
from followupbot.storage.engine import Database
from followupbot.storage.tables import files, programme_files

LoadProgramme = Callable[[Version, Mapping[str, bytes]], Programme]
"""Makes the frozen value of a version's files."""

LOADED_MAX = 64
"""Versions kept in memory; a clinic publishes a few a year, and old ones live as long as their check-ins."""


class Programmes:
    """The kept versions."""

    def __init__(self, database: Database, load: LoadProgramme) -> None:
        """Nothing is loaded yet."""
        self._database = database
        self._load = load
        self._loaded: dict[Version, Programme] = {}

    def keep(self, contents: Mapping[str, bytes]) -> Version:
        """Every file is kept; the version is the hash of all. Kept again it changes nothing."""
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(contents.items())}
        version = Version(hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest())

        def work(connection: Connection) -> None:
            for path, content in sorted(contents.items()):
                file = {"hash": hashes[path], "content": content}
                connection.execute(self._database.insert_unless_there(files), file)
                entry = {"version": version, "path": path, "hash": hashes[path]}
                connection.execute(self._database.insert_unless_there(programme_files), entry)

        self._database.unit(work)
        return version

    def files(self, connection: Connection, version: Version) -> Mapping[str, bytes]:
        """The files of that version, by path. LookupError where it was never kept."""
        query = (
            sa.select(programme_files.c.path, files.c.content)
            .join_from(programme_files, files, files.c.hash == programme_files.c.hash)
            .where(programme_files.c.version == version)
            .order_by(programme_files.c.path)
        )
        found = {row.path: bytes(row.content) for row in connection.execute(query)}
        if not found:
            raise LookupError(f"no programme was published as {version}")
        return found

    def loaded(self, connection: Connection, version: Version) -> Programme:
        """The programme of that version."""
        if version not in self._loaded:
            if len(self._loaded) >= LOADED_MAX:
                self._loaded.clear()
            self._loaded[version] = self._load(version, self.files(connection, version))
        return self._loaded[version]
