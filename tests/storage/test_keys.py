"""Keys: outside the database, wrapped by one master key, and gone for ever when they are destroyed."""

from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from followupbot.storage.cipher import Cipher, Undecryptable
from followupbot.storage.engine import Database
from followupbot.storage.keys import CHAIN, CLINIC, INDEX, KeyDestroyed, Keys, WrongMasterKey, patient_key
from tests.databases import MASTER_KEY
from tests.storage.people import PATIENT, Site

PLACE = ("notes", "body_enc", "1")


def test_a_key_is_the_same_after_a_restart(database: Database, keys: Keys) -> None:
    """And every key is another."""
    enciphered = keys.make("patient:A").encrypt(b"words", *PLACE)
    again = Keys.open(database, MASTER_KEY)
    assert again.cipher("patient:A").decrypt(enciphered, *PLACE) == b"words"
    assert len({again.secret(name) for name in (CLINIC, CHAIN, INDEX, "patient:A")}) == 4
    again.close()


def test_another_master_key_is_refused(database: Database, keys: Keys) -> None:
    """Clearly, and before anything is read or made; so is one of another length."""
    with pytest.raises(WrongMasterKey, match="another master key"):
        Keys.open(database, bytes(32))
    with pytest.raises(WrongMasterKey, match="31 bytes"):
        Keys.open(database, bytes(31))
    Keys.open(database, MASTER_KEY).close()


def _delete(database: Database, where: str) -> None:
    if database.sqlite:
        beside = database.beside("keys.db")
        with beside.write() as connection:
            connection.execute(sa.text(f"DELETE FROM keys WHERE {where}"))
        beside.close()
    else:
        with database.write() as connection:
            connection.execute(sa.text(f"DELETE FROM followupbot_keys.keys WHERE {where}"))


def test_a_database_without_its_keys_is_refused(site: Site) -> None:
    """New ones would open nothing that is there."""
    _delete(site.database, "1 = 1")
    with pytest.raises(WrongMasterKey, match="not there"):
        Keys.open(site.database, MASTER_KEY)


def test_keys_without_the_known_answer_are_refused(database: Database, keys: Keys) -> None:
    """Nobody can tell whether the master key is theirs."""
    _delete(database, "name = 'known answer'")
    with pytest.raises(WrongMasterKey, match="not there"):
        Keys.open(database, MASTER_KEY)


def test_a_key_that_is_not_there_is_never_made_by_reading(keys: Keys) -> None:
    """Only by `make`."""
    with pytest.raises(KeyDestroyed):
        keys.cipher("patient:A")


def test_a_destroyed_key_opens_nothing_and_is_never_made_again(database: Database, keys: Keys) -> None:
    """In this process or another; also where it never was."""
    keys.make("patient:A")
    keys.destroy("patient:A")
    keys.destroy("patient:B")
    other = Keys.open(database, MASTER_KEY)
    for each in (keys, other):
        for name in ("patient:A", "patient:B"):
            with pytest.raises(KeyDestroyed):
                each.cipher(name)
            with pytest.raises(KeyDestroyed):
                each.make(name)
    other.close()


def test_a_destroyed_key_is_in_no_file(database: Database, keys: Keys, engine_name: str) -> None:
    """Not in SQLite's log either."""
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL's files are its own; a dump does not have what is gone")
    keys.make("patient:A")
    with keys._database.read() as connection:
        wrapped = bytes(connection.scalar(sa.text("SELECT wrapped FROM keys WHERE name = 'patient:A'")) or b"")
    assert database.path is not None
    files = [database.path.with_name(name) for name in ("keys.db", "keys.db-wal")]
    assert any(wrapped in file.read_bytes() for file in files)
    keys.destroy("patient:A")
    assert not any(wrapped in file.read_bytes() for file in files if file.exists())


def test_after_rewrapping_only_the_new_master_key_opens(site: Site) -> None:
    """And everything is still readable with it."""
    new = bytes(reversed(range(32)))
    site.keys.rewrap(new)
    with pytest.raises(WrongMasterKey):
        Keys.open(site.database, MASTER_KEY)
    reopened = Keys.open(site.database, new)
    assert Site(site.database, reopened, holder="h2").charts.chart(PATIENT) == site.charts.chart(PATIENT)
    reopened.close()


