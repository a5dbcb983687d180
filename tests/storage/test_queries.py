"""Lists: what stands in the clear, for people."""

from datetime import timedelta

import pytest

from followupbot.domain.decision import ByShell, ByStaff, Cause
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import AlertResolved, AlertTaken
from followupbot.domain.facts.enrolment import ConsentDeclined
from followupbot.domain.facts.patient import DeletionRequested, PatientHeld, PatientPaused, PatientStopped
from followupbot.domain.ids import AlertId, TimingId
from followupbot.domain.lists import AlertLine
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier
from followupbot.storage.queries import AccessLine, CallLine, CheckInLine, OutboxCount, PatientLine, Queries
from tests.storage.people import DR_ITO, NOON, OTHER_PATIENT, PATIENT, Site, asked, message, page, raised


def test_status_says_how_things_stand(site: Site) -> None:
    """In numbers, at this moment."""
    version = site.charts.clinic().published.version
    site.decide(
        page("p1", DR_ITO),
        message("k1", subject="1"),
        facts=[asked(NOON, 1, version, days=1), raised(NOON, 1, Tier.EMERGENCY)],
    )
    site.now += timedelta(minutes=5)
    site.decide(message("k2", subject="2"), facts=[raised(site.now, 2)])
    site.outbox.confirm(site.outbox.claim(site.now, site.machine_now, 1)[0], None, site.now)
    site.charts.update_failed(1, "KeyError")
    site.charts.set_aside(2, b"{}", "KeyError", NOON)
    status = Queries(site.database).status(NOON + timedelta(days=1))
    assert status.patients == {"active": 1}
    assert status.alerts_unresolved == {Tier.EMERGENCY: 1, Tier.SAME_DAY: 1}
    assert (status.charts_due, status.charts_due_since) == (1, NOON + timedelta(days=1))
    assert status.outbox == (OutboxCount(Lane.ALERT, "sent", 1), OutboxCount(Lane.REPLY, "pending", 2))
    assert status.oldest_pending == {Lane.REPLY: NOON}
    assert (status.updates_failed, status.updates_set_aside) == (1, 1)


def test_status_of_a_clinic_where_nothing_has_happened(site: Site) -> None:
    """Nothing is due and nothing waits."""
    status = Queries(site.database).status(NOON)
    assert (status.charts_due, status.charts_due_since, status.outbox, status.oldest_pending) == (0, None, (), {})


def test_alerts_are_listed_the_worst_first(site: Site) -> None:
    """And within a tier whatever is due first; resolved ones only with the patient."""
    site.enrol(OTHER_PATIENT, 2002)
    later = NOON + timedelta(hours=1)
    site.decide(facts=[raised(later, 1), raised(NOON, 2, Tier.THIS_WEEK), raised(NOON, 3)])
    site.decide(facts=[AlertResolved(NOON, AlertId(3), DR_ITO, "seen")])
    site.decide(facts=[raised(NOON, 1), raised(later, 2, Tier.EMERGENCY)], patient=OTHER_PATIENT)
    site.decide(facts=[AlertTaken(NOON, AlertId(1), DR_ITO, later)], patient=OTHER_PATIENT)
    lists = Queries(site.database)
    assert [(line.patient, line.id) for line in lists.alerts_unresolved()] == [
        (OTHER_PATIENT, 2),
        (OTHER_PATIENT, 1),
        (PATIENT, 1),
        (PATIENT, 2),
    ]
    taken = lists.alerts_unresolved()[1]
    due_at = NOON + timedelta(hours=5)
    assert taken == AlertLine(OTHER_PATIENT, AlertId(1), Tier.SAME_DAY, "taken", DR_ITO, NOON, due_at, later)
    assert [(line.id, line.state) for line in lists.alerts_of(PATIENT)] == [(3, "resolved"), (2, "open"), (1, "open")]


def test_patients_and_their_check_ins(site: Site) -> None:
    """By code; whether the chat refuses us; the newest check-in first."""
    version = site.charts.clinic().published.version
    site.enrol(OTHER_PATIENT, 2002)
    site.decide(facts=[asked(NOON, 1, version)])
    site.outbox.block_chat(site.charts.note_chat(2002))
    lists = Queries(site.database)
    expires_at = NOON + timedelta(days=2)
    assert lists.patients() == [
        PatientLine(PATIENT, "active", False, expires_at),
        PatientLine(OTHER_PATIENT, "active", True, None),
    ]
    assert lists.check_ins(PATIENT) == [
        CheckInLine(PATIENT, 1, TimingId("week_1"), "waiting", NOON, expires_at)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    "fact",
    [
        PatientStopped(NOON),
        PatientPaused(NOON, NOON + timedelta(days=30)),
        DeletionRequested(NOON),
        PatientHeld(NOON, "death", "n1"),
        ConsentDeclined(NOON),
    ],
    ids=lambda fact: fact.kind,
)
def test_who_wants_quiet_is_not_called_though_the_chat_refuses_us(site: Site, fact: ChartFact) -> None:
    """Somebody stops and then blocks the bot: that is no reason to telephone. Who only blocks it is called."""
    chat = site.enrol(OTHER_PATIENT, 2002)
    site.outbox.block_chat(chat)
    (line,) = Queries(site.database).status(NOON).to_call
    assert line == CallLine(OTHER_PATIENT, None, blocked=True)
    site.decide(facts=[fact], patient=OTHER_PATIENT)
    assert Queries(site.database).status(NOON).to_call == ()


def test_what_was_not_delivered(site: Site) -> None:
    """Dead and unknown, the newest first, with why."""
    site.decide(page("p1", DR_ITO), message("k1"))
    for claim in site.outbox.claim(NOON, site.machine_now, 10):
        site.outbox.give_up(claim, "dead" if claim.key == "p1" else "unknown", f"why {claim.key}")
    lines = Queries(site.database).undelivered()
    assert [(line.key, line.staff, line.state, line.error) for line in lines] == [
        ("k1", None, "unknown", "why k1"),
        ("p1", DR_ITO, "dead", "why p1"),
    ]


def test_who_looked_and_who_was_refused(site: Site) -> None:
    """The newest first, of that one subject."""
    site.charts.record_view(Cause("c1", ByStaff(DR_ITO)), "record", "patient:A", NOON)
    site.charts.record_refusal(Cause("c2", ByShell("root")), "export", "patient:A", NOON)
    site.charts.record_view(Cause("c3", ByStaff(DR_ITO)), "record", "patient:B", NOON)
    assert Queries(site.database).accesses("patient:A") == [
        AccessLine(NOON, "shell:root", "export", "patient:A", allowed=False),
        AccessLine(NOON, "staff:s1", "record", "patient:A", allowed=True),
    ]


def test_updates_that_people_have_to_look_at(site: Site) -> None:
    """Set aside once, and the oldest first."""
    site.charts.set_aside(9, b"{}", "KeyError", NOON)
    site.charts.set_aside(4, b"{}", "x" * 10_000, NOON + timedelta(seconds=1))
    site.charts.set_aside(9, b"{}", "again", NOON)
    lines = Queries(site.database).updates_set_aside()
    assert [(line.update, len(line.error)) for line in lines] == [(9, 8), (4, 500)]
