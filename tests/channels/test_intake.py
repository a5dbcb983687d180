"""Updates in: none is lost, none is handled twice, and one that can't be handled holds up nobody else."""

import asyncio
import json
import logging

import pytest

from followupbot.application.front_desk import FrontDesk
from followupbot.application.ports import StorageUnavailable
from followupbot.channels.telegram.callback_data import encode
from followupbot.channels.telegram.inbound import Handlers
from followupbot.channels.telegram.intake import FAILURE_PAUSES
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.ids import AlertId, CheckInId, MessageKey, PatientId, QuestionId
from followupbot.domain.outgoing import Notice
from followupbot.domain.presses import AnswerPress, StartPress, TakePress
from followupbot.practice import FaultKind, Person, Practice
from tests.channels.desk import EN, WORDS, House
from tests.channels.phones import buttons, newcomer, texts
from tests.fakes import eventually

START = StartPress(PatientId("K7M2X"), CheckInId(3))
PAIN = AnswerPress(PatientId("K7M2X"), CheckInId(3), QuestionId("pain"), "7")


def test_the_front_desk_takes_what_comes_in() -> None:
    """The types say so: this one line would not pass mypy."""
    takes: type[Handlers] = FrontDesk
    assert takes is FrontDesk


# -- what people do ----------------------------------------------------------------------------------------------------


async def test_each_thing_that_people_do_finds_its_handler(
    house: House, maria: Person, channel: TelegramChannel, practice: Practice
) -> None:
    message = await buttons(channel, maria, START)
    async with house.open():
        maria.start("token_123-abc")
        maria.start()
        maria.text("/START@fusion_bot  token")
        maria.text("/help me")
        maria.text("my leg\nis numb")
        maria.press(message, label="0")
        maria.photo(caption="look")
        maria.voice()
        maria.block()
        maria.unblock()
        await eventually(lambda: len(house.desk.done) == 10)
        await house.confirmed()
    assert house.desk.done == [
        ("started", maria.id, "token_123-abc"),
        ("started", maria.id, None),
        ("started", maria.id, "token"),
        ("commanded", maria.id, "/help me"),
        ("wrote", maria.id, "my leg\nis numb"),
        ("pressed", maria.id, START),
        ("sent", maria.id, "photo look"),
        ("sent", maria.id, "voice"),
        ("blocked", maria.id, None),
        ("unblocked", maria.id, None),
    ]
    assert house.commits == 10


def in_group(**fields: object) -> dict[str, object]:
    """A message in a supergroup, from a person whose private chat is 5."""
    return {"message": {"message_id": 9, "chat": {"id": -77, "type": "supergroup"}, "from": {"id": 5}, **fields}}


async def test_what_staff_do_in_a_group_and_what_becomes_of_it_finds_its_handler(
    house: House, practice: Practice
) -> None:
    """By whose private chat it is; what they say to each other is none of our business."""
    take = TakePress(PatientId("K7M2X"), AlertId(1))
    member = {"chat": {"id": -77, "type": "supergroup"}, "new_chat_member": {"status": "kicked"}}
    pressed = {"id": "1", "from": {"id": 5}, "data": encode(take), **in_group()}
    async with house.open():
        practice.updates(in_group(text="/bind@fusion_bot clinician"))
        practice.updates(in_group(text="who is on call?"))
        practice.updates({"callback_query": pressed})
        practice.updates({"message": {"message_id": 9, "chat": {"id": -7, "type": "group"}, "migrate_to_chat_id": -77}})
        practice.updates(in_group(migrate_from_chat_id=-7))
        practice.updates({"my_chat_member": member})
        await eventually(lambda: len(house.desk.done) == 5)
    assert sorted(house.desk.done, key=str) == [
        ("commanded in group", -77, (5, "/bind clinician")),
        ("moved", -7, -77),
        ("moved", -7, -77),
        ("pressed in group", -77, (5, take)),
        ("removed", -77, None),
    ]