def test_a_wrapped_key_can_not_stand_under_another_name(database: Database, keys: Keys) -> None:
    """Whoever swaps two patients' keys gets neither."""
    keys.make("patient:A")
    table = "keys" if database.sqlite else "followupbot_keys.keys"
    swap = f"UPDATE {table} SET wrapped = (SELECT wrapped FROM {table} WHERE name = 'clinic') WHERE name = 'patient:A'"
    with keys._database.write() as connection:
        connection.execute(sa.text(swap))
    other = Keys.open(database, MASTER_KEY)
    with pytest.raises(Undecryptable):
        other.cipher("patient:A")
    other.close()


def test_two_processes_that_make_a_key_at_once_have_the_same(database: Database, keys: Keys) -> None:
    """Whoever is quicker; nothing is ever encrypted with a key that is not kept."""
    others = [Keys.open(database, MASTER_KEY) for _ in range(4)]
    start = Barrier(len(others))
    secrets: list[bytes] = []

    def make(mine: Keys) -> None:
        start.wait()
        mine.make("patient:A")
        secrets.append(mine.secret("patient:A"))

    threads = [Thread(target=make, args=(mine,)) for mine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 4
    assert len(set(secrets)) == 1
    for mine in others:
        mine.close()


def test_each_patient_has_a_key_of_their_own(site: Site) -> None:
    """Made with the first fact."""
    assert site.keys.secret(patient_key(PATIENT)) != site.keys.secret(CLINIC)


def test_a_key_that_is_made_while_the_master_key_changes_is_not_lost(site: Site) -> None:
    """The one who makes it knows the old master key alone, and asks for the new one; both ways round."""
    new = bytes(reversed(range(32)))
    masters = [MASTER_KEY]
    other = Keys.open(site.database, lambda: tuple(masters))
    masters.append(new)
    site.keys.rewrap(new)
    other.make("patient:NEW00")
    assert other.secret(patient_key(PATIENT)) == site.keys.secret(patient_key(PATIENT))
    reopened = Keys.open(site.database, new)
    assert reopened.secret("patient:NEW00") == other.secret("patient:NEW00")
    reopened.close()
    other.close()


def test_who_has_the_old_master_key_alone_makes_no_key(site: Site) -> None:
    """It would open nowhere."""
    other = Keys.open(site.database, MASTER_KEY)
    site.keys.rewrap(bytes(reversed(range(32))))
    with pytest.raises(WrongMasterKey):
        other.make("patient:NEW00")
    other.close()
    assert "patient:NEW00" not in site.keys.wrapped()


def test_rewrapping_that_is_cut_off_has_changed_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any key."""
    count = 0

    def fails_at_the_third(self: Cipher, *args: object) -> bytes:
        nonlocal count
        count += 1
        if count == 3:
            raise ZeroDivisionError
        return encrypt(self, *args)  # type: ignore[arg-type]

    encrypt = Cipher.encrypt
    before = site.keys.wrapped()
    monkeypatch.setattr(Cipher, "encrypt", fails_at_the_third)
    with pytest.raises(ZeroDivisionError):
        site.keys.rewrap(bytes(32))
    monkeypatch.undo()
    assert site.keys.wrapped() == before
    Keys.open(site.database, MASTER_KEY).close()


def test_a_copy_is_put_back_only_where_no_key_is(site: Site) -> None:
    """Destroyed ones stay destroyed."""
    site.keys.destroy("patient:B")
    copy = site.keys.wrapped()
    assert not Keys.put_back(site.database, copy)
    _delete(site.database, "1 = 1")
    assert Keys.put_back(site.database, copy)
    again = Keys.open(site.database, MASTER_KEY, new=False)
    assert again.secret(CHAIN) == site.keys.secret(CHAIN)
    with pytest.raises(KeyDestroyed):
        again.make("patient:B")
    again.close()
