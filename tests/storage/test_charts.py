"""Charts: what a decision leaves behind is all there or not at all, and what is loaded is the fold of the facts."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from followupbot.application.ports import Store
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import ByClock, ByPatient, ByStaff, Cause, Decision, FreeText
from followupbot.domain.decision import StorageUnavailable as Unavailable
from followupbot.domain.enrolment_state import Invitation
from followupbot.domain.facts import Fact
from followupbot.domain.facts.alerts import AlertPaged, AlertResolved, AlertTaken
from followupbot.domain.facts.check_ins import CheckInBegun, CheckInExpired
from followupbot.domain.facts.enrolment import InvitationRenewed
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.programme import ProgrammePublished
from followupbot.domain.facts.reports import OperatorNotified
from followupbot.domain.facts.rota import LeaveEntered, WeekAssigned
from followupbot.domain.facts.staff import StaffMemberBlocked, StaffMemberRemoved
from followupbot.domain.folding import apply
from followupbot.domain.households import Kept
from followupbot.domain.ids import AlertId, CheckInId, MessageId, PatientId, ProtocolKey, TokenHash, Version
from followupbot.domain.rota_state import Leave
from followupbot.storage import facts as stored_facts
from followupbot.storage import timers
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys, patient_key
from followupbot.storage.tables import alerts, causes, charts, chats, check_ins, clinics, facts, outbox
from tests.storage.people import (
    DR_ITO,
    DR_SATO,
    NOON,
    NURSE,
    OTHER_PATIENT,
    PATIENT,
    Site,
    asked,
    message,
    page,
    raised,
)

MISFIT = AlertPaged(NOON, AlertId(9), 0, (), 0, NOON)
"""A fact about an alert that there is not."""


def rows(site: Site, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    """The whole table."""
    with site.database.read() as connection:
        return list(connection.execute(sa.select(table)))


def count(site: Site, table: sa.Table) -> int:
    """How many rows it has."""
    return len(rows(site, table))


def test_charts_is_a_store(site: Site) -> None:
    """The application's port is satisfied by shape; this line is checked by mypy."""
    store: Store = site.charts
    assert store is site.charts


def test_what_waits_to_be_claimed_comes_in_small_turns_and_what_rests_comes_later(site: Site) -> None:
    """The oldest first, no more at once than one unit should take."""
    chat, later = site.charts.note_chat(1001), NOON + timedelta(minutes=10)
    came = [Kept(chat, MessageId(number), "words", str(number)) for number in range(1, 6)]
    for second, kept in enumerate(came):
        site.charts.keep_until_meant(kept, NOON + timedelta(seconds=second))
    assert list(site.charts.kept_until_meant(later)) == came[:3]
    site.charts.keep_longer(came[0], later + timedelta(minutes=1))
    site.charts.drop_meant(chat, came[1].message)
    assert list(site.charts.kept_until_meant(later)) == came[2:]
    assert site.charts.meant(chat, came[0].message) == came[0]


def test_what_is_loaded_is_what_folding_the_facts_gives(site: Site) -> None:
    """Between any two decisions, and for a process that has just started."""
    version = site.charts.clinic().published.version
    decided: list[Fact] = [asked(NOON, 1, version), CheckInBegun(NOON, CheckInId(1)), raised(NOON)]
    chart = site.charts.chart(PATIENT)
    assert chart is not None
    for fact in decided:
        chart = apply(chart, fact)  # type: ignore[arg-type] # every one of them is a ChartFact
        site.decide(facts=[fact])  # type: ignore[list-item]
        assert site.charts.chart(PATIENT) == chart
        assert Site(site.database, site.keys).charts.chart(PATIENT) == chart


def test_a_chart_carries_the_clinic_and_the_programmes_it_needs(site: Site) -> None:
    """The one published now, and those that its check-ins were asked in."""
    old = site.charts.clinic().published.version
    site.decide(facts=[asked(NOON, 1, old)])
    new = site.charts.keep_programme({"protocols/lumbar_fusion.yaml": b"another plan"})
    site.decide_clinic(facts=[ProgrammePublished(NOON, new)])
    chart = site.charts.chart(PATIENT)
    assert chart is not None
    assert chart.clinic.published.version == new
    assert set(chart.programmes) == {old, new}


