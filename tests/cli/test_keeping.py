"""Backup, restore and release at the terminal: what a clinic does when its machine is gone."""

import shutil
import stat
from pathlib import Path

from followupbot.settings import load
from tests.cli.terminal import Terminal
from tests.process.telegram import TOKEN, Telegram

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.backup"))


def test_a_machine_is_lost_and_another_takes_its_place(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """With the recovery sheet's two keys, the keys' copy and a backup, and nothing else."""
    apart = terminal.folder / "apart"
    apart.mkdir()
    code = terminal("invite", "patient", *OPERATION, "--json").json()["code"]
    said = terminal("backup", "backups")
    assert said.code == 0, said.err
    assert terminal("keys", "copy", "apart/clinic.keys").code == 0
    sheet = terminal("keys", "sheet").out
    for name in ("master.key", "backup.key"):
        assert (clinic / name).read_text().strip() in sheet
        shutil.copy(clinic / name, apart / name)
    shutil.rmtree(clinic)
    clinic.mkdir(mode=0o700)
    for name in ("master.key", "backup.key"):
        shutil.copy(apart / name, clinic / name)
    (made,) = backups(terminal.folder / "backups")
    refused = terminal("restore", str(made))
    assert refused.code == 1
    assert "keys that this database was encrypted with are not there" in refused.err
    assert terminal("keys", "put-back", "apart/clinic.keys").out == "The keys are back.\n"
    restored = terminal("restore", str(made))
    assert restored.code == 0, restored.err
    seal = next(line for line in restored.out.splitlines() if "verify --seal" in line).split()[-1]
    assert terminal("verify", "--seal", seal).out.endswith("The record is whole.\n")
    assert (clinic / "clinic.yaml").exists()
    status = terminal("status")
    assert status.code == 1
    assert "in quarantine" in status.out
    listed = terminal("release", "--list")
    assert "In quarantine" in listed.out
    assert "Released" not in listed.out
    assert terminal("release").out.endswith("Released.\n")
    assert terminal("release").out == "There is no quarantine: messages go out, and updates come in.\n"
    assert code in terminal("invite", "patient", "--again", code, "--json").out


def test_a_backup_goes_back_into_a_database_in_use_only_when_told(clinic: Path, terminal: Terminal) -> None:
    assert terminal("backup", "backups").code == 0
    (made,) = backups(terminal.folder / "backups")
    refused = terminal("restore", str(made))
    assert refused.code == 1
    assert "--replace" in refused.err
    assert terminal("restore", str(made), "--replace").code == 0
    assert terminal("restore", "nowhere.backup").code == 1


def test_a_backup_and_a_copy_of_keys_are_not_taken_for_each_other(clinic: Path, terminal: Terminal) -> None:
    """Both are closed with the same key, and at such an hour nobody reads names of files."""
    assert terminal("backup", "backups").code == 0
    assert terminal("keys", "copy", "clinic.keys").code == 0
    (made,) = backups(terminal.folder / "backups")
    said = terminal("keys", "put-back", str(made))
    assert (said.code, said.err) == (1, f"{made} is no copy of keys. For a backup: followupbot restore\n")
    said = terminal("restore", "clinic.keys", "--replace")
    assert said.code == 1
    assert said.err == (
        "Nothing was restored: clinic.keys: this is no backup. For a copy of keys: followupbot keys put-back.\n"
    )


def test_only_this_user_can_read_a_backup(clinic: Path, terminal: Terminal) -> None:
    terminal("backup", "backups")
    (made,) = backups(terminal.folder / "backups")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_without_the_backup_key_it_is_said_which_file_is_missed(clinic: Path, terminal: Terminal) -> None:
    (clinic / "backup.key").unlink()
    said = terminal("backup", "backups")
    assert (said.code, backups(terminal.folder / "backups")) == (1, [])
    assert said.err.startswith("There is no backup key at data/backup.key.")


def test_a_new_master_key(clinic: Path, terminal: Terminal) -> None:
    """The old one opens nothing any more; the file is as closed as before."""
    old = (clinic / "master.key").read_text().strip()
    said = terminal("keys", "rotate")
    assert said.code == 0, said.err
    new = (clinic / "master.key").read_text().strip()
    assert new != old
    assert old not in said.out + said.err
    assert new not in said.out + said.err
    assert stat.S_IMODE((clinic / "master.key").stat().st_mode) == 0o400
    assert terminal("verify").code == 0
    refused = terminal("verify", MASTER_KEY=old)
    assert refused.code == 1
    assert "wrapped with another master key" in refused.err


def test_a_new_master_key_where_the_old_one_is_not_ours_to_replace(clinic: Path, terminal: Terminal) -> None:
    """From the environment, or handed over by systemd: it waits in a file, and opens until it is put there."""
    old = (clinic / "master.key").read_text().strip()
    (clinic / "master.key").unlink()
    said = terminal("keys", "rotate", MASTER_KEY=old)
    assert said.code == 0, said.err
    waits = clinic / "master.key.next"
    assert str(waits.relative_to(terminal.folder)) in said.out
    assert terminal("verify", MASTER_KEY=old).code == 0
    again = terminal("keys", "rotate", MASTER_KEY=old)
    assert again.code == 1
    assert "still waits" in again.err
    new = waits.read_text()
    waits.unlink()
    assert terminal("verify", MASTER_KEY=new).code == 0
    assert terminal("verify", MASTER_KEY=old).code == 1


def test_systemd_hands_over_the_secrets(clinic: Path, terminal: Terminal) -> None:
    handed = terminal.folder / "credentials"
    handed.mkdir()
    (clinic / "master.key").rename(handed / "master_key")
    (clinic / "backup.key").rename(handed / "backup_key")
    (handed / "telegram_token").write_text(TOKEN)
    terminal.environment.setenv("CREDENTIALS_DIRECTORY", str(handed))
    assert terminal("verify").code == 0
    assert terminal("backup", "backups").code == 0
    assert load().token() == TOKEN
    terminal.environment.delenv("CREDENTIALS_DIRECTORY")


def test_keys_do_not_go_beside_the_backups_that_they_open(clinic: Path, terminal: Terminal) -> None:
    said = terminal("keys", "copy", "backups/clinic.keys", BACKUPS=terminal.folder / "backups")
    assert said.code == 1
    assert "don't lie with backups" in said.err
