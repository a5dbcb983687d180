"""People with phones, what they see, and messages for them."""

from typing import Any

from followupbot.application.ports import Sent
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.ids import MessageId
from followupbot.domain.presses import Press
from followupbot.practice import Person, Practice

TOKEN = "123456:AAHonestlyOnlyForTestsNothingIsReal-00"


def newcomer(practice: Practice, name: str) -> Person:
    """Somebody who has pressed Start; the bot has already dealt with that."""
    person = practice.user(name)
    person.start()
    practice.telegram.updates.clear()
    return person


async def buttons(channel: TelegramChannel, person: Person, *presses: Press) -> MessageId:
    """The person has a message with these buttons, labelled 0, 1, …; its number."""
    row = tuple(Button(str(number), press) for number, press in enumerate(presses))
    sent = await channel.send(person.id, channel.compose(Rendered("?", (row,))))
    assert isinstance(sent, Sent), sent
    assert sent.message_id is not None
    return sent.message_id


def messages(person: Person) -> list[dict[str, Any]]:
    """The bot's messages as that person's phone shows them, the oldest first."""
    return [message for message in person.chat()["messages"] if message["from"] == "bot"]


def texts(person: Person) -> list[str]:
    """What the bot has said to that person, the oldest first."""
    return [message["text"] for message in messages(person)]


def labels(message: dict[str, Any]) -> list[str]:
    """The words on a message's buttons."""
    return [button["text"] for row in message["keyboard"] for button in row]