def test_patients_are_counted_by_their_care_protocol(site: Site) -> None:
    """Of those that are asked about; so nobody is left without one."""
    lumbar, knee = ProtocolKey("lumbar_fusion"), ProtocolKey("knee")
    site.enrol(OTHER_PATIENT, 700_000_077)
    assert site.charts.patients_on({lumbar, knee}) == {lumbar: 2}
    assert site.charts.patients_on({knee}) == {}


def test_a_patient_nobody_invited_has_an_empty_chart_to_decide_about(site: Site) -> None:
    """And is still nobody when nothing was decided."""
    seen: list[Chart] = []

    def decide(chart: Chart) -> Decision:
        seen.append(chart)
        return Decision()

    site.charts.transact(OTHER_PATIENT, site.cause(), decide)
    assert [(chart.patient, chart.version, chart.enrolment) for chart in seen] == [(OTHER_PATIENT, 0, None)]
    assert seen[0].clinic.staff
    assert site.charts.chart(OTHER_PATIENT) is None


def test_a_cause_decides_once(site: Site) -> None:
    """The second time nobody is asked, and nothing more is there; also for the clinic, and after a restart."""
    cause = Cause("update:17", ByClock())
    decision = Decision((raised(NOON),), (page("p1", DR_ITO),))
    assert site.charts.transact(PATIENT, cause, lambda _: decision) == decision
    asked_again: list[Chart] = []

    def decide(chart: Chart) -> Decision:
        asked_again.append(chart)
        return decision

    assert Site(site.database, site.keys).charts.transact(PATIENT, cause, decide) == Decision()
    assert site.charts.transact_clinic(cause, lambda _: Decision()) == Decision()
    assert asked_again == []
    assert count(site, outbox) == 1


def test_a_cause_that_decided_nothing_has_decided(site: Site) -> None:
    """A press that came to nothing does not come to something when it is delivered again."""
    cause = Cause("update:18", ByClock())
    site.charts.transact(PATIENT, cause, lambda _: Decision())
    assert site.charts.transact(PATIENT, cause, lambda _: Decision((raised(NOON),))) == Decision()


def test_a_decision_that_raises_leaves_nothing(site: Site) -> None:
    """Not even its cause, so that it is decided when it is delivered again."""
    cause = Cause("update:19", ByClock())

    def decide(_: Chart) -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        site.charts.transact(PATIENT, cause, decide)
    assert site.charts.transact(PATIENT, cause, lambda _: Decision((raised(NOON),))) != Decision()


def test_a_fact_that_can_not_be_folded_leaves_nothing(site: Site) -> None:
    """Facts, messages and rows come together or not at all."""
    before = count(site, facts)
    with pytest.raises(AssertionError):
        site.decide(message("m"), facts=[raised(NOON), MISFIT])
    assert (count(site, facts), count(site, alerts), count(site, outbox)) == (before, 0, 0)


def test_two_writers_at_once_both_decide_on_what_the_other_left(site: Site, keys: Keys) -> None:
    """Forty decisions from four threads: each saw a chart of its own, and none is lost."""
    start = Barrier(4)
    versions: list[int] = []
    failed: list[BaseException] = []

    def press(number: int) -> None:
        mine = Site(site.database, keys, holder=f"w{number}")

        def decide(chart: Chart) -> Decision:
            fact = NoteReceived(NOON, f"n{number}/{chart.version}")
            return Decision((fact,))

        start.wait()
        try:
            for _ in range(10):
                while True:
                    try:
                        mine.charts.transact(PATIENT, mine.cause(), decide)
                        break
                    except Unavailable:  # locked, or five times too late: the caller tries again
                        continue
                versions.append(0)
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    chart = site.charts.chart(PATIENT)
    assert chart is not None
    assert (chart.notes, len(versions)) == (40, 40)
    numbers = [row.n for row in rows(site, facts) if row.aggregate == patient_key(PATIENT)]
    assert sorted(numbers) == list(range(1, chart.version + 1))


