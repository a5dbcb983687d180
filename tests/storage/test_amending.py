"""Amending: every copy of an alert's messages says how it stands, and one person has the buttons."""

import pytest

from followupbot.domain.clinic import Role
from followupbot.domain.delivery import Act, Claim
from followupbot.domain.facts.staff import GroupBound, GroupUnbound, StaffMemberRemoved
from followupbot.domain.ids import GroupId, MessageId
from followupbot.domain.outgoing import Lane, ToClinician, ToGroup
from tests.storage.people import ALERT, DR_ITO, DR_SATO, NOON, NURSE, Site, amend, claim_keys, message, page, states


def aims(site: Site) -> list[tuple[int, Act, int | None, bool]]:
    """Address, act, target, and whether there are buttons, of everything that goes now, in its order; all is sent."""
    found: list[Claim] = []
    while claims := site.outbox.claim(site.now, site.machine_now, 10):
        for claim in claims:
            site.outbox.confirm(claim, None, site.now)
            found.append(claim)
    return [(claim.address, claim.act, claim.target, bool(claim.choices)) for claim in found]


def test_amending_changes_every_copy_and_gives_one_person_buttons(site: Site) -> None:
    """Dr Ito took it: she can resolve it, the others can read it."""
    site.decide(page("p1", DR_ITO), page("p2", DR_SATO))
    site.deliver(11, limit=1)
    site.deliver(21, limit=1)
    site.decide(amend("taken", choices_for=DR_ITO))
    assert aims(site) == [(1001, Act.EDIT, 11, True), (1002, Act.EDIT, 21, False)]


def test_amending_cancels_what_was_not_sent(site: Site) -> None:
    """Nobody is buzzed for an alert that somebody has, and who was not told of it is told nothing."""
    site.decide(page("p1", DR_ITO), page("p2", DR_SATO))
    site.deliver(11, limit=1)
    site.decide(amend("taken"), page("later", NURSE))
    assert states(site) == {"p1": "sent", "p2": "cancelled", "taken/1": "pending", "later": "pending"}


def test_amending_reaches_a_copy_that_is_being_sent(site: Site) -> None:
    """The edit waits until it is known which message it is."""
    site.decide(page("p1", DR_ITO))
    claim = site.claim_one()
    site.decide(amend("taken"))
    assert claim_keys(site) == []
    site.outbox.confirm(claim, MessageId(11), NOON)
    assert aims(site) == [(1001, Act.EDIT, 11, False)]


@pytest.mark.parametrize("how", ["dead", "cancelled", "retry"])
def test_a_copy_that_was_amended_before_it_arrived_does_not_go_again(site: Site, how: str) -> None:
    """Its old words are not sent any more, and an edit of nothing is not tried."""
    site.decide(page("p1", DR_ITO))
    claim = site.claim_one()
    site.decide(amend("taken"))
    match how:
        case "retry":
            site.outbox.retry(claim, site.machine_now, counted=True, uncertain=False, error="timeout")
        case state:
            site.outbox.give_up(claim, state, "refused")
    assert aims(site) == []
    expected = "dead" if how == "dead" else "cancelled"
    assert states(site) == {"p1": expected, "taken/1": "cancelled"}


@pytest.mark.parametrize("first", ["killed", "taken"])
@pytest.mark.parametrize("how", ["uncertain", "lease"])
def test_who_took_it_by_a_copy_that_nobody_knows_of_can_resolve_it(site: Site, how: str, first: str) -> None:
    """The sender was killed after Telegram had the page, and before that was written down. Found by tests/kill."""
    site.decide(page("p1", DR_ITO))
    claim = site.claim_one()

    def killed() -> None:
        if how == "uncertain":
            site.outbox.retry(claim, site.machine_now + 500, counted=True, uncertain=True, error="timeout")
        else:
            Site(site.database, site.keys, holder="h2").outbox.reclaim()

    if first == "killed":
        killed()
    site.decide(amend("taken", choices_for=DR_ITO))
    if first == "taken":
        killed()
    assert aims(site) == [(1001, Act.SEND, None, True)]
    assert states(site) == {"p1": "cancelled", "taken/1": "sent"}


def test_older_copies_only_lose_their_buttons(site: Site) -> None:
    """Dr Ito was paged three times: the newest copy says what happened, the others fall silent, once."""
    for number in (1, 2, 3):
        site.decide(page(f"p{number}", DR_ITO))
        site.deliver(10 + number)
    site.decide(amend("taken"))
    assert aims(site) == [
        (1001, Act.EDIT, 13, False),
        (1001, Act.STRIP, 11, False),
        (1001, Act.STRIP, 12, False),
    ]
    site.decide(amend("resolved"))
    assert aims(site) == [(1001, Act.EDIT, 13, False)]


def test_at_most_twenty_copies_in_a_chat_are_amended(site: Site) -> None:
    """The newest ones."""
    for number in range(1, 24):
        site.decide(page(f"p{number}", DR_ITO))
        site.deliver(100 + number)
    site.decide(amend("taken"))
    amended = aims(site)
    assert len(amended) == 20
    assert amended[0] == (1001, Act.EDIT, 123, False)
    assert {target for _, _, target, _ in amended} == set(range(104, 124))


def test_of_two_amendments_only_the_newer_goes(site: Site) -> None:
    """Taken and resolved within a second; the copy says "resolved", and never "taken" after it."""
    site.decide(page("p1", DR_ITO))
    site.deliver(11)
    site.decide(amend("taken"))
    site.decide(amend("resolved"))
    assert states(site) == {"p1": "sent", "taken/1": "cancelled", "resolved/1": "pending"}


