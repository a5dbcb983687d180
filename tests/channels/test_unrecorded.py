"""An emergency press gets its card within a second, whatever has become of the database (clinical.md 0.5)."""

import asyncio

import pytest

from followupbot.application.ports import StorageUnavailable
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.ids import AlertId, CardId, CheckInId, Language, PatientId, QuestionId
from followupbot.domain.presses import AnswerPress, CheckNowPress, CommandPress, CrisisPress, HelpPress, Press
from followupbot.practice import FaultKind, Person, Practice
from tests.channels.desk import House
from tests.channels.phones import buttons, newcomer, texts
from tests.fakes import eventually

EMERGENCY = AnswerPress(
    PatientId("K7M2X"), CheckInId(3), QuestionId("bladder"), "new", CardId("cauda_equina"), Language("es")
)
HARMLESS = AnswerPress(PatientId("K7M2X"), CheckInId(3), QuestionId("pain"), "7")
CARD = "cards/cauda_equina es reached=False recorded=False"
URGENT, URGENT_EN = "replies/urgent es", "replies/urgent en"
URGENT_PAGE = "operator/unrecorded_urgent en detail=K7M2X"
PAGE = "operator/unrecorded_emergency en detail=K7M2X"


@pytest.fixture
def ito(practice: Practice, house: House) -> Person:
    """The clinician on call, as last known."""
    person = newcomer(practice, "Dr Ito")
    house.direct.chats = (person.id,)
    return person


async def test_a_card_goes_out_one_second_after_a_press_that_is_not_committed(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    """In the press's own language, and staff are paged in theirs. Later the commit still happens, once."""
    message = await buttons(channel, maria, EMERGENCY)
    house.writer.hangs = asyncio.Event()
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: 1.0 in house.time.slept)
        await house.time.pass_by(0.95)
        assert texts(maria) == ["?"]
        await house.time.pass_by(0.1)
        await eventually(lambda: texts(maria) == ["?", CARD] and texts(ito) == [PAGE])
        assert house.pending() == 1
        await house.time.pass_by(30)
        house.writer.hangs.set()
        await house.confirmed()
    assert house.desk.said() == [EMERGENCY]
    assert (texts(maria), texts(ito)) == (["?", CARD], [PAGE])