def test_a_decision_overtaken_by_another_is_taken_again(site: Site, keys: Keys, engine_name: str) -> None:
    """On PostgreSQL a terminal may come between reading and writing; then the core sees the newer chart."""
    if engine_name == "sqlite":
        pytest.skip("SQLite lets nobody in between: the lock is taken before the chart is read")
    other = Site(site.database, keys, holder="h2")
    seen: list[int] = []

    def decide(chart: Chart) -> Decision:
        seen.append(chart.notes)
        if len(seen) <= 2:
            other.decide(facts=[NoteReceived(NOON, f"o{len(seen)}")])
        return Decision((NoteReceived(NOON, "mine"),))

    site.charts.transact(PATIENT, site.cause(), decide)
    assert seen == [0, 1, 2]
    chart = site.charts.chart(PATIENT)
    assert chart is not None
    assert chart.notes == 3


def test_a_decision_that_is_overtaken_for_ever_is_given_up(site: Site, keys: Keys, engine_name: str) -> None:
    """After five times; nothing of it is left, and the caller may try again."""
    if engine_name == "sqlite":
        pytest.skip("SQLite lets nobody in between: the lock is taken before the chart is read")
    other = Site(site.database, keys, holder="h2")
    calls: list[int] = []

    def decide(chart: Chart) -> Decision:
        calls.append(chart.version)
        other.decide(facts=[NoteReceived(NOON, f"o{len(calls)}")])
        return Decision((NoteReceived(NOON, "mine"),))

    with pytest.raises(Unavailable):
        site.charts.transact(PATIENT, site.cause(), decide)
    assert len(calls) == 5


def test_two_writers_that_invite_the_same_patient_make_one_chart(site: Site, keys: Keys) -> None:
    """The second sees what the first one made."""
    version_seen: list[int] = []
    plan_chart = site.charts.chart(PATIENT)
    assert plan_chart is not None
    other = Site(site.database, keys, holder="h2")
    other.enrol(OTHER_PATIENT, 2002)

    def decide(chart: Chart) -> Decision:
        version_seen.append(chart.version)
        return Decision()

    site.charts.transact(OTHER_PATIENT, site.cause(), decide)
    assert version_seen == [4]


def test_lists_show_check_ins_and_alerts_also_after_the_chart_forgot_them(site: Site) -> None:
    """A chart keeps four closed ones; the tables keep all, in their last state."""
    version = site.charts.clinic().published.version
    many: list[Fact] = []
    for number in range(1, 9):
        many += [asked(NOON, number, version), CheckInExpired(NOON, CheckInId(number), missed=True)]
        many += [raised(NOON, number), AlertResolved(NOON, AlertId(number), DR_ITO, "seen")]
    site.decide(facts=many)  # type: ignore[arg-type]
    chart = site.charts.chart(PATIENT)
    assert chart is not None
    assert len(chart.check_ins) == 4
    assert [(row.id, row.state) for row in rows(site, check_ins)] == [(n, "expired") for n in range(1, 9)]
    assert [(row.id, row.state, row.staff) for row in rows(site, alerts)] == [
        (n, "resolved", "s1") for n in range(1, 9)
    ]


def test_timers_are_found_when_they_are_due_the_earliest_first(site: Site) -> None:
    """To the millisecond, and no more than asked for."""
    version = site.charts.clinic().published.version
    site.enrol(OTHER_PATIENT, 2002)
    site.decide(facts=[asked(NOON, 1, version, days=2)])
    site.decide(facts=[asked(NOON, 1, version, days=1)], patient=OTHER_PATIENT)
    assert site.charts.due(NOON + timedelta(days=1) - timedelta(milliseconds=1), 10) == []
    assert site.charts.due(NOON + timedelta(days=1), 10) == [OTHER_PATIENT]
    assert site.charts.due(NOON + timedelta(days=2), 10) == [OTHER_PATIENT, PATIENT]
    assert site.charts.due(NOON + timedelta(days=2), 1) == [OTHER_PATIENT]


