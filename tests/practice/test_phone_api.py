"""The people's side over HTTP, as stories and the page use it."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from followupbot.practice import FrozenClock, Person, Practice
from followupbot.practice.guide import Shown
from followupbot.practice.limits import HAPPENING_CHARS_MAX, MESSAGE_KEPT_SECONDS


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address) as client:
        yield client


async def test_a_whole_story_over_http(http: httpx.AsyncClient, practice: Practice) -> None:
    user = (await http.post("/practice/users", json={"name": "Maria", "language_code": "es"})).json()["id"]
    await http.post(f"/practice/users/{user}/start", json={"payload": "invite-1"})
    bot = f"/bot{practice.telegram.token}"
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = await http.post(f"{bot}/sendMessage", json={"chat_id": user, "text": "Any pain?", "reply_markup": markup})
    number = sent.json()["result"]["message_id"]
    press = await http.post(f"/practice/users/{user}/press", json={"message_id": number, "label": "Yes"})
    query_id = press.json()["query_id"]
    await http.get(f"{bot}/answerCallbackQuery", params={"callback_query_id": query_id, "text": "Noted"})
    chat = (await http.get(f"/practice/users/{user}/chat")).json()
    assert [(m["from"], m["text"]) for m in chat["messages"]] == [("user", "/start invite-1"), ("bot", "Any pain?")]
    assert chat["messages"][1]["keyboard"] == [[{"text": "Yes", "data": "y"}]]
    assert chat["notices"] == ["Noted"]
    log = (await http.get("/practice/log", params={"since": 1})).json()
    assert [(call["n"], call["method"], call["status"]) for call in log] == [(2, "answerCallbackQuery", 200)]


@pytest.mark.parametrize(
    ("path", "posted", "status"),
    [
        ("/practice/users", {}, 400),
        ("/practice/users", {"name": "x", "nmae": "y"}, 400),
        ("/practice/users/1/text", {"text": "hello"}, 404),
        ("/practice/users/700000001/press", {"message_id": 99, "data": "x"}, 404),
        ("/practice/users/700000001/press", {"message_id": 1, "data": "x"}, 409),
        ("/practice/users/700000001/sing", {}, 404),
        ("/practice/faults", {"kind": "sulk"}, 400),
        ("/practice/redeliver/7", {}, 404),
    ],
)
async def test_what_is_not_possible_says_why(
    http: httpx.AsyncClient, maria: Person, path: str, posted: dict[str, object], status: int
) -> None:
    answer = await http.post(path, json=posted)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_a_message_cannot_bring_a_script_to_the_page(bot: Bot, maria: Person) -> None:
    await bot.send_message(maria.id, '<img src=x onerror="alert(1)"> <b>x</b>')
    await bot.send_message(maria.id, '<a href="https://e.org/&quot;&gt;&lt;script&gt;">x</a>', parse_mode="HTML")
    shown = [message["html"] for message in maria.chat()["messages"][1:]]
    assert "<img" not in shown[0]
    assert "<script" not in shown[1]


async def test_clock_limits_faults_and_phones_can_be_set_from_outside(
    http: httpx.AsyncClient, practice: Practice, maria: Person
) -> None:
    before = (await http.get("/practice/clock")).json()["now"]
    assert (await http.post("/practice/clock", json={"advance": 60})).json()["now"] == before + 60
    assert (await http.post("/practice/limits", json={"enabled": False})).json() == {"enabled": False}
    await http.post("/practice/faults", json={"method": "sendMessage", "kind": "429", "times": 2})
    assert [fault["kind"] for fault in (await http.get("/practice/faults")).json()] == ["429"]
    assert (await http.delete("/practice/faults")).json() == {"removed": 1}
    phone = {"user": maria.id, "title": "Maria", "links": [{"label": "Open the invitation", "payload": "abc"}]}
    await http.post("/practice/phones", json=[phone])
    (shown,) = (await http.get("/practice/phones")).json()
    assert shown == {**phone, "role": "patient", "chat": None}


class Steered:
    """A clinic's clock under somebody's hand."""

    def __init__(self) -> None:
        self.now, self.speed = 1_000_000.0, 1.0
        self.due: float | None = None

    def __call__(self) -> float:
        return self.now

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    async def skip(self) -> bool:
        if self.due is None:
            return False
        self.now = self.due
        return True


async def test_the_page_steers_the_clinics_time_and_neither_rates_nor_retention(clock: FrozenClock) -> None:
    dates = Steered()
    practice = Practice(clock=clock, dates=dates)
    async with practice.serve() as address, httpx.AsyncClient(base_url=address) as http:
        assert (await http.get("/practice/clock")).json() == {"now": 1_000_000, "speed": 1.0}
        assert (await http.post("/practice/clock", json={"speed": 1440})).json()["speed"] == 1440
        assert (await http.post("/practice/clock", json={"speed": -1})).status_code == 400
        assert (await http.post("/practice/clock", json={"skip": True})).json() == {"error": "nothing is due"}
        dates.due = 2_000_000.0
        assert (await http.post("/practice/clock", json={"skip": True})).json()["now"] == 2_000_000
        maria = practice.user("Maria")
        maria.start()
        assert maria.chat()["messages"][0]["date"] == 2_000_000
        assert practice.telegram.updates.pending_count() == 1, (
            "a million seconds of the clinic's time are nothing to it"
        )
        clock.advance(MESSAGE_KEPT_SECONDS + 1)
        assert practice.telegram.updates.pending_count() == 0


async def test_what_happens_in_any_chat_is_told_in_a_line(http: httpx.AsyncClient, bot: Bot, maria: Person) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("A bit", callback_data="y")]])
    sent = await bot.send_message(maria.id, "<b>Any pain?</b>\nSince when?", parse_mode="HTML", reply_markup=markup)
    maria.press(sent.id, data="y")
    maria.text("x" * 300)
    maria.block()
    told = (await http.get("/practice/happenings", params={"since": 1})).json()
    assert [(line["kind"], line["name"], line["text"]) for line in told] == [
        ("sent", "Maria", "Any pain?"),
        ("pressed", "Maria", "A bit"),
        ("wrote", "Maria", "x" * (HAPPENING_CHARS_MAX - 1) + "…"),
        ("blocked", "Maria", ""),
    ]


async def test_a_story_is_shown_and_gone_on_from(http: httpx.AsyncClient, practice: Practice) -> None:
    assert (await http.get("/practice/story")).json() is None

    class Two:
        at = 1

        def shown(self) -> Shown | None:
            return Shown(f"step_{self.at}", self.at, 2) if self.at <= 2 else None

        def go_on(self) -> None:
            self.at += 1

    practice.tell(Two())
    assert (await http.get("/practice/story")).json()["step"] == "step_1"
    assert (await http.post("/practice/story")).json()["step"] == "step_2"
    assert (await http.post("/practice/story")).json() is None


async def test_two_phones_are_there_when_none_were_set(http: httpx.AsyncClient, practice: Practice) -> None:
    assert practice.telegram.users == {}
    phones = (await http.get("/practice/phones")).json()
    assert [phone["role"] for phone in phones] == ["patient", "clinician"]
    assert (await http.get("/practice/phones")).json() == phones


async def test_events_tell_the_page_what_changed(http: httpx.AsyncClient, bot: Bot, maria: Person) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    kinds: list[str] = []

    async def act() -> None:
        await bot.send_chat_action(maria.id, "typing")
        sent = await bot.send_message(maria.id, "Any pain?", reply_markup=markup)
        await bot.answer_callback_query(maria.press(sent.id, data="y"), "Noted", show_alert=True)
        await bot.edit_message_text("Thank you", maria.id, sent.id)

    async with http.stream("GET", "/practice/events") as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        acting = asyncio.create_task(act())
        async for line in lines:
            if line.startswith("data: "):
                kinds.append(json.loads(line.removeprefix("data: "))["type"])
            if kinds[-1:] == ["edit"]:
                break
        await acting
    assert kinds == ["typing", "message", "press", "notice", "edit"]


async def test_the_page_and_its_files_come_from_here_alone(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert "<title>followupbot practice clinic</title>" in page.text
    assert "Practice: nothing here reaches a real chat" in page.text
    for name in ("phones.css", "clinic.css", "phones.js", "messages.js", "clinic.js"):
        file = await http.get(f"/practice/page/{name}")
        assert file.status_code == 200
        assert "://" not in file.text.replace("http://www.w3.org", "")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (await http.get("/practice/page/server.py")).status_code == 404
