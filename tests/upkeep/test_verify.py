"""Verifying: a record that nobody touched is whole, and one that somebody did touch says where."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.facts.alerts import AlertResolved, AlertTaken
from followupbot.domain.facts.check_ins import CheckInExpired
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.record import HeadsSealed
from followupbot.domain.ids import AlertId, CheckInId
from followupbot.storage.audit import Audit, Kept
from followupbot.storage.facts import encode_chart
from followupbot.storage.keys import CLINIC, patient_key
from followupbot.storage.listing import LISTED
from followupbot.storage.marks import Marks
from followupbot.storage.tombstones import Tombstone, bury
from followupbot.upkeep.verify import Report, verify
from tests.storage.people import DR_ITO, NOON, OTHER_PATIENT, PATIENT, Site, asked, raised

CHAIN = patient_key(PATIENT)
OTHER = patient_key(OTHER_PATIENT)


@pytest.fixture
def site(site: Site) -> Site:
    """Two patients with a few facts each, sealed."""
    version = site.charts.clinic().published.version
    site.enrol(OTHER_PATIENT, 2002)
    for patient in (PATIENT, OTHER_PATIENT):
        site.decide(facts=[asked(NOON, 1, version), raised(NOON)], patient=patient)
        site.decide(facts=[AlertTaken(NOON, AlertId(1), DR_ITO, None)], patient=patient)
        site.decide(facts=[CheckInExpired(NOON, CheckInId(1), missed=True), NoteReceived(NOON, "n")], patient=patient)
    seal(site)
    return site


def seal(site: Site) -> HeadsSealed:
    """The heads are sealed as they are now."""
    sealed = HeadsSealed(NOON, *site.charts.seal())
    site.decide_clinic(facts=[sealed])
    return sealed


def tamper(site: Site, *statements: str) -> None:
    """Somebody who can write the tables, and has no key, does this."""
    with site.database.migrating() as connection:
        for statement in statements:
            assert connection.execute(sa.text(statement)).rowcount != 0, statement


def found(site: Site) -> set[tuple[str, int | None]]:
    """Where something is wrong."""
    return {(finding.chain, finding.n) for finding in verify(site.database, site.keys).findings}


def test_rows_from_before_there_were_lists_are_put_on_them_once(site: Site) -> None:
    """A migration can't: what a list is made of is encrypted. Without it nobody would see who waits to be read."""
    listed = site.charts.listed(NOON)
    assert {line.kind for line in listed} >= {"to_review"}
    tamper(site, "UPDATE charts SET lists = ''")
    assert found(site) == {(CHAIN, None), (OTHER, None)}
    assert site.charts.list_anew() == 2
    assert (site.charts.listed(NOON), found(site)) == (listed, set())
    assert site.charts.list_anew() == 0
    Marks(site.database).put(LISTED, NOON, "held to_review")
    assert site.charts.list_anew() == 2


def test_a_record_that_nobody_touched_is_whole(site: Site) -> None:
    """Every chain, fact and seal was looked at."""
    progress: list[tuple[int, int]] = []
    seal(site)
    report = verify(site.database, site.keys, progress=lambda done, of: progress.append((done, of)))
    assert report == Report(chains=3, facts=9 + 9 + 9, seals=2, erased=0, findings=())
    assert report.whole
    assert progress == [(1, 3), (2, 3), (3, 3)]


def test_an_empty_record_is_whole(database: object, keys: object) -> None:
    """Nothing is there, and nothing is missing."""
    assert verify(database, keys) == Report(0, 0, 0, 0, ())  # type: ignore[arg-type]


@pytest.mark.parametrize("column", ["body_enc", "mac"])
def test_a_changed_byte_is_found(site: Site, column: str) -> None:
    """In a body or a MAC; the first wrong fact is named, and the other chains are not."""
    other = f"(SELECT {column} FROM facts WHERE aggregate = '{OTHER}' AND n = 5)"
    tamper(site, f"UPDATE facts SET {column} = {other} WHERE aggregate = '{CHAIN}' AND n = 4")
    assert (CHAIN, 4) in found(site)
    assert (OTHER, None) not in found(site)


@pytest.mark.parametrize("change", ["at = at + 1", "actor = 'staff:s9'", "cause = 'another'"])
def test_a_changed_header_is_found(site: Site, change: str) -> None:
    """When, who and why are as safe as what."""
    tamper(site, f"UPDATE facts SET {change} WHERE aggregate = '{CHAIN}' AND n = 4")
    assert found(site) == {(CHAIN, 4)}


