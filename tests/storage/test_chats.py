"""Chats: a name that tells nobody whose it is, and a number that only its owner's key opens."""

import pytest
import sqlalchemy as sa

from followupbot.domain.decision import ByCarer
from followupbot.domain.facts.carers import CarerConnected, CarerInvited, CarerJoined, CarerLeft
from followupbot.domain.facts.patient import InitialsChosen
from followupbot.domain.facts.staff import StaffMemberRemoved
from followupbot.domain.ids import CarerId, ChatId, MessageId, PatientId, TokenHash
from followupbot.domain.params import WHOM
from followupbot.storage.keys import KeyDestroyed, Keys, patient_key
from followupbot.storage.tables import chats
from tests.storage.people import ADDRESSES, DR_ITO, NOON, OTHER_PATIENT, PATIENT, Site, message


def owner(site: Site, chat: ChatId) -> str:
    """Whose key the number is encrypted with."""
    with site.database.read() as connection:
        found = connection.scalar(sa.select(chats.c.owner).where(chats.c.chat == chat))
    assert isinstance(found, str)
    return found


def test_a_chat_has_one_name_in_every_process(site: Site) -> None:
    """32 hexadecimal digits; another number is another name; also a group's, which is negative."""
    name = site.charts.note_chat(2001)
    assert Site(site.database, site.keys, holder="h2").charts.note_chat(2001) == name
    assert len(name) == 32
    assert len({site.charts.note_chat(number) for number in (2001, 2002, -2001)}) == 3


def test_a_name_can_not_be_guessed_from_the_number(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is made with a key: another clinic has another name for the same chat."""
    from followupbot.storage import migrations
    from followupbot.storage.engine import Database

    elsewhere = Database(f"sqlite:///{tmp_path_factory.mktemp('elsewhere') / 'other.db'}")
    migrations.upgrade(elsewhere)
    keys = Keys.open(elsewhere, bytes(range(32)))
    assert Site(elsewhere, keys).charts.note_chat(2001) != site.charts.note_chat(2001)
    keys.close()
    elsewhere.close()


def test_a_strangers_number_is_the_clinics_until_they_are_connected(site: Site) -> None:
    """Then it goes with the patient's key."""
    chat = site.charts.note_chat(2002)
    assert owner(site, chat) == "clinic"
    site.enrol(OTHER_PATIENT, 2002)
    assert owner(site, chat) == patient_key(OTHER_PATIENT)
    assert site.charts.address(chat) == 2002
    site.keys.destroy(patient_key(OTHER_PATIENT))
    with pytest.raises(KeyDestroyed):
        site.charts.address(chat)


def test_erasing_a_patient_never_silences_a_staff_member_who_shares_the_chat(site: Site) -> None:
    """Whichever of the two they were first."""
    site.enrol(OTHER_PATIENT, ADDRESSES[DR_ITO])
    assert owner(site, site.charts.note_chat(ADDRESSES[DR_ITO])) == "clinic"
    chat = site.charts.note_chat(2001)
    site.join(DR_ITO, chat)
    assert owner(site, chat) == "clinic"


def test_a_chat_that_two_patients_share_stays_the_first_ones(site: Site) -> None:
    """Until the first is followed elsewhere."""
    chat = site.charts.note_chat(2001)
    site.enrol(OTHER_PATIENT, 2001)
    assert owner(site, chat) == patient_key(PATIENT)
    site.enrol(PATIENT, 2009)
    site.enrol(PatientId("third"), 2001)
    assert owner(site, chat) == patient_key(PatientId("third"))


def test_a_staff_member_who_left_and_becomes_a_patient(site: Site) -> None:
    """Their number is the patient's then."""
    site.decide_clinic(facts=[StaffMemberRemoved(NOON, DR_ITO)])
    site.enrol(OTHER_PATIENT, ADDRESSES[DR_ITO])
    assert owner(site, site.charts.note_chat(ADDRESSES[DR_ITO])) == patient_key(OTHER_PATIENT)


def test_in_a_chat_of_several_patients_each_message_says_whom_it_is_about(site: Site) -> None:
    """By the initials chosen for each, or the code while none are; in a chat of one patient nothing stands there."""
    site.decide(message("alone"))
    assert WHOM not in site.claim_one().params
    site.outbox.confirm(site.outbox.claim(site.now, site.machine_now + 100_000, 1)[0], MessageId(1), site.now)
    site.enrol(OTHER_PATIENT, 2001)
    site.decide(message("hers"), facts=[InitialsChosen(NOON, "MG")])
    site.decide(message("his", subject="other"), patient=OTHER_PATIENT)
    claims = site.outbox.claim(site.now, site.machine_now + 200_000, 10)
    assert {claim.key: claim.params.get(WHOM) for claim in claims} == {"hers": "MG", "his": OTHER_PATIENT}


def test_what_we_start_goes_to_a_carers_chat_too_until_they_leave(site: Site) -> None:
    """A link alone makes nobody a carer, and whoever left speaks for nobody there."""
    carer = CarerId(1)
    site.decide(facts=[CarerInvited(NOON, carer, TokenHash("t"), NOON)])
    assert site.charts.patient_invited(TokenHash("t")) == PATIENT
    chat = site.charts.note_chat(4711)
    site.decide(facts=[CarerConnected(NOON, carer, chat), CarerJoined(NOON, carer)])
    assert site.charts.patient_invited(TokenHash("t")) is None
    assert site.charts.speakers_of(chat) == (ByCarer(PATIENT, carer),)
    site.decide(message("ready"))
    claims = site.outbox.claim(site.now, site.machine_now, 10)
    assert sorted(claim.address for claim in claims) == [2001, 4711]
    site.decide(facts=[CarerLeft(NOON, carer, "patient")])
    assert site.charts.speakers_of(chat) == ()