def test_an_older_amendment_that_failed_does_not_come_after_the_newer(site: Site) -> None:
    """It was being sent when the newer was decided."""
    site.decide(page("p1", DR_ITO))
    site.deliver(11)
    site.decide(amend("taken"))
    claim = site.claim_one()
    site.decide(amend("resolved"))
    site.outbox.retry(claim, site.machine_now, counted=True, uncertain=True, error="timeout")
    assert claim_keys(site) == ["resolved/1"]
    assert states(site)["taken/1"] == "cancelled"


def test_two_amendments_of_a_copy_that_is_being_sent_leave_the_newer(site: Site) -> None:
    """Neither knows the message yet."""
    site.decide(page("p1", DR_ITO))
    claim = site.claim_one()
    site.decide(amend("taken"))
    site.decide(amend("resolved"))
    site.outbox.confirm(claim, MessageId(11), NOON)
    assert claim_keys(site) == ["resolved/1"]


def test_who_has_left_sees_the_buttons_go_and_nothing_new(site: Site) -> None:
    """Nor does the chat that they used before they joined with another."""
    site.decide(page("p1", DR_ITO), page("p2", DR_SATO))
    site.deliver(11)
    site.deliver(21)
    site.decide_clinic(facts=[StaffMemberRemoved(NOON, DR_ITO)])
    site.decide(amend("taken"))
    assert aims(site) == [(1002, Act.EDIT, 21, False), (1001, Act.STRIP, 11, False)]


def test_amending_leaves_the_patients_messages_and_other_alerts_alone(site: Site) -> None:
    """Only staff's copies of that one subject, decided about that one patient."""
    site.decide(message("patient", subject=ALERT), page("p1", DR_ITO))
    site.decide_clinic(message("clinic", ToClinician(DR_ITO), subject=ALERT))
    site.decide(amend("taken"))
    assert states(site) == {"patient": "pending", "p1": "cancelled", "clinic": "pending"}


def test_the_same_amendment_twice_changes_nothing(site: Site) -> None:
    """It does not cancel itself."""
    site.decide(page("p1", DR_ITO))
    site.deliver(11)
    site.decide(amend("taken"))
    site.decide(amend("taken"))
    assert aims(site) == [(1001, Act.EDIT, 11, False)]


def test_a_page_after_an_amendment_is_amended_next_time(site: Site) -> None:
    """Taken, opened again, paged again, taken again: the newest copy is the one that is edited."""
    site.decide(page("p1", DR_ITO))
    site.deliver(11)
    site.decide(amend("taken1"))
    aims(site)
    site.decide(page("p2", DR_ITO))
    site.deliver(12)
    site.decide(amend("taken2"))
    assert aims(site) == [(1001, Act.EDIT, 12, False), (1001, Act.STRIP, 11, False)]


# -- groups, and who has no copy ---------------------------------------------------------------------------------------

GROUP, GROUP_ADDRESS = GroupId("g1"), -4001


def with_a_group(site: Site) -> None:
    """A group is bound to the clinicians' step."""
    chat = site.charts.note_chat(GROUP_ADDRESS)
    site.decide_clinic(facts=[GroupBound(site.now, GROUP, chat, Role.CLINICIAN)])


def test_a_groups_copy_is_amended_too_and_never_has_the_buttons_of_who_has_it(site: Site) -> None:
    """Dr Ito took it; her own copy has them."""
    with_a_group(site)
    site.decide(page("p1", DR_ITO), message("p2", ToGroup(GROUP), lane=Lane.ALERT, subject=ALERT))
    for number in (11, 12):
        site.deliver(number)
    site.decide(amend("taken", choices_for=DR_ITO))
    assert aims(site) == [(1001, Act.EDIT, 11, True), (GROUP_ADDRESS, Act.EDIT, 12, False)]


def test_who_takes_it_in_a_group_without_a_copy_of_their_own_is_sent_one(site: Site) -> None:
    """With the buttons; taken again by the same it is the same message."""
    with_a_group(site)
    site.decide(message("p1", ToGroup(GROUP), lane=Lane.ALERT, subject=ALERT))
    site.deliver(12)
    site.decide(amend("taken", choices_for=DR_SATO))
    assert aims(site) == [(GROUP_ADDRESS, Act.EDIT, 12, False), (1002, Act.SEND, None, True)]


def test_a_group_that_moved_is_written_to_at_its_new_number(site: Site) -> None:
    """Its copies are found again, since its name stays."""
    with_a_group(site)
    site.decide(message("p1", ToGroup(GROUP), lane=Lane.ALERT, subject=ALERT))
    site.deliver(12)
    site.outbox.migrate_chat(site.charts.note_chat(GROUP_ADDRESS), -1001)
    site.decide(amend("taken"))
    assert aims(site) == [(-1001, Act.EDIT, 12, False)]


def test_nothing_new_is_said_in_a_group_that_is_paged_no_more(site: Site) -> None:
    """Its button goes."""
    with_a_group(site)
    site.decide(message("p1", ToGroup(GROUP), lane=Lane.ALERT, subject=ALERT))
    site.deliver(12)
    site.decide_clinic(facts=[GroupUnbound(site.now, GROUP, lost=False)])
    site.decide(amend("taken"))
    assert aims(site) == [(GROUP_ADDRESS, Act.STRIP, 12, False)]


def test_a_page_to_a_chat_that_refuses_us_is_no_dead_letter(site: Site) -> None:
    """It has gone on to the next; a card to a patient who can't get it is one, since nobody else gets it."""
    site.decide(page("p1", DR_ITO), message("card", lane=Lane.ALERT, subject="card"))
    site.outbox.block_chat(site.charts.note_chat(1001))
    site.outbox.block_chat(site.charts.note_chat(2001))
    assert claim_keys(site) == []
    assert states(site) == {"p1": "cancelled", "card": "dead"}
