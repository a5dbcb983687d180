"""The people's side over HTTP, for tests, stories and the page: everything under `/practice`, and the page at `/`."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from followupbot.practice.calls import CallLog
from followupbot.practice.clock import Settable, Steering
from followupbot.practice.faults import Faults, fault_from
from followupbot.practice.guide import Guide
from followupbot.practice.limits import SPEED_MAX
from followupbot.practice.people import Group, Person
from followupbot.practice.phones import Phones, phones_from
from followupbot.practice.refusals import Json, Malformed, NotPossible, UnknownPerson
from followupbot.practice.telegram import Telegram

PAGE = Path(__file__).parent / "page"
PAGE_FILES = {
    "phones.css": "text/css",
    "clinic.css": "text/css",
    "phones.js": "text/javascript",
    "messages.js": "text/javascript",
    "clinic.js": "text/javascript",
}
# Nothing from outside, and no script but ours, whatever a message holds.
PAGE_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Kinds: TypeAlias = dict[str, type | tuple[type, ...]]

_TEXT: Kinds = {"text": str, "chat": int, "reply_to": int}
_PRESS: Kinds = {"message_id": int, "data": str, "label": str, "stale": bool, "chat": int}
_USER: Kinds = {"name": str, "language_code": str, "username": str, "id": int}


class PhoneApi:
    """Plain JSON in and out; an error is {"error": "what was wrong"} with 400, 404 or 409."""

    def __init__(self, telegram: Telegram, faults: Faults, calls: CallLog, phones: Phones) -> None:
        self.telegram = telegram
        self.faults = faults
        self.calls = calls
        self.phones = phones
        self.guide: Guide | None = None

    def routes(self) -> list[Route]:
        """Every address of the people's side."""
        return [
            Route("/", self.page),
            Route("/practice/page/{name}", _told(self.page_file)),
            Route("/practice/files/{file_id}", _told(self.file)),
            Route("/practice/events", self.events),
            Route("/practice/users", _told(self.users), methods=["GET", "POST"]),
            Route("/practice/users/{user_id}/chat", _told(self.chat)),
            Route("/practice/users/{user_id}/{deed}", _told(self.deed), methods=["POST"]),
            Route("/practice/groups", _told(self.add_group), methods=["POST"]),
            Route("/practice/groups/{chat_id}/{deed}", _told(self.group_deed), methods=["POST"]),
            Route("/practice/updates", _told(self.inject), methods=["POST"]),
            Route("/practice/redeliver/{update_id}", _told(self.redeliver), methods=["POST"]),
            Route("/practice/log", _told(self.log)),
            Route("/practice/clock", _told(self.clock), methods=["GET", "POST"]),
            Route("/practice/faults", _told(self.order_faults), methods=["GET", "POST", "DELETE"]),
            Route("/practice/limits", _told(self.limits), methods=["GET", "POST"]),
            Route("/practice/phones", _told(self.list_phones), methods=["GET", "POST"]),
            Route("/practice/happenings", _told(self.list_happenings)),
            Route("/practice/story", _told(self.story), methods=["GET", "POST"]),
        ]

    async def page(self, _request: Request) -> Response:
        """The page with the phones."""
        return FileResponse(PAGE / "index.html", media_type="text/html", headers=PAGE_HEADERS)

    async def page_file(self, request: Request) -> Response:
        """The page's style and scripts."""
        name = request.path_params["name"]
        if name not in PAGE_FILES:
            raise UnknownPerson(f"the page has no file {name}")
        return FileResponse(PAGE / name, media_type=PAGE_FILES[name], headers=PAGE_HEADERS)

    async def file(self, request: Request) -> Response:
        """A picture or document, for the page to show."""
        stored = self.telegram.files.get(request.path_params["file_id"])
        if stored is None:
            raise UnknownPerson("there is no such file")
        # A document could be HTML with a script in it: only pictures are shown, everything else is downloaded.
        shown = stored.mime_type if stored.width else "application/octet-stream"
        return Response(stored.content, media_type=shown, headers=PAGE_HEADERS)

    async def events(self, _request: Request) -> Response:
        """Server-sent events: who should look again, and why."""
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self.telegram.events.stream(), media_type="text/event-stream", headers=headers)

    async def users(self, request: Request) -> Any:
        """A new person's number; or everyone."""
        if request.method == "GET":
            return [user.to_json() for user in self.telegram.users.values()]
        posted = await _posted(request, _USER, needed="name")
        words = str(posted.get("language_code", "")), str(posted.get("username", ""))
        return {"id": self.telegram.add_user(posted["name"], *words, posted.get("id")).id}

    async def chat(self, request: Request) -> Any:
        """What the person's phone shows; `?chat=` for a group."""
        group = request.query_params.get("chat")
        return self._person(request).chat(None if group is None else _whole(group))

    async def deed(self, request: Request) -> Any:
        """Something a person does; {"message_id"} or {"query_id"} or {}."""
        person = self._person(request)
        match request.path_params["deed"]:
            case "start":
                posted = await _posted(request, {"payload": str})
                return {"message_id": person.start(**posted)}
            case "text":
                posted = await _posted(request, _TEXT, needed="text")
                return {"message_id": person.text(**posted)}
            case "press":
                posted = await _posted(request, _PRESS, needed="message_id")
                return {"query_id": person.press(**posted)}
            case "photo":
                posted = await _posted(request, {"caption": str, "chat": int})
                return {"message_id": person.photo(**posted)}
            case "voice":
                posted = await _posted(request, {"seconds": int, "chat": int})
                return {"message_id": person.voice(**posted)}
            case "block":
                person.block()
            case "unblock":
                person.unblock()
            case "deactivate":
                person.deactivate()
            case deed:
                raise UnknownPerson(f"nobody knows how to {deed}")
        return {}

    async def add_group(self, request: Request) -> Any:
        """A new group's number; the bot is in it."""
        posted = await _posted(request, {"title": str, "members": list}, needed="members")
        return {"id": self.telegram.add_group(posted.get("title", "Group"), posted["members"]).id}

    async def group_deed(self, request: Request) -> Any:
        """The group is upgraded ({"id"} is the new number), or the bot kicked from it or added again."""
        group = Group(self.telegram, _whole(request.path_params["chat_id"]))
        match request.path_params["deed"]:
            case "upgrade":
                return {"id": group.upgrade().id}
            case "kick":
                group.kick()
            case "add":
                group.add()
            case deed:
                raise UnknownPerson(f"nobody knows how to {deed} a group")
        return {}

    async def inject(self, request: Request) -> Any:
        """The JSON that was posted waits for the bot as an update, whatever it is."""
        return {"update_id": self.telegram.updates.push_raw(await _json(request))}

    async def redeliver(self, request: Request) -> Any:
        """The update is handed out once more."""
        self.telegram.updates.redeliver(_whole(request.path_params["update_id"]))
        return {}

    async def log(self, request: Request) -> Any:
        """Every Bot API call after number `?since=`."""
        return self.calls.since(_whole(request.query_params.get("since", "0")))

    async def clock(self, request: Request) -> Any:
        """The time, and how fast it runs where the page may steer it; after a POST it is later, or runs otherwise."""
        dates = self.telegram.dates
        steering = dates if isinstance(dates, Steering) else None
        if request.method == "POST":
            posted = await _posted(request, {"advance": (int, float), "speed": (int, float), "skip": bool})
            match posted:
                case {"advance": seconds}:
                    self._advance(seconds)
                case {"speed": speed} if steering is not None and 0 <= speed <= SPEED_MAX:
                    steering.set_speed(speed)
                case {"skip": True} if steering is not None:
                    if not await steering.skip():
                        raise NotPossible("nothing is due")
                case _:
                    raise Malformed(f"this clock cannot do that; post advance, speed (0 to {SPEED_MAX}), or skip")
            self.telegram.events.tell("clock")
        return {"now": self.telegram.now(), "speed": None if steering is None else steering.speed}

    def _advance(self, seconds: float) -> None:
        if not isinstance(self.telegram.clock, Settable) or seconds < 0:
            raise NotPossible("this clock cannot be moved, or not backwards")
        self.telegram.clock.advance(seconds)

    async def list_happenings(self, request: Request) -> Any:
        """What has happened after number `?since=`."""
        return self.telegram.happenings.since(_whole(request.query_params.get("since", "0")))

    async def story(self, request: Request) -> Any:
        """The guided story's step, null where there is none; a POST goes on from it."""
        if self.guide is not None and request.method == "POST":
            self.guide.go_on()
            self.telegram.events.tell("story")
        shown = None if self.guide is None else self.guide.shown()
        return None if shown is None else shown.to_json()

    async def order_faults(self, request: Request) -> Any:
        """The faults still to come; a POST orders one more, a DELETE takes all back."""
        match request.method:
            case "POST":
                posted = await _json(request)
                if not isinstance(posted, dict):
                    raise Malformed("post one fault")
                return self.faults.add(fault_from(posted)).to_json()
            case "DELETE":
                return {"removed": self.faults.clear()}
            case _:
                return self.faults.waiting()

    async def limits(self, request: Request) -> Any:
        """Whether rates are limited; a POST switches it."""
        if request.method == "POST":
            posted = await _posted(request, {"enabled": bool}, needed="enabled")
            self.telegram.limits.enabled = posted["enabled"]
        return {"enabled": self.telegram.limits.enabled}

    async def list_phones(self, request: Request) -> Any:
        """The phones on the page; a POST sets them."""
        if request.method == "POST":
            self.phones.set(phones_from(await _json(request)))
        return [phone.to_json() for phone in self.phones.listed()]

    def _person(self, request: Request) -> Person:
        person = Person(self.telegram, _whole(request.path_params["user_id"]))
        self.telegram.user(person.id)
        return person


def _told(endpoint: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """The endpoint, its value as JSON, and what is not possible as an error that says so."""

    async def answered(request: Request) -> Response:
        try:
            value = await endpoint(request)
        except NotPossible as error:
            return JSONResponse({"error": str(error)}, error.status)
        return value if isinstance(value, Response) else JSONResponse(value)

    return answered


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body() or b"{}")
    except ValueError:
        raise Malformed("the body is no JSON") from None


async def _posted(request: Request, kinds: Kinds, needed: str = "") -> Json:
    posted = await _json(request)
    if not isinstance(posted, dict):
        raise Malformed("the body is no JSON object")
    posted = {name: value for name, value in posted.items() if value is not None}
    if unknown := set(posted) - set(kinds):
        raise Malformed(f"unknown: {', '.join(sorted(unknown))}; there is {', '.join(kinds)}")
    for name, value in posted.items():
        if not isinstance(value, kinds[name]):
            raise Malformed(f"{name} is of the wrong kind")
    if needed and needed not in posted:
        raise Malformed(f"{needed} is missing")
    return posted


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Malformed(f"{text!r} is no number") from None
