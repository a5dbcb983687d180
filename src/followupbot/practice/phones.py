"""The phones on the page: whose they are, what stands above them, and which invitations they hold."""

from dataclasses import dataclass
from typing import Any

from followupbot.practice.limits import PHONES_MAX
from followupbot.practice.refusals import Json, Malformed
from followupbot.practice.telegram import Telegram

ROLES = ("patient", "clinician")


@dataclass(frozen=True)
class Link:
    """A chip that opens the bot as a deep link does."""

    label: str
    payload: str


@dataclass(frozen=True)
class Phone:
    """One phone; `chat` is the group it shows, None for its private chat with the bot."""

    user: int
    title: str
    role: str = "patient"
    links: tuple[Link, ...] = ()
    chat: int | None = None

    def to_json(self) -> Json:
        """The phone as the page reads it."""
        links = [{"label": link.label, "payload": link.payload} for link in self.links]
        return {"user": self.user, "title": self.title, "role": self.role, "links": links, "chat": self.chat}


class Phones:
    """The phones side by side; a patient's and a clinician's until others are set."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._phones: list[Phone] = []

    def set(self, phones: list[Phone]) -> None:
        """These phones are on the page, in this order."""
        if len(phones) > PHONES_MAX:
            raise Malformed(f"the page has room for {PHONES_MAX} phones")
        for phone in phones:
            self._telegram.user(phone.user)
            if phone.chat is not None:
                self._telegram.chat(phone.chat)
        self._phones = phones
        self._telegram.events.tell("phones")

    def listed(self) -> list[Phone]:
        """The phones; the two to begin with are made when first looked for, so that a test's clinic stays empty."""
        if not self._phones:
            maria = self._telegram.add_user("Maria", language_code="en")
            ito = self._telegram.add_user("Dr Ito", language_code="en")
            self._phones = [Phone(maria.id, "Maria, patient"), Phone(ito.id, "Dr Ito, clinician", role="clinician")]
        return self._phones


def phones_from(posted: Any) -> list[Phone]:
    """The phones that were posted; raises Malformed."""
    if not isinstance(posted, list):
        raise Malformed("post a list of phones")
    return [_phone(raw) for raw in posted]


def _phone(raw: Any) -> Phone:
    if not isinstance(raw, dict) or not isinstance(raw.get("user"), int) or not isinstance(raw.get("title"), str):
        raise Malformed("a phone has a user and a title")
    if unknown := set(raw) - {"user", "title", "role", "links", "chat"}:
        raise Malformed(f"a phone has no {', '.join(sorted(unknown))}")
    role = raw.get("role", ROLES[0])
    if role not in ROLES:
        raise Malformed(f"role is one of {', '.join(ROLES)}")
    links = raw.get("links", [])
    if not isinstance(links, list) or not all(isinstance(link, dict) and "label" in link for link in links):
        raise Malformed("links are a list of label and payload")
    chips = tuple(Link(str(link["label"]), str(link.get("payload", ""))) for link in links)
    return Phone(raw["user"], raw["title"], role, chips, raw.get("chat"))