def test_timers_of_alerts_come_before_all_others(site: Site) -> None:
    """However many check-ins were due before somebody was to be paged."""
    version = site.charts.clinic().published.version
    site.enrol(OTHER_PATIENT, 2002)
    site.decide(facts=[asked(NOON, 1, version, days=1)])
    site.decide(facts=[asked(NOON, 1, version, days=2)], patient=OTHER_PATIENT)
    page_at = NOON + timedelta(days=2)
    site.decide(facts=[replace(raised(NOON), page_at=page_at)], patient=OTHER_PATIENT)
    assert site.charts.due(page_at - timedelta(milliseconds=1), 1) == [PATIENT]
    assert site.charts.due(page_at, 1) == [OTHER_PATIENT]
    assert site.charts.due(page_at, 10) == [OTHER_PATIENT, PATIENT]


def test_when_the_table_says_that_a_timer_is_due_it_is(site: Site) -> None:
    """Tables keep whole milliseconds, rounded up: a clock that jumps to that time finds something to do."""
    version = site.charts.clinic().published.version
    expiry = NOON + timedelta(days=2, microseconds=1)
    site.decide(facts=[replace(asked(NOON, 1, version), expires_at=expiry)])
    wake_at = timers.next_wake_at(site.database)
    assert wake_at == NOON + timedelta(days=2, milliseconds=1)
    assert site.charts.due(NOON + timedelta(days=2), 10) == []
    assert site.charts.due(wake_at, 10) == [PATIENT]


def test_a_chart_that_could_not_be_decided_about_is_left_alone_for_a_while(site: Site) -> None:
    """And has its own timer again after the next decision, even one of nothing."""
    version = site.charts.clinic().published.version
    site.decide(facts=[asked(NOON, 1, version)])
    expiry = NOON + timedelta(days=2)
    site.charts.postpone(PATIENT, expiry + timedelta(minutes=10))
    assert site.charts.due(expiry, 10) == []
    assert site.charts.due(expiry + timedelta(minutes=10), 10) == [PATIENT]
    site.decide()
    assert site.charts.due(expiry, 10) == [PATIENT]


def test_publishing_looks_at_every_chart_once(site: Site) -> None:
    """Another programme may have other times; a decision of nothing puts the timer back."""
    new = site.charts.keep_programme({"protocols/lumbar_fusion.yaml": b"another plan"})
    assert site.charts.due(NOON + timedelta(days=999), 10) == []
    site.decide_clinic(facts=[ProgrammePublished(NOON, new)])
    assert site.charts.due(NOON, 10) == [PATIENT]
    site.decide()
    assert site.charts.due(NOON + timedelta(days=999), 10) == []


def test_an_invitation_is_found_while_its_link_is_out(site: Site) -> None:
    """A renewed one replaces it, and a used one is gone."""
    site.decide(facts=[InvitationRenewed(NOON, Invitation(TokenHash("t1"), NOON))])
    assert site.charts.patient_invited(TokenHash("t1")) == PATIENT
    site.decide(facts=[InvitationRenewed(NOON, Invitation(TokenHash("t2"), NOON))])
    assert site.charts.patient_invited(TokenHash("t1")) is None
    assert site.charts.patient_invited(TokenHash("t2")) == PATIENT
    assert site.charts.patient_invited(TokenHash(f"token of {PATIENT}")) is None


def test_who_a_chat_belongs_to(site: Site) -> None:
    """Two patients may be followed through one; a staff member has one; a stranger is nobody."""
    site.enrol(OTHER_PATIENT, 2001)
    chat = site.charts.note_chat(2001)
    assert list(site.charts.speakers_of(chat)) == [ByPatient(PATIENT), ByPatient(OTHER_PATIENT)]
    assert site.charts.staff_of(chat) is None
    assert site.charts.staff_of(site.charts.note_chat(1001)) == DR_ITO
    assert list(site.charts.speakers_of(site.charts.note_chat(1001))) == []
    site.decide_clinic(facts=[StaffMemberRemoved(NOON, DR_ITO)])
    assert site.charts.staff_of(site.charts.note_chat(1001)) is None


def test_what_a_patient_wrote_is_kept_with_the_decision(site: Site) -> None:
    """Once, even when the same name comes twice; and only there."""
    decision = Decision((NoteReceived(NOON, "n1"),), texts=(FreeText("n1", "It hurts – só"),))
    site.charts.transact(PATIENT, site.cause(), lambda _: decision)
    again = Decision(texts=(FreeText("n1", "something else"),))
    site.charts.transact(PATIENT, site.cause(), lambda _: again)
    assert site.charts.note(PATIENT, "n1") == "It hurts – só"
    assert site.charts.note(PATIENT, "n2") is None
    assert site.charts.note(OTHER_PATIENT, "n1") is None


