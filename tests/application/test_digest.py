"""The digest: each morning at opening, to leads and clinicians, also when all is clear."""

from datetime import datetime, timedelta

from followupbot.application import rounds
from followupbot.domain import identity
from followupbot.domain.decision import ByShell, Cause
from followupbot.domain.facts.reports import DigestSent
from followupbot.domain.identity import Identity
from tests.application.test_desk import concern, each, emergency
from tests.application.test_front_desk import ADA, HER, ITO, SATO, a_full_world, a_patient
from tests.application.world import Shown, World
from tests.builders import NOW, at


def the_morning(world: World, when: str) -> list[Shown]:
    """What the round of that moment sends as a digest."""
    world.now = at(when)
    before = len(world.shown)
    rounds.once_clinic(world.store, world.now)
    world.deliver()
    return [shown for shown in world.shown[before:] if shown.message == "staff/digest"]


def with_phone(world: World) -> None:
    for patient in world.store.charts:
        entered = Cause(f"phone:{patient}", ByShell("root"))
        world.store.transact(patient, entered, lambda chart: identity.enter(chart, Identity({"phone": "600 000"}), NOW))


def test_it_comes_at_opening_to_leads_and_clinicians_once() -> None:
    """Not to admins, who see no patients; on a Monday, the clinic being open from 08:00."""
    world = a_full_world()
    a_patient(world, HER)
    assert the_morning(world, "2026-03-16 07:59") == []
    sent = the_morning(world, "2026-03-16 08:00")
    chats = {world.store.note_chat(address) for address in (ITO, SATO)}
    assert {shown.chat for shown in sent} == chats
    assert world.store.note_chat(ADA) not in chats
    assert the_morning(world, "2026-03-16 08:00") == []
    assert the_morning(world, "2026-03-16 12:00") == []
    assert the_morning(world, "2026-03-17 08:00") != []
    days = [fact.day.isoformat() for fact in world.store.clinic_facts if isinstance(fact, DigestSent)]
    assert days == ["2026-03-16", "2026-03-17"]


def test_it_comes_also_when_all_is_clear_and_makes_no_sound() -> None:
    """Whoever gets none knows that something is wrong with the program."""
    world = a_full_world()
    a_patient(world, HER)
    with_phone(world)
    shown = the_morning(world, "2026-03-16 08:00")[0]
    assert (shown.params["alerts"], shown.rows) == (None, ())
    posted = [item.outgoing for item in world.store.outbox if getattr(item.outgoing, "message", "") == "staff/digest"]
    assert all(getattr(message, "silent", False) for message in posted)


def test_it_says_what_is_open_and_that_nobody_has_approved_the_programme() -> None:
    """With buttons to alerts and lists (clinical.md 0.16)."""
    world = a_full_world()
    emergency(world, HER)
    shown = the_morning(world, "2026-03-16 08:00")[0]
    assert shown.params["clear"] is False
    assert [concern(line) for line in each(shown, "alerts")] == ["bladder_bowel"]
    assert shown.params["lists"] is not None
    assert [choice.label for row in shown.rows for choice in row] == ["alerts", "list"]
    assert shown.params["unapproved"] == "lumbar_fusion"


def test_none_comes_on_a_day_on_which_the_clinic_is_closed() -> None:
    """And one that was missed at opening, because nothing ran, comes later on that day."""
    world = a_full_world()
    assert the_morning(world, "2026-03-14 10:00") == []
    assert the_morning(world, "2026-03-16 08:30") != []
    assert the_morning(world, "2026-03-17 15:00") != []
    assert the_morning(world, "2026-03-18 19:00") == []


def test_a_clinic_that_is_new_has_its_first_at_an_opening() -> None:
    """Not whenever its first clinician joins."""
    world = a_full_world()
    assert the_morning(world, "2026-03-16 14:00") == []
    assert isinstance(world.now, datetime)
    assert the_morning(world, "2026-03-17 08:00") != []
    assert world.now - NOW > timedelta(days=1)