def test_a_fact_left_out_is_found(site: Site) -> None:
    """Leaving a gap, or with the others moved up to close it."""
    tamper(site, f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 5")
    assert (CHAIN, 5) in found(site)
    for n in (6, 7, 8, 9):
        tamper(site, f"UPDATE facts SET n = {n - 1} WHERE aggregate = '{CHAIN}' AND n = {n}")
    assert (CHAIN, 5) in found(site)


def test_two_facts_in_each_others_place_are_found(site: Site) -> None:
    """With all that belongs to them."""
    swap = "UPDATE facts SET n = {to} WHERE aggregate = '" + CHAIN + "' AND n = {of}"
    tamper(site, swap.format(of=5, to=99), swap.format(of=6, to=5), swap.format(of=99, to=6))
    assert (CHAIN, 5) in found(site)


def test_a_fact_of_another_patient_is_found(site: Site) -> None:
    """The two patients' fourth facts change places."""
    tamper(
        site,
        f"UPDATE facts SET aggregate = 'x' WHERE aggregate = '{CHAIN}' AND n = 5",
        f"UPDATE facts SET aggregate = '{CHAIN}' WHERE aggregate = '{OTHER}' AND n = 5",
        f"UPDATE facts SET aggregate = '{OTHER}' WHERE aggregate = 'x'",
    )
    assert {(CHAIN, 5), (OTHER, 5)} <= found(site)


def test_an_end_that_was_cut_off_is_found(site: Site) -> None:
    """By the snapshot, which knows how many there were."""
    tamper(site, f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 9")
    assert (CHAIN, 9) in found(site)


def test_an_end_that_was_cut_off_together_with_its_snapshot_is_found(site: Site) -> None:
    """By the seal: an older state that fits together was put back, from a backup perhaps."""
    with site.database.read() as connection:
        before = connection.execute(sa.text(f"SELECT * FROM charts WHERE patient = '{PATIENT}'")).mappings().one()
    site.decide(facts=[AlertResolved(NOON, AlertId(1), DR_ITO, "seen")])
    seal(site)
    assert found(site) == set()
    with site.database.write() as connection:
        connection.execute(sa.text(f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 10"))
        restore = "UPDATE charts SET version = :version, head = :head, body_enc = :body_enc WHERE patient = :patient"
        connection.execute(sa.text(restore), dict(before))
        connection.execute(sa.text(f"UPDATE alerts SET state = 'taken' WHERE patient = '{PATIENT}'"))
    findings = verify(site.database, site.keys).findings
    assert [finding.chain for finding in findings] == [CLINIC]
    assert "seal over 3 chains" in findings[0].what


def test_a_fact_from_another_history_of_the_same_patient_is_found(site: Site) -> None:
    """Written by us, with the right keys and number, before a backup was put back; then life went another way."""
    with site.database.read() as connection:
        before = connection.execute(sa.text(f"SELECT * FROM charts WHERE patient = '{PATIENT}'")).mappings().one()
    site.decide(facts=[NoteReceived(NOON, "one life")])
    with site.database.write() as connection:
        one_life = (
            connection.execute(
                sa.text(f"SELECT at, actor, cause, body_enc, mac FROM facts WHERE aggregate = '{CHAIN}' AND n = 10")
            )
            .mappings()
            .one()
        )
        connection.execute(sa.text(f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 10"))
        restore = "UPDATE charts SET version = :version, head = :head, body_enc = :body_enc WHERE patient = :patient"
        connection.execute(sa.text(restore), dict(before))
    site.decide(facts=[NoteReceived(NOON, "another")])
    site.decide(facts=[NoteReceived(NOON, "and on")])
    assert found(site) == set()
    with site.database.write() as connection:
        changes = ", ".join(f"{column} = :{column}" for column in one_life)
        put = f"UPDATE facts SET {changes} WHERE aggregate = '{CHAIN}' AND n = 10"
        connection.execute(sa.text(put), dict(one_life))
    assert found(site) == {(CHAIN, 11)}


def test_a_whole_patient_who_was_removed_is_found(site: Site) -> None:
    """No row anywhere names them, but the seal counted them."""
    tamper(
        site,
        *(
            f"DELETE FROM {table} WHERE patient = '{OTHER_PATIENT}'"
            for table in ("check_ins", "alerts", "follows", "charts")
        ),
        f"DELETE FROM facts WHERE aggregate = '{OTHER}'",
    )
    assert found(site) == {(CLINIC, None)}


def test_a_seal_that_was_cut_off_is_found_by_the_one_kept_outside(site: Site) -> None:
    """The clinic's own chain has nobody above it in the database."""
    outside = seal(site)
    site.decide(facts=[NoteReceived(NOON, "n2")])
    kept = seal(site)
    report = verify(site.database, site.keys, outside=[(outside.count, outside.digest), (kept.count, kept.digest)])
    assert report.whole
    tamper(site, f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 10")
    report = verify(site.database, site.keys, outside=[(kept.count, kept.digest)])
    assert not report.whole
    assert not verify(site.database, site.keys, outside=[(1, "nonsense")]).whole


def test_a_whole_older_record_is_told_by_a_seal_kept_outside_alone(site: Site) -> None:
    """Everything in it fits together, as it does in any backup; only somebody who remembers can tell."""
    with site.database.read() as connection:
        chart = connection.execute(sa.text(f"SELECT * FROM charts WHERE patient = '{PATIENT}'")).mappings().one()
        clinic = connection.execute(sa.text("SELECT * FROM clinics")).mappings().one()
    site.decide(facts=[NoteReceived(NOON, "n2")])
    sealed = seal(site)
    with site.database.write() as connection:
        connection.execute(sa.text(f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 10"))
        connection.execute(sa.text(f"DELETE FROM facts WHERE aggregate = '{CLINIC}' AND n = {clinic['version'] + 1}"))
        restore = "SET version = :version, head = :head, body_enc = :body_enc"
        connection.execute(sa.text(f"UPDATE charts {restore} WHERE patient = :patient"), dict(chart))
        connection.execute(sa.text(f"UPDATE clinics {restore}"), dict(clinic))
    assert verify(site.database, site.keys).whole
    assert not verify(site.database, site.keys, outside=[(sealed.count, sealed.digest)]).whole


def test_a_seal_kept_outside_with_another_count_does_not_fit(site: Site) -> None:
    """Somebody noted down the wrong number, or changed it."""
    sealed = seal(site)
    assert not verify(site.database, site.keys, outside=[(sealed.count + 1, sealed.digest)]).whole


def test_a_seal_covers_what_was_there_and_nothing_later(site: Site) -> None:
    """Facts that follow a seal, before it is itself recorded, do not break it."""
    sealed = HeadsSealed(NOON, *site.charts.seal())
    site.decide(facts=[NoteReceived(NOON, "n2")])
    site.decide_clinic(facts=[sealed])
    site.decide(facts=[NoteReceived(NOON, "n3")])
    assert found(site) == set()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alerts SET state = 'resolved' WHERE patient = '{patient}'",
        "UPDATE alerts SET due_at = due_at + 1 WHERE patient = '{patient}'",
        "DELETE FROM alerts WHERE patient = '{patient}'",
        "UPDATE check_ins SET state = 'completed' WHERE patient = '{patient}'",
        "INSERT INTO check_ins (patient, id, timing, state, asked_at, expires_at) "
        "VALUES ('{patient}', 7, 'week_1', 'completed', 0, 0)",
        "INSERT INTO invitations (token_hash, patient) VALUES ('mine', '{patient}')",
        "UPDATE charts SET state = 'declined' WHERE patient = '{patient}'",
        "UPDATE charts SET chat = NULL WHERE patient = '{patient}'",
        "UPDATE charts SET version = version + 1 WHERE patient = '{patient}'",
        "UPDATE charts SET body_enc = (SELECT body_enc FROM charts WHERE patient <> '{patient}') "
        "WHERE patient = '{patient}'",
        "UPDATE charts SET head = mac FROM facts WHERE aggregate = 'patient:{patient}' AND n = 3 "
        "AND patient = '{patient}'",
    ],
)
def test_a_table_that_is_not_what_the_facts_give_is_found(site: Site, change: str) -> None:
    """Whatever lists and links are made of."""
    tamper(site, change.format(patient=PATIENT))
    assert {chain for chain, _ in found(site)} == {CHAIN}


def test_a_snapshot_that_is_not_what_the_facts_give_is_found(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written with the right key: a mistake of ours, not somebody's."""

    def mistaken(chart: Chart) -> bytes:
        return encode_chart(replace(chart, misses=chart.misses + 1))

    monkeypatch.setattr("followupbot.storage.commits.encode_chart", mistaken)
    site.decide(facts=[NoteReceived(NOON, "n3")])
    assert found(site) == {(CHAIN, None)}


def test_an_erased_patient_is_no_finding(site: Site) -> None:
    """The chain is unbroken; that nobody can read it is what was wanted."""
    assert site.charts.erase(PATIENT, "asked", "0f", site.cause(), lambda chart: chart.unresolved_alert is not None)
    report = verify(site.database, site.keys)
    assert report.whole
    assert report.erased == 1
    tamper(site, f"DELETE FROM facts WHERE aggregate = '{CHAIN}' AND n = 5")
    assert (CHAIN, 5) in found(site)


def test_a_key_that_went_without_an_erasure_is_found(site: Site) -> None:
    """Somebody deleted it; the patient's record is lost, and nobody wanted that."""
    site.keys.destroy(CHAIN)
    assert found(site) == {(CHAIN, None)}


def test_an_erasure_that_was_cut_off_is_found(site: Site) -> None:
    """The tombstone stands, and the key is still there; the next start finishes it."""
    with site.database.write() as connection:
        bury(site.database, connection, site.keys, Tombstone(PATIENT, NOON, "request"))
    assert found(site) == {(CHAIN, None)}
    assert site.charts.finish_erasures() == (PATIENT,)
    assert found(site) == set()
    assert site.charts.finish_erasures() == ()


def test_verifying_sees_one_moment_while_others_write_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision between a chain and its snapshot is not taken for a difference."""
    kept = Audit.kept

    def kept_later(self: Audit, aggregate: str) -> Kept | None:
        for patient in (PATIENT, OTHER_PATIENT):
            cause = Cause(f"between:{patient}:{aggregate}", ByClock())
            site.charts.transact(patient, cause, lambda _: Decision((NoteReceived(NOON, "meanwhile"),)))
        return kept(self, aggregate)

    monkeypatch.setattr(Audit, "kept", kept_later)
    assert verify(site.database, site.keys).whole
