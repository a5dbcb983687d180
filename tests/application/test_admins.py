"""Inviting, publishing, and looking after the staff."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.application import admins
from followupbot.domain.clinic import Role, StaffInvited, StaffLeft
from followupbot.domain.decision import ByShell
from followupbot.domain.ids import ProtocolKey, Version
from followupbot.domain.patient_code import parse
from tests.application.memory import MemoryStore, a_store
from tests.builders import LUMBAR, NOW, a_plan, a_programme

SHELL = ByShell("root")
KNEE = ProtocolKey("knee")


def a_clinic_store() -> MemoryStore:
    return a_store(a_programme())


def test_a_patient_is_invited_under_a_code_with_a_link_that_lasts_a_week() -> None:
    """Its token is nowhere but in the link: the chart has its hash."""
    store = a_clinic_store()
    code, link = admins.invite_patient(store, a_plan(), SHELL, NOW)
    chart = store.chart(code)
    assert chart is not None
    assert chart.enrolled.invitation is not None
    assert parse(code) == code
    assert link.expires_at == chart.enrolled.invitation.expires_at == NOW + timedelta(days=7)
    assert chart.enrolled.invitation.token_hash == admins.hash_of(link.token) != link.token
    assert store.patient_invited(admins.hash_of(link.token)) == code
    assert len(link.token) == 22


def test_a_code_that_is_taken_is_drawn_anew() -> None:
    """Every code is given once."""
    store = a_clinic_store()
    codes = {admins.invite_patient(store, a_plan(), SHELL, NOW)[0] for _ in range(300)}
    assert len(codes) == 300


def test_inviting_again_voids_the_older_link() -> None:
    """Same code, new token."""
    store = a_clinic_store()
    code, first = admins.invite_patient(store, a_plan(), SHELL, NOW)
    second = admins.invite_patient_again(store, code, SHELL, NOW)
    assert store.patient_invited(admins.hash_of(first.token)) is None
    assert store.patient_invited(admins.hash_of(second.token)) == code


def test_staff_are_invited_and_removed() -> None:
    """The name stays in the record."""
    store = a_clinic_store()
    link = admins.invite_staff(store, "dr_ito", Role.CLINICIAN, SHELL, NOW)
    (member,) = store.clinic().staff
    assert member.state == StaffInvited(admins.hash_of(link.token), NOW + timedelta(days=7))
    admins.remove_staff(store, member.id, SHELL, NOW)
    assert [(left.name, left.state) for left in store.clinic().staff] == [("dr_ito", StaffLeft())]


def test_publishing_the_same_files_changes_nothing() -> None:
    """The version is what is in them."""
    store = a_clinic_store()
    version, changed = admins.publish(store, {"clinic.yaml": b"a"}, SHELL, NOW)
    assert (changed, store.clinic().programme_version) == (True, version)
    assert admins.publish(store, {"clinic.yaml": b"a"}, SHELL, NOW) == (version, False)
    other, changed = admins.publish(store, {"clinic.yaml": b"b"}, SHELL, NOW)
    assert (changed, other != version) == (True, True)


def test_a_protocol_that_patients_are_on_is_not_taken_away() -> None:
    """Nobody could be asked anything; one that nobody is on may go."""
    alone = a_programme()
    both = replace(alone, version=Version("both"), protocols={**alone.protocols, KNEE: alone.protocols[LUMBAR]})
    store = a_store(both)
    for _ in range(3):
        admins.invite_patient(store, a_plan(), SHELL, NOW)
    knee, lumbar = {"clinic.yaml": b"knee"}, {"clinic.yaml": b"lumbar"}
    for files, key in ((knee, KNEE), (lumbar, LUMBAR)):
        kept = store.keep_programme(files)
        store.programmes[kept] = replace(both, version=kept, protocols={key: both.protocols[key]})
    with pytest.raises(admins.ProtocolsDropped) as refused:
        admins.publish(store, knee, SHELL, NOW)
    assert refused.value.patients == {LUMBAR: 3}
    assert store.clinic().programme_version == both.version
    assert admins.publish(store, lumbar, SHELL, NOW)[1]


def test_the_bots_name_is_recorded_once() -> None:
    """And when it changes."""
    store = a_clinic_store()
    for name in ("a_bot", "a_bot", "b_bot"):
        admins.name_bot(store, name, SHELL, NOW)
    assert [fact.kind for fact in store.clinic_facts] == ["programme_published", "bot_named", "bot_named"]
    assert store.clinic().bot_name == "b_bot"


def test_the_operator_hears_of_the_same_thing_once_an_hour() -> None:
    """An alarm that repeats itself is switched off; another thing is told."""
    store = a_clinic_store()
    for key, detail, minutes in (
        ("dead_letter", "1", 0),
        ("dead_letter", "1", 50),
        ("dead_letter", "2", 50),
        ("dead_letter", "1", 55),
    ):
        admins.notify_operator(store, key, detail, SHELL, NOW + timedelta(minutes=minutes))
    told = [(notice.detail, notice.at - NOW) for notice in store.clinic().notices]
    assert told == [("1", timedelta()), ("2", timedelta(minutes=50)), ("1", timedelta(minutes=55))]