async def test_a_button_of_an_unknown_version_is_something_that_was_sent(house: House, practice: Practice) -> None:
    """Whoever pressed it is told something, and not nothing."""
    chat = {"id": 5, "type": "private"}
    query = {"id": "1", "from": {"id": 5}, "message": {"message_id": 2, "chat": chat}, "data": "9old.button"}
    async with house.open():
        practice.updates({"callback_query": query})
        await eventually(lambda: house.desk.done)
    assert house.desk.done == [("sent", 5, "button")]


async def test_what_is_not_for_us_is_passed_and_counted(house: House, maria: Person, practice: Practice) -> None:
    """Groups, edits, kinds that did not exist when this was written, and Telegram's own remarks."""
    async with house.open() as intake:
        in_a_group = {"message_id": 1, "chat": {"id": -5, "type": "group"}, "from": {"id": 5}, "text": "hello"}
        practice.updates({"message": in_a_group})
        practice.updates(
            {"edited_message": {"message_id": 1, "chat": {"id": maria.id, "type": "private"}, "location": {}}}
        )
        practice.updates({"brain_wave": {"strength": 3}})
        practice.updates({"message": {"message_id": 2, "chat": {"id": 5, "type": "private"}, "pinned_message": {}}})
        maria.text("done")
        await eventually(lambda: house.desk.said() == ["done"])
        await house.confirmed()
        passed = intake._inbound.passed
    assert passed["edited_message"] == 1
    assert passed["other"] == 1
    assert passed["service_message"] == 1
    assert passed["not_private"] == 1
    assert house.shelf.aside == {}


async def test_the_press_is_answered_after_its_commit_with_the_words_that_belong_to_it(
    house: House, maria: Person, channel: TelegramChannel, practice: Practice
) -> None:
    house.desk.notice = Notice(MessageKey("replies/notices/saved"), EN, WORDS)
    message = await buttons(channel, maria, PAIN)
    async with house.open():
        query = maria.press(message, label="0")
        await eventually(lambda: practice.telegram.presses[query].answered_at)
    assert practice.telegram.presses[query].text == "replies/notices/saved en"
    assert len(practice.log(method="answerCallbackQuery")) == 1


async def test_after_a_second_without_commit_the_press_is_answered_without_words(
    house: House, maria: Person, channel: TelegramChannel, practice: Practice
) -> None:
    """Never "saved" before the commit; and no second answer after it."""
    house.desk.notice = Notice(MessageKey("replies/notices/saved"), EN, WORDS)
    house.writer.hangs = asyncio.Event()
    message = await buttons(channel, maria, PAIN)
    async with house.open():
        query = maria.press(message, label="0")
        await eventually(lambda: 1.0 in house.time.slept)
        await house.time.pass_by(0.9)
        assert practice.log(method="answerCallbackQuery") == []
        await house.time.pass_by(0.2)
        await eventually(lambda: practice.telegram.presses[query].answered_at)
        house.writer.hangs.set()
        await house.confirmed()
    assert practice.telegram.presses[query].text == ""
    assert len(practice.log(method="answerCallbackQuery")) == 1


async def test_a_notice_without_words_does_not_undo_the_commit(
    house: House, maria: Person, channel: TelegramChannel, practice: Practice
) -> None:
    house.desk.notice = Notice(MessageKey("replies/notices/gone"), EN, WORDS)
    house.phrases.missing.add("replies/notices/gone")
    message = await buttons(channel, maria, PAIN)
    async with house.open():
        query = maria.press(message, label="0")
        await eventually(lambda: practice.telegram.presses[query].answered_at)
        await house.confirmed()
    assert house.desk.said() == [PAIN]


async def test_what_goes_wrong_after_the_commit_does_not_undo_it(house: House, maria: Person) -> None:
    def wake_the_sender() -> None:
        raise RuntimeError

    house.committed = wake_the_sender
    async with house.open():
        maria.text("one")
        await house.confirmed()
    assert house.desk.said() == ["one"]


