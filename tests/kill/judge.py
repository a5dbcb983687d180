"""What was lost, doubled or out of order: from Telegram's own log, and the database as it is in the end."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from followupbot.bootstrap.house import House
from followupbot.domain.alert_state import Resolved
from followupbot.domain.outgoing import Lane
from followupbot.storage.chats import address_of
from followupbot.storage.tables import chats, outbox
from followupbot.upkeep.verify import verify
from tests.kill.story import Patient
from tests.process.harness import DIRECT_PAGE, NOT_RECORDED
from tests.process.telegram import Json

Content = tuple[int, str, int]
"""Chat, canonical text and buttons, and the message that is edited, or 0."""


BLADDER_AND_BOWEL = ("rf_bladder_start", "rf_bladder_hold", "rf_bladder_feel", "rf_bowel")
"""What "none of these" answers at once."""


@dataclass
class Verdict:
    """Each list names what should not be, in words."""

    messages: int = 0
    duplicates: int = 0
    in_flight: int = 0
    past_the_outbox: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)


def judge(
    house: House, log: list[Json], patients: list[Patient], written: int, had_in_hand: Mapping[str, int]
) -> Verdict:
    """`written` counts what asks for a reply each time, `had_in_hand` how often each message was in hand at a kill."""
    verdict = Verdict(in_flight=sum(had_in_hand.values()))
    _judge_record(house, patients, verdict)
    _judge_replies(house, written, verdict)
    _judge_messages(house, log, had_in_hand, verdict)
    return verdict


def _judge_record(house: House, patients: list[Patient], verdict: Verdict) -> None:
    """What people pressed stands in the record, and nothing twice; the record is whole."""
    for patient in patients:
        chart = house.store.chart(patient.code)
        assert chart is not None, "who was invited has a chart"
        if len(chart.check_ins) != 1:
            verdict.lost.append(f"{patient.code} has {len(chart.check_ins)} check-ins")
            continue
        answers = {str(answer.question): str(answer.value) for answer in chart.check_ins[0].answers}
        expected = dict(patient.answers)
        if expected.pop("gate_bladder_bowel", None):
            expected |= dict.fromkeys(BLADDER_AND_BOWEL, "no")
        if answers != expected:
            verdict.lost.append(f"{patient.code} answered {expected}, and the record has {answers}")
        outcomes = [alert.state.outcome for alert in chart.alerts if isinstance(alert.state, Resolved)]
        if outcomes != ["called"] * len(chart.alerts) and patient.red:
            verdict.lost.append(f"{patient.code} has {len(chart.alerts)} alerts, with the outcomes {outcomes}")
        # Of what is for this week nobody is paged; a red button pressed again after the outcome is an emergency again.
        least = 1 if patient.red or patient.answers.get("weak_task") == "harder" else 0
        if not least <= len(chart.alerts) <= max(least, patient.emergencies):
            verdict.lost.append(f"{patient.code} has {len(chart.alerts)} alerts, of {patient.emergencies} emergencies")
    report = verify(house.database, house.keys)
    verdict.lost += [f"{finding.chain} {finding.n}: {finding.what}" for finding in report.findings]


def _judge_replies(house: House, written: int, verdict: Verdict) -> None:
    """What came in was decided about once, however often Telegram had to hand it out."""
    query = sa.select(sa.func.count()).where(outbox.c.message == "staff/not_understood")
    with house.database.read() as connection:
        replies = connection.scalar(query) or 0
    if replies < written:
        verdict.lost.append(f"{written} messages came, and {replies} were answered")
    if replies > written:
        verdict.doubled.append(f"{written} messages came, and were answered {replies} times")


def _judge_messages(house: House, log: list[Json], had_in_hand: Mapping[str, int], verdict: Verdict) -> None:
    calls: dict[Content, list[int]] = defaultdict(list)
    for call in log:
        content = _content_of(call)
        # An edit that Telegram has made already is refused as "not modified": also then it is done.
        if content is not None and (call["accepted"] or "not modified" in (call.get("description") or "")):
            calls[content].append(call["n"])
    rows: dict[Content, list[Any]] = defaultdict(list)
    order: dict[tuple[str, str], list[tuple[Any, Content]]] = defaultdict(list)
    with house.database.read() as connection:
        query = sa.select(outbox, chats.c.owner.label("chat_owner"), chats.c.address_enc).join_from(outbox, chats)
        for row in connection.execute(query.order_by(outbox.c.id)):
            if row.act == "strip":
                continue
            if row.state in ("pending", "sending", "dead", "expired"):
                verdict.lost.append(f"{row.key} is {row.state} in the end: {row.error}")
            if row.state == "unknown" and (row.lane < Lane.CHECK_IN or not had_in_hand.get(row.key)):
                verdict.lost.append(f"{row.key} is given up, and was not in hand at a kill")
            if row.payload_enc is None:
                continue
            payload = house.keys.cipher(row.owner).decrypt(row.payload_enc, "outbox", "payload_enc", row.key)
            address = address_of(house.keys, row.chat, row.chat_owner, row.address_enc)
            content = (address, _canonical(json.loads(payload)), row.target_message_id or 0 if row.act == "edit" else 0)
            rows[content].append(row)
            if row.state == "sent":
                order[row.chat, row.subject].append((row, content))
    for content, same in rows.items():
        sent = [row for row in same if row.state == "sent"]
        verdict.messages += len(sent)
        if len(calls[content]) < len(sent):
            keys = [row.key for row in sent]
            verdict.lost.append(f"{keys} are marked as sent, and Telegram has taken {len(calls[content])}")
        extra = max(0, len(calls[content]) - len(sent))
        allowed = sum(had_in_hand.get(row.key, 0) for row in same)
        verdict.duplicates += extra
        if extra > allowed:
            verdict.doubled.append(f"{[row.key for row in same]}: {extra} too many, {allowed} in hand at kills")
    for content in set(calls) - set(rows):
        # An edit that was in hand at a kill goes as a new message where something newer stands in the chat by then.
        aimed_otherwise = [row for other, same in rows.items() if other[:2] == content[:2] for row in same]
        if sum(had_in_hand.get(row.key, 0) for row in aimed_otherwise) >= len(calls[content]):
            verdict.duplicates += len(calls[content])
            continue
        verdict.past_the_outbox += len(calls[content])
        if NOT_RECORDED not in content[1] and DIRECT_PAGE not in content[1]:
            verdict.doubled.append(f"nobody decided to send {content}")
    for subject, contents in order.items():
        latest, before = 0, ""
        for row, content in contents:
            times = calls[content]
            if times and len(rows[content]) == 1:
                if min(times) < latest:
                    verdict.out_of_order.append(f"{subject}: {row.key} came before {before}")
                latest, before = max(times), row.key


def _content_of(call: Json) -> Content | None:
    params = call["params"]
    match call["method"]:
        case "sendMessage":
            message = 0
        case "editMessageText":
            message = int(params["message_id"])
        case _:
            return None
    kept = {name: params[name] for name in ("text", "parse_mode", "reply_markup") if name in params}
    return int(params["chat_id"]), _canonical(kept), message


def _canonical(payload: Json) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)