async def test_a_press_that_is_committed_in_time_leaves_the_card_to_the_outbox(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    async with house.open():
        maria.press(message, label="0")
        await house.confirmed()
        await house.time.pass_by(30)
    assert house.desk.said() == [EMERGENCY]
    assert (texts(maria), texts(ito)) == (["?"], [])


async def test_a_database_that_says_it_is_away_is_not_waited_for(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    """The card goes out at once; it goes out once, however often the unit is tried again."""
    message = await buttons(channel, maria, EMERGENCY)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(maria) == ["?", CARD])
        assert house.time.passed == 0
        await house.time.pass_by(60)
        house.writer.away = False
        await house.time.pass_by(6)
        await eventually(house.desk.said)
        await house.confirmed()
    assert house.desk.said() == [EMERGENCY]
    assert (texts(maria), texts(ito)) == (["?", CARD], [PAGE])


async def test_a_card_behind_other_updates_of_the_chat_does_not_wait_for_them(
    house: House, maria: Person, channel: TelegramChannel
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    house.desk.fails["poison"] = 99
    house.writer.hangs = asyncio.Event()
    async with house.open():
        maria.text("poison")
        maria.press(message, label="0")
        await eventually(lambda: 1.0 in house.time.slept)
        await house.time.pass_by(1.0)
        await eventually(lambda: texts(maria) == ["?", CARD])
        house.writer.hangs.set()


async def test_a_handler_that_fails_keeps_no_card_back(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    """The press is set aside, and will never commit: the card goes out with that."""
    message = await buttons(channel, maria, EMERGENCY)
    house.desk.fails["new"] = 99
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(0.2)
        await house.time.pass_by(0.5)
        await eventually(lambda: len(house.shelf.aside) == 1)
        await eventually(lambda: texts(maria) == ["?", CARD] and texts(ito) == [PAGE])
        await house.time.pass_by(10)
        await house.confirmed()
    assert texts(maria) == ["?", CARD]


async def test_a_restart_with_the_database_still_away_does_not_repeat_the_card(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(maria) == ["?", CARD] and texts(ito) == [PAGE])
        await eventually(lambda: house.sent_log.exists())
    async with house.open():
        await eventually(lambda: house.time.slept.count(0.2) == 2)
        await house.time.pass_by(10)
    assert house.pending() == 1
    assert (texts(maria), texts(ito)) == (["?", CARD], [PAGE])
    assert house.sent_log.read_text().split() == ["update:123456:500000003"]


async def test_a_disk_that_takes_nothing_keeps_no_card_back(
    house: House, maria: Person, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk may be the very reason why nothing commits."""
    message = await buttons(channel, maria, EMERGENCY)
    house.sent_log = house.sent_log.parent / "no such folder" / "cards_sent.log"
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(maria) == ["?", CARD])
        await house.time.pass_by(10)
    assert texts(maria) == ["?", CARD]
    assert "cards_sent.log can't be written" in caplog.text


@pytest.mark.parametrize(
    ("press", "comes"),
    [
        (CrisisPress(EMERGENCY.patient, CardId("cauda_equina"), Language("es")), True),
        (HelpPress(EMERGENCY.patient, AlertId(1), False, EMERGENCY.card, Language("es")), True),
        (HelpPress(EMERGENCY.patient, AlertId(1), True), False),
    ],
    ids=["harming oneself", "not yet", "help is there"],
)
async def test_whoever_needs_help_has_the_card_also_without_a_database(
    house: House, maria: Person, ito: Person, channel: TelegramChannel, press: Press, comes: bool
) -> None:
    """The two other buttons that bear one; a third says that all is well."""
    message = await buttons(channel, maria, press)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(5)
        if comes:
            await eventually(lambda: texts(maria) == ["?", CARD] and texts(ito) == [PAGE])
    assert texts(maria) == (["?", CARD] if comes else ["?"])


async def test_a_harmless_press_brings_no_card(house: House, maria: Person, channel: TelegramChannel) -> None:
    message = await buttons(channel, maria, HARMLESS)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(5)
    assert texts(maria) == ["?"]


async def test_what_surely_or_perhaps_did_not_arrive_is_sent_again(
    house: House, maria: Person, ito: Person, practice: Practice, channel: TelegramChannel
) -> None:
    """The first card is dropped on the way, the second told to wait, the third arrives; the page arrives at once."""
    message = await buttons(channel, maria, EMERGENCY)
    practice.fault("sendMessage", FaultKind.DROP_BEFORE, chat=maria.id)
    practice.fault("sendMessage", FaultKind.FLOOD, chat=maria.id)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(ito) == [PAGE])
        await eventually(lambda: 1.0 in house.time.slept)
        for _ in range(4):
            await house.time.pass_by(1.0)
            await asyncio.sleep(0.02)
        await eventually(lambda: texts(maria) == ["?", CARD])
    assert (texts(maria), texts(ito)) == (["?", CARD], [PAGE])


async def test_a_send_that_hangs_takes_a_second_and_a_half_and_no_longer(
    house: House, maria: Person, practice: Practice, channel: TelegramChannel
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    practice.fault("sendMessage", FaultKind.HANG, chat=maria.id)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        began = asyncio.get_running_loop().time()
        await eventually(lambda: practice.log(method="sendMessage")[1:])
        assert asyncio.get_running_loop().time() - began < 2.0
        await eventually(lambda: house.time.slept.count(1.0) == 2)
        await house.time.pass_by(1.0)
        await eventually(lambda: texts(maria) == ["?", CARD])


async def test_a_card_whose_mark_up_is_refused_goes_out_bare(
    house: House, maria: Person, practice: Practice, channel: TelegramChannel
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    practice.fault("sendMessage", FaultKind.CANT_PARSE, chat=maria.id)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(maria) == ["?", CARD])


async def test_staff_are_paged_even_if_the_card_has_no_words(
    house: House, maria: Person, ito: Person, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    house.phrases.missing.add("cards/cauda_equina")
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(ito) == [PAGE])
        await house.time.pass_by(30)
        assert house.pending() == 1
    assert texts(ito) == [PAGE]
    assert "cards/cauda_equina has no words in es" in caplog.text


async def test_a_patient_who_has_blocked_the_bot_is_still_paged_about(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    message = await buttons(channel, maria, EMERGENCY)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        maria.user.blocked = True
        await eventually(lambda: texts(ito) == [PAGE])
        await house.time.pass_by(30)
    assert texts(ito) == [PAGE]


async def test_urgent_begins_with_its_card_although_the_database_is_away(
    house: House, maria: Person, ito: Person, channel: TelegramChannel
) -> None:
    """In the language of the person's Telegram; the page bears the code that an earlier button of the chat has told."""
    message = await buttons(channel, maria, HARMLESS)
    maria.user.language_code = "es"
    async with house.open():
        maria.press(message, label="0")
        await house.confirmed()
        house.writer.away = True
        maria.text("/urgent my leg")
        await eventually(lambda: texts(maria) == ["?", URGENT] and texts(ito) == [URGENT_PAGE])
        assert house.time.passed == 0
        await house.time.pass_by(60)
        house.writer.away = False
        await house.time.pass_by(6)
        await house.confirmed()
    assert house.desk.said() == [HARMLESS, "/urgent my leg"]
    assert (texts(maria), texts(ito)) == (["?", URGENT], [URGENT_PAGE])


async def test_urgent_waits_no_longer_than_a_second_for_its_commit(house: House, maria: Person, ito: Person) -> None:
    """Of somebody whom no button has named yet, in a language that we have no words in."""
    house.writer.hangs = asyncio.Event()
    house.phrases.languages = {"en"}
    maria.user.language_code = "fr"
    async with house.open():
        maria.text("/emergency")
        await eventually(lambda: 1.0 in house.time.slept)
        await house.time.pass_by(0.9)
        assert texts(maria) == []
        await house.time.pass_by(0.2)
        await eventually(lambda: texts(maria) == [URGENT_EN])
        await eventually(lambda: texts(ito) == [URGENT_PAGE.replace("K7M2X", "?")])
        house.writer.hangs.set()


@pytest.mark.parametrize("press", [CheckNowPress(PatientId("K7M2X")), CommandPress(PatientId("K7M2X"), "urgent")])
async def test_so_does_a_button_that_asks_for_the_same(
    house: House, maria: Person, channel: TelegramChannel, press: Press
) -> None:
    message = await buttons(channel, maria, press)
    house.writer.away = True
    async with house.open():
        maria.press(message, label="0")
        await eventually(lambda: texts(maria) == ["?", URGENT_EN])


async def test_another_command_waits_for_the_database(house: House, maria: Person) -> None:
    house.writer.away = True
    async with house.open():
        maria.text("/help")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(30)
        assert texts(maria) == []


async def test_the_writer_raises_what_the_port_promises(house: House) -> None:
    """The fake is honest: nothing runs while it is away."""
    house.writer.away = True
    with pytest.raises(StorageUnavailable):
        await house.writer(lambda: 1 / 0)
