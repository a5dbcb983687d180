"""Lists: what stands in the clear, for people."""

from datetime import timedelta

from followupbot.domain.decision import ByShell, ByStaff, Cause
from followupbot.domain.facts.alerts import AlertResolved, AlertTaken
from followupbot.domain.ids import AlertId
from followupbot.domain.lists import AlertLine
from followupbot.domain.outgoing import ToClinician
from followupbot.domain.rules import Tier
from followupbot.storage.queries import AccessLine, Queries
from followupbot.storage.status import CANARY
from tests.storage.people import DR_ITO, NOON, OTHER_PATIENT, PATIENT, Site, message, page, raised


def test_alerts_are_listed_the_worst_first(site: Site) -> None:
    """And within a tier whatever is due first; no resolved ones."""
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


def test_what_was_not_delivered(site: Site) -> None:
    """Dead since then, the newest first, with whom it was for; not what may have arrived, nor the daily test."""
    site.decide(page("p1", DR_ITO), message("k1"), message("k2", subject="2"))
    site.decide_clinic(message("canary", ToClinician(DR_ITO), subject=CANARY))
    for claim in site.outbox.claim(NOON, site.machine_now, 10):
        site.outbox.give_up(claim, "unknown" if claim.key == "k2" else "dead", f"why {claim.key}")
    lines = Queries(site.database).undelivered(NOON - timedelta(days=1))
    assert [(line.patient, line.staff, line.carer, line.message, line.error) for line in lines] == [
        (PATIENT, None, False, "replies/thanks", "why k1"),
        (PATIENT, DR_ITO, False, "replies/thanks", "why p1"),
    ]
    assert Queries(site.database).undelivered(NOON) == []


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
