"""A clinic on a real database with two patients and its staff, and raw updates as Telegram brings them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from followupbot.application import admins
from followupbot.application.front_desk import FrontDesk
from followupbot.bootstrap import house
from followupbot.bootstrap.house import House
from followupbot.channels.telegram import updates
from followupbot.channels.telegram.callback_data import encode
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.updates import Incoming, Unreadable
from followupbot.domain.alert_state import Open
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByShell, Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import CardId, CheckInId, Language, PatientId, ProtocolKey, QuestionId
from followupbot.domain.presses import (
    AnswerPress,
    ConfirmPlanPress,
    ConsentPress,
    NextPress,
    PracticePress,
    Press,
    TeachBackPress,
)
from followupbot.domain.schedule import PartialDate
from followupbot.protocol_files.programme import in_use
from followupbot.protocol_files.sources import gather
from followupbot.settings import Settings
from followupbot.simulation.clock import VirtualClock
from followupbot.storage import migrations
from followupbot.storage.engine import Database

BEGINS = datetime(2026, 3, 2, 12, tzinfo=UTC)
BY = ByShell("test")
HER, HIM, ITO, SATO, ADA = 4711, 4712, 5001, 5002, 5003
MEMBERS = ((ITO, "Dr Ito", Role.CLINICIAN), (SATO, "Dr Sato", Role.LEAD), (ADA, "Ada", Role.ADMIN))
INSIDERS = frozenset({HER, HIM, ITO, SATO, ADA})
EN = Language("en")
MASTER_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


def pressed(address: int, press: Press | str, number: int = 7) -> dict[str, Any]:
    """A button under a message, as Telegram tells of it."""
    data = press if isinstance(press, str) else encode(press)
    query = {"id": "4382", "from": sender(address), "chat_instance": "-77", "data": data}
    return {"callback_query": query | {"message": {"message_id": number, "date": 1772452800, "chat": chat(address)}}}


def wrote(address: int, text: str, number: int = 8) -> dict[str, Any]:
    """A message, or a command."""
    message = {"message_id": number, "date": 1772452800, "from": sender(address), "chat": chat(address), "text": text}
    return {"message": message}


def sender(address: int) -> dict[str, Any]:
    return {"id": address, "is_bot": False, "first_name": "A", "language_code": "en"}


def chat(address: int) -> dict[str, Any]:
    return {"id": address, "first_name": "A", "type": "private"}


@dataclass
class Site:
    """The house, who is in it, and the way in. `refused`: updates that were set aside unread."""

    house: House
    clock: VirtualClock
    hers: PatientId = field(init=False)
    his: PatientId = field(init=False)
    links: dict[str, str] = field(default_factory=dict)
    """Tokens by what is wrong with them."""
    refused: int = 0
    _number: int = 0

    def __post_init__(self) -> None:
        self.inbound = Inbound(FrontDesk(self.house.store, self.house.outbox), 1)

    def furnish(self) -> None:
        """Staff have joined; she and he take part, and he has an open emergency."""
        for address, name, role in MEMBERS:
            token = admins.invite_staff(self.house.store, name, role, BY, self.clock.now()).token
            self.take(wrote(address, f"/start {token}"))
        self.hers, self.links["used"] = self._enrol(HER)
        self.his, _ = self._enrol(HIM)
        _, expired = admins.invite_patient(self.house.store, plan(), BY, self.clock.now())
        self.clock.advance_to(self.clock.now() + timedelta(days=8))
        self.links |= {"expired": expired.token, "forged": "A" * len(expired.token)}
        self.take(pressed(HIM, self.red_flag(self.his)))
        chart = self.house.store.chart(self.his)
        assert chart is not None
        assert chart.unresolved_alert is not None
        assert isinstance(chart.unresolved_alert.state, Open)

    def red_flag(self, patient: PatientId) -> AnswerPress:
        """The button of an emergency item of that patient's first check-in."""
        return AnswerPress(patient, CheckInId(1), QuestionId("rf_bladder_feel"), "new", CardId("cauda_equina"), EN)

    def _enrol(self, address: int) -> tuple[PatientId, str]:
        code, link = admins.invite_patient(self.house.store, plan(), BY, self.clock.now())
        self.take(wrote(address, f"/start {link.token}"))
        presses: list[Press] = [NextPress(code, 1), NextPress(code, 2), ConsentPress(code, agrees=True)]
        presses += [ConfirmPlanPress(code), TeachBackPress(code, "call"), PracticePress(code, "tea")]
        for press in presses:
            self.take(pressed(address, press))
        return code, link.token

    def take(self, raw: dict[str, Any]) -> Decision:
        """What the intake does with an update: read, then decided about in one commit, or set aside unread."""
        self._number += 1
        self.clock.advance_to(self.clock.now() + timedelta(milliseconds=50))
        incoming = updates.read(raw)
        if isinstance(incoming, Unreadable):
            self.refused += 1
            self.house.store.set_aside(self._number, json.dumps(raw).encode(), incoming.why, self.clock.now())
            return Decision()
        return self.decide(incoming)

    def decide(self, incoming: Incoming) -> Decision:
        """It is decided about, as the next update."""
        return self.inbound.decide(incoming, self._number, self.clock.now())

    def record(self, *patients: PatientId) -> list[object]:
        """Everything that must stay as it is: what is recorded of these patients, and the clinic's people."""
        store = self.house.store
        return [*(list(store.facts_of(patient)) for patient in patients), store.clinic().staff, store.clinic().groups]


def plan() -> Plan:
    """Operated four years ago, asked in Madrid at ten."""
    return Plan(
        protocol=ProtocolKey("lumbar_fusion"),
        surgery_on=PartialDate.parse("2022-03-14"),
        zone="Europe/Madrid",
        language=EN,
        ask_at=BEGINS.time().replace(hour=10),
        born=None,
    )


@contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    """Gone afterwards."""
    data = folder / "data"
    given = {"data": data, "database_url": f"sqlite:///{data}/followupbot.db", "master_key": MASTER_KEY}
    settings, clock = Settings.model_validate(given), VirtualClock(BEGINS)
    data.mkdir()
    database = Database(settings.database)
    migrations.upgrade(database)
    database.close()
    with house.open_house(settings, clock, published=False) as opened:
        admins.publish(opened.store, in_use(gather(data)), BY, BEGINS)
    with house.open_house(settings, clock) as opened:
        site = Site(opened, clock)
        site.furnish()
        yield site