# -- confirmed only when committed -------------------------------------------------------------------------------------


async def test_telegram_keeps_an_update_until_its_unit_has_committed(house: House, maria: Person) -> None:
    """It comes with every poll, and is begun once. Polls are half a second apart: sooner, one offset gives one."""
    house.writer.hangs = asyncio.Event()
    async with house.open():
        maria.text("one")
        maria.text("two")
        for repeated in range(1, 5):
            await house.slept(*[0.55] * repeated)
            polls = len(house.polls())
            await asyncio.sleep(0.02)
            await house.time.pass_by(0.3)
            assert len(house.polls()) == polls
            await house.time.pass_by(0.3)
        assert house.pending() == 2
        assert {poll.get("offset") for poll in house.polls()[2:]} == {"500000002"}
        house.writer.hangs.set()
        await house.confirmed()
    assert house.desk.said() == ["one", "two"]
    assert set(house.desk.tried.values()) == {1}


async def test_an_update_that_comes_again_after_a_restart_causes_nothing_anew(
    house: House, maria: Person, practice: Practice
) -> None:
    async with house.open():
        maria.text("one")
        await house.confirmed()
    practice.redeliver(500_000_002)
    async with house.open():
        maria.text("two")
        await house.confirmed()
    assert house.desk.said() == ["one", "two"]


async def test_updates_of_one_chat_keep_their_order_and_hold_back_no_other_chat(
    house: House, maria: Person, practice: Practice
) -> None:
    """Maria's first waits to be tried again; her second waits behind it; Juan's does not wait."""
    juan = newcomer(practice, "Juan")
    house.desk.fails["first"] = 2
    async with house.open():
        maria.text("first")
        maria.text("second")
        juan.text("hello")
        await eventually(lambda: house.desk.said() == ["hello"])
        await house.time.pass_by(0.2)
        assert house.desk.said() == ["hello"]
        await house.time.pass_by(0.5)
        await eventually(lambda: len(house.desk.done) == 3)
        await house.confirmed()
    assert house.desk.said() == ["hello", "first", "second"]


# -- what can't be handled ---------------------------------------------------------------------------------------------


async def test_who_wrote_what_was_set_aside_is_told_in_their_language(house: House, practice: Practice) -> None:
    """Of their Telegram; where there are no words in it, in the clinic's."""
    elena = practice.user("Elena", language_code="es")
    house.desk.fails["poison"] = 99
    async with house.open():
        elena.start()
        elena.text("poison")
        for pause in FAILURE_PAUSES:
            await eventually(lambda pause=pause: pause in house.time.slept)  # type: ignore[misc]
            await house.time.pass_by(pause)
        await eventually(lambda: texts(elena) == ["replies/not_handled es"])


async def test_at_the_third_failure_an_update_is_set_aside_and_the_next_is_handled(
    house: House, maria: Person, caplog: pytest.LogCaptureFixture
) -> None:
    house.desk.fails["poison"] = 99
    async with house.open():
        maria.text("poison")
        maria.text("next")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(0.2)
        await eventually(lambda: 0.5 in house.time.slept)
        await house.time.pass_by(0.5)
        await eventually(lambda: house.desk.said() == ["next"])
        await house.confirmed()
    ((update, (raw, error)),) = house.shelf.aside.items()
    assert json.loads(raw)["message"]["text"] == "poison"
    assert error.startswith("RuntimeError at desk.py:")
    assert house.told == [("update_set_aside", str(update))]
    assert texts(maria) == ["replies/not_handled en"]  # who sent it does not think that it was read
    assert house.desk.tried.most_common(1)[0][1] == 3
    assert "poison" not in caplog.text