def test_a_chart_of_an_older_shape_is_folded_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snapshot's body is not even looked at."""
    chart, clinic = site.charts.chart(PATIENT), site.charts.clinic()
    with site.database.write() as connection:
        connection.execute(charts.update().values(form="older", body_enc=b"unreadable"))
        connection.execute(clinics.update().values(form="older", body_enc=b"unreadable"))
    started = Site(site.database, site.keys, holder="h2")
    assert started.charts.chart(PATIENT) == chart
    assert started.charts.clinic() == clinic
    started.decide(facts=[NoteReceived(NOON, "n")])
    with site.database.read() as connection:
        assert connection.scalar(sa.select(charts.c.form)) == stored_facts.CHART_FORM


def test_failures_of_an_update_are_counted_over_restarts(site: Site) -> None:
    """Each update by itself."""
    assert site.charts.update_failed(5, "KeyError") == 1
    assert Site(site.database, site.keys, holder="h2").charts.update_failed(5, "KeyError") == 2
    assert site.charts.update_failed(6, "x" * 10_000) == 1


def test_the_cause_and_who_decided_stand_beside_each_fact(site: Site) -> None:
    """For the record: who did it, and why."""
    cause = Cause("update:4711", ByStaff(DR_SATO))
    site.charts.transact(PATIENT, cause, lambda _: Decision((raised(NOON),)))
    newest = rows(site, facts)[-1]
    assert (newest.actor, newest.cause, newest.at) == ("staff:s2", "update:4711", NOON)
    assert [row.subject for row in rows(site, causes) if row.key == "update:4711"] == [patient_key(PATIENT)]


def test_the_newest_message_seen_goes_along_with_the_next_commit(site: Site) -> None:
    """By itself it costs no commit; a decision that raised does not lose it; and it never goes backwards."""
    chat = site.charts.note_chat(2001)

    def newest() -> object:
        return next(row.newest_message_id for row in rows(site, chats) if row.chat == chat)

    site.charts.saw_message(chat, MessageId(41))
    site.charts.saw_message(chat, MessageId(40))
    assert newest() is None
    with pytest.raises(AssertionError):
        site.decide(facts=[MISFIT])
    assert newest() is None
    site.decide()
    assert newest() == 41
    site.charts.saw_message(chat, MessageId(7))
    site.decide()
    assert newest() == 41


def test_a_message_to_somebody_without_a_chat_is_a_mistake_of_ours(site: Site) -> None:
    """The core looks people up first; a message that goes nowhere is never kept silently."""
    site.decide_clinic(facts=[StaffMemberRemoved(NOON, DR_ITO)])
    with pytest.raises(AssertionError):
        site.decide(page("p1", DR_ITO))
    assert count(site, outbox) == 0


def test_an_instant_without_a_zone_is_refused(site: Site) -> None:
    """In facts, which would keep it for ever, and in columns."""
    with pytest.raises(AssertionError, match="zone"):
        site.decide(facts=[NoteReceived(NOON.replace(tzinfo=None), "n")])
    with pytest.raises(sa.exc.StatementError, match="zone"):
        site.charts.postpone(PATIENT, NOON.replace(tzinfo=None))


def test_the_clinic_before_it_is_founded_is_empty(database: Database, keys: Keys) -> None:
    """`init` begins with this."""
    assert Site(database, keys).charts.clinic() == Clinic()
    assert Site(database, keys).charts.chart(PatientId("none")) is None


def test_a_programme_is_kept_by_its_content(site: Site) -> None:
    """The same files are the same version, in any order; other files are another; an unknown one is an error."""
    one = site.charts.keep_programme({"a": b"1", "b": b"2"})
    assert site.charts.keep_programme({"b": b"2", "a": b"1"}) == one
    assert site.charts.keep_programme({"a": b"2", "b": b"1"}) != one
    assert site.charts.programme_files(one) == {"a": b"1", "b": b"2"}
    with pytest.raises(LookupError):
        site.charts.programme_files(Version("nothing"))