async def test_failures_are_counted_across_restarts(house: House, maria: Person) -> None:
    """Else an update that kills the process would be tried for ever."""
    house.desk.fails["poison"] = 99
    async with house.open():
        maria.text("poison")
        await eventually(lambda: 0.2 in house.time.slept)
        update = next(iter(house.shelf.failed))
        house.shelf.failed[update] = 2
        house.writer.away = True
    assert house.pending() == 1
    house.writer.away = False
    async with house.open():
        await eventually(lambda: update in house.shelf.aside)
        await house.confirmed()
    assert house.shelf.failed[update] == 3


async def test_a_database_that_is_away_never_counts(house: House, maria: Person) -> None:
    house.writer.away = True
    async with house.open():
        maria.text("one")
        maria.text("two")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(60)
        assert house.pending() == 2
        house.writer.away = False
        await house.time.pass_by(6)
        await eventually(lambda: house.desk.said() == ["one", "two"])
        await house.confirmed()
    assert house.shelf.failed == {}
    assert house.shelf.aside == {}


async def test_a_database_that_goes_away_while_a_failure_is_counted_does_not_lose_the_count(
    house: House, maria: Person
) -> None:
    """The handler raised, the count could not be written: as if it had not been tried."""
    house.desk.fails["poison"] = 99
    real = house.shelf.update_failed
    house.writer.away = False
    async with house.open():

        def gone(update: int, error: str) -> int:
            house.shelf.update_failed = real  # type: ignore[method-assign]
            raise StorageUnavailable

        house.shelf.update_failed = gone  # type: ignore[method-assign]
        maria.text("poison")
        await eventually(lambda: 0.2 in house.time.slept)
        await house.time.pass_by(5)
        await house.confirmed()
    assert house.desk.tried.total() == 4
    assert list(house.shelf.failed.values()) == [3]


async def test_what_can_not_be_read_is_set_aside_at_once(house: House, maria: Person, practice: Practice) -> None:
    async with house.open():
        update = practice.updates({"message": {"message_id": "seven", "chat": 3}})
        practice.updates({"callback_query": None})
        maria.text("next")
        await eventually(lambda: house.desk.said() == ["next"])
        await eventually(lambda: len(house.shelf.aside) == 2)
        await house.confirmed()
    assert json.loads(house.shelf.aside[update][0])["message"] == {"message_id": "seven", "chat": 3}
    assert house.shelf.aside[update][1] == "unreadable message"
    assert ("update_set_aside", str(update)) in house.told


async def test_what_has_no_number_is_passed_by_the_next_that_has_one(
    house: House, maria: Person, practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    """Telegram sends no such thing; a proxy that does must not end the intake, nor fill the log."""
    async with house.open():
        practice.updates("nonsense")
        practice.updates(["more"])
        for repeated in range(1, 4):
            await house.slept(*[0.55] * repeated)
            await house.time.pass_by(0.55)
        maria.text("one")
        await house.time.pass_by(1)
        await eventually(lambda: house.desk.said() == ["one"])
        await house.confirmed()
    assert caplog.text.count("without a number") == 1


# -- polling -----------------------------------------------------------------------------------------------------------


async def test_a_network_that_is_down_is_said_once_and_waited_for(
    house: House, maria: Person, practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "followupbot")
    pauses = (1, 2, 4, 8, 16, 30, 30, 30)
    practice.fault("getUpdates", FaultKind.DROP_BEFORE, times=len(pauses))
    async with house.open() as intake:
        for failures, pause in enumerate(pauses, start=1):
            await house.slept(*pauses[:failures])
            assert intake.last_good_poll_machine is None
            await house.time.pass_by(pause)
        maria.text("one")
        await eventually(lambda: house.desk.said() == ["one"])
        assert intake.last_good_poll_machine == house.time.machine_now()
    said = [record.getMessage() for record in caplog.records if "polled" in record.getMessage()]
    assert len(said) == 2
    assert "tried again until it can" in said[0]
    assert "polled again" in said[1]
    assert house.told == []


async def test_a_second_poller_is_told_to_the_operator_and_outwaited(
    house: House, maria: Person, practice: Practice
) -> None:
    practice.fault("getUpdates", FaultKind.CONFLICT, times=3)
    async with house.open():
        for failures in range(1, 4):
            await house.slept(*[5.0] * failures)
            await house.time.pass_by(5)
        maria.text("one")
        await eventually(lambda: house.desk.said() == ["one"])
    assert house.told == [("poll_conflict", "")]


@pytest.mark.parametrize("kind", [FaultKind.NOT_FOUND, FaultKind.UNAUTHORIZED])
async def test_a_refused_poll_is_told_once_an_hour_and_tried_for_ever(
    house: House, maria: Person, practice: Practice, kind: FaultKind
) -> None:
    """PTB's own polling ends at a proxy's stray 404."""
    practice.fault("getUpdates", kind, times=130)
    async with house.open():
        pauses = [1, 2, 4, 8, 16, *[30] * 125]
        for failures, pause in enumerate(pauses, start=1):
            await house.slept(*pauses[:failures])
            await house.time.pass_by(pause)
        maria.text("one")
        await eventually(lambda: house.desk.said() == ["one"])
    assert house.told == [("token_refused", "")] * 2


async def test_a_notice_that_could_not_be_written_is_tried_again(
    house: House, practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    practice.fault("getUpdates", FaultKind.CONFLICT, times=2)
    house.writer.away = True
    async with house.open():
        await eventually(lambda: house.time.slept == [5.0])
        await eventually(lambda: "operator not told poll_conflict" in caplog.text)
        house.writer.away = False
        await house.time.pass_by(5)
        await eventually(lambda: house.told == [("poll_conflict", "")])


async def test_telegram_is_believed_when_it_says_how_long_to_wait(house: House, practice: Practice) -> None:
    practice.fault("getUpdates", FaultKind.FLOOD, retry_after=17)
    async with house.open():
        await eventually(lambda: house.time.slept == [17.0])


@pytest.mark.parametrize("kind", [FaultKind.BROKEN_JSON, FaultKind.BAD_GATEWAY, FaultKind.SERVER_ERROR_AFTER])
async def test_an_answer_that_is_none_loses_nothing(
    house: House, maria: Person, practice: Practice, kind: FaultKind
) -> None:
    practice.fault("getUpdates", kind)
    maria.text("one")
    async with house.open():
        await eventually(lambda: house.time.slept == [1.0])
        await house.time.pass_by(1)
        await eventually(lambda: house.desk.said() == ["one"])


# -- the end -----------------------------------------------------------------------------------------------------------


async def test_a_stop_finishes_what_is_in_hand_and_confirms_it(house: House, maria: Person) -> None:
    """Nothing comes again that was done."""
    house.desk.fails["one"] = 1
    async with house.open():
        maria.text("one")
        await eventually(lambda: 0.2 in house.time.slept)
        assert house.desk.said() == []
    assert house.desk.said() == ["one"]
    assert house.pending() == 0


async def test_a_stop_does_not_confirm_what_is_unfinished(house: House, maria: Person, practice: Practice) -> None:
    """Juan's is finished, but stays too: Telegram forgets by number, and Maria's has the lower one."""
    juan = newcomer(practice, "Juan")
    house.desk.fails["one"] = 99
    async with house.open() as intake:
        maria.text("one")
        juan.text("two")
        await eventually(lambda: house.desk.said() == ["two"])
        house.writer.away = True
        assert intake.unconfirmed == 1
    assert house.pending() == 2
    house.writer.away = False
    house.desk.fails.clear()
    async with house.open():
        await eventually(lambda: house.desk.said() == ["two", "one"])
        await house.confirmed()


async def test_a_stop_waits_three_seconds_and_no_longer(house: House, maria: Person) -> None:
    house.writer.hangs = asyncio.Event()
    began = house.time.passed
    async with house.open():
        maria.text("one")
        await eventually(lambda: 0.55 in house.time.slept)
    assert house.time.passed - began <= 4.0
    assert house.pending() == 1