def test_a_clinic_that_was_decided_and_not_kept_is_never_seen(site: Site) -> None:
    """Not by the next decision either, though it has the same number."""

    def decide(clinic: Clinic) -> Decision:
        return Decision((StaffMemberRemoved(NOON, DR_ITO),), (page("p1", DR_ITO),))

    with pytest.raises(AssertionError):  # Dr Ito has left by the time of the message
        site.charts.transact_clinic(site.cause(), decide)
    member = site.charts.clinic().member(DR_ITO)
    assert member is not None
    assert member.chat is not None


def test_everything_about_one_patient_can_be_read_back(site: Site) -> None:
    """Every fact in order, and every message that reached the patient; none of another patient, no page to staff."""
    version = site.charts.clinic().published.version
    site.enrol(OTHER_PATIENT, 700_000_077)
    site.decide(message("k1"), facts=[asked(NOON, 1, version), CheckInBegun(NOON, CheckInId(1)), raised(NOON)])
    site.decide(page("p1", DR_ITO), message("k2", subject="other"))
    site.decide(message("k3"), patient=OTHER_PATIENT)
    for claim in site.outbox.claim(site.now, site.machine_now, 10):
        site.outbox.keep_rendered(claim, f"words of {claim.key}".encode())
        if claim.key != "k2":
            site.outbox.confirm(claim, MessageId(7), NOON)
    kinds = [fact.kind for fact in site.charts.facts_of(PATIENT)]
    assert kinds == [
        "patient_invited",
        "patient_connected",
        "consent_given",
        "patient_enrolled",
        "check_in_asked",
        "check_in_begun",
        "alert_raised",
    ]
    assert [(told.at, told.payload) for told in site.charts.told(PATIENT)] == [(NOON, b"words of k1")]


def test_a_decision_may_read_the_whole_record_while_it_is_made(site: Site) -> None:
    """As `/mydata` does: what is in it is what was kept before."""
    seen: list[int] = []

    def decide(_: Chart) -> Decision:
        seen.append(len(site.charts.facts_of(PATIENT)))
        return Decision()

    site.charts.transact(PATIENT, site.cause(), decide)
    assert seen == [4]


def test_when_the_clinics_people_change_charts_with_an_alert_in_sight_are_looked_at_at_once(site: Site) -> None:
    """Who was paged may be out of reach, who has it may have left; charts without an alert are left alone."""
    site.enrol(OTHER_PATIENT, 2002)
    site.decide(facts=[raised(site.now)])
    assert site.charts.due(site.now, 10) == []
    site.decide_clinic(facts=[OperatorNotified(site.now, "dead_letter", "1")])
    assert site.charts.due(site.now, 10) == []
    for changed in (
        StaffMemberBlocked(site.now, DR_ITO),
        LeaveEntered(site.now, Leave(DR_SATO, NOON.date(), NOON.date())),
        WeekAssigned(site.now, NOON.date(), (DR_SATO,)),
        StaffMemberRemoved(site.now, DR_ITO),
    ):
        site.decide_clinic(facts=[changed])
        assert site.charts.due(site.now, 10) == [PATIENT], changed
        site.decide()  # looked at: it has no timer of its own here
        assert site.charts.due(site.now, 10) == []
    site.decide(
        facts=[AlertTaken(site.now, AlertId(1), DR_SATO, None), AlertResolved(site.now, AlertId(1), DR_SATO, "called")]
    )
    site.decide_clinic(facts=[StaffMemberRemoved(site.now, NURSE)])
    assert site.charts.due(site.now, 10) == []


def test_what_somebody_has_in_hand_is_listed_until_it_has_its_outcome(site: Site) -> None:
    """For whoever hands everything over."""
    site.decide(facts=[raised(site.now)])
    assert site.charts.in_hand(DR_ITO) == []
    site.decide(facts=[AlertTaken(site.now, AlertId(1), DR_ITO, None)])
    assert site.charts.in_hand(DR_ITO) == [(PATIENT, AlertId(1))]
    assert site.charts.in_hand(DR_SATO) == []
    site.decide(facts=[AlertResolved(site.now, AlertId(1), DR_ITO, "called")])
    assert site.charts.in_hand(DR_ITO) == []
