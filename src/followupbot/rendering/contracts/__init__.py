"""What each message is given, what it must show, and samples of it all, so that every message can be tried.

The modules are named after the folders of messages/<language>/ where these are large; `check_ins` has questions, cards
and education too, `alerts` the rules, `words` what is a single word. `terms` says what a contract is.
"""

from collections.abc import Mapping
from dataclasses import replace

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.ids import QuestionId
from followupbot.domain.params import Param, Words
from followupbot.domain.replies import Datum
from followupbot.domain.rules import Rule, said_names
from followupbot.rendering.contracts import (
    admins,
    alerts,
    carers,
    check_ins,
    consent,
    enrolment,
    operator,
    patient_pages,
    record,
    replies,
    staff,
    words,
)
from followupbot.rendering.contracts.terms import EMERGENCY_NUMBER, Contract
from followupbot.rendering.param_kinds import CONCERNS, ParamKind

SAID_SAMPLES_MAX = 12
"""Of an answer that may be any number, so many are enough to try words with."""

CONTRACTS: Mapping[str, Contract] = {
    **consent.CONTRACTS,
    **enrolment.CONTRACTS,
    **carers.CONTRACTS,
    **check_ins.CONTRACTS,
    **replies.CONTRACTS,
    **record.CONTRACTS,
    **staff.CONTRACTS,
    **admins.CONTRACTS,
    **patient_pages.CONTRACTS,
    **alerts.CONTRACTS,
    **operator.CONTRACTS,
    **words.CONTRACTS,
}
"""By key, or by folder where what is in it is named by a protocol: `questions/*`, `cards/*`."""

LANGUAGES_OFFERED = ("enrolment/plan_language", "replies/language_ask")
"""Each has a button for every language that there is."""


def contract(key: str) -> Contract | None:
    """The contract of that message; None where no message of that name is ever sent."""
    return CONTRACTS.get(key) or CONTRACTS.get(f"{key.rpartition('/')[0]}/*")


def gate_contract() -> Contract:
    """What a red-flag screen must show in addition: whom to call, without waiting for an answer (clinical.md 0.4)."""
    return replace(CONTRACTS["questions/*"], shows=(EMERGENCY_NUMBER,))


def rule_contract(protocol: CareProtocol, rule: Rule) -> Contract:
    """What the words of a rule's trace, `rules/<rule>`, are given: what was said, and what it was compared with.

    Each may be none: something need not have been asked. A clinician reads them, so nothing has to be shown.
    """
    return Contract({name: _said(protocol, name) for name in said_names(rule)})


def _said(protocol: CareProtocol, name: str) -> ParamKind:
    if name in {"misses", "silent_days"}:
        return ParamKind("a number, or none", (None, 1, 2, 30))
    question = QuestionId(name.partition("_")[2])
    asked = protocol.asked_as(question)
    values: list[Param] = []
    for value in () if asked is None else asked.question.values(question):
        if len(values) == SAID_SAMPLES_MAX:
            break
        values.append(shown(value))
    what = "a score, or none" if protocol.score(question) else "an answer, or none"
    return ParamKind(what, (None, *(values or (0, 3, 35.5))))


def shown(value: Datum | None) -> Param:
    """An answer as words are given it: of several that were chosen, their names in one text."""
    return ", ".join(value) if isinstance(value, tuple) else value


def fixed_keys() -> tuple[str, ...]:
    """The messages that every language must have, whatever the protocols say."""
    concerns = [f"alerts/concerns/{concern}" for concern in CONCERNS]
    return tuple(sorted([key for key in CONTRACTS if not key.endswith("/*")] + concerns))


def mismatch(key: str, params: Mapping[str, Param]) -> str | None:
    """What is wrong with sending that message with those parameters; None where they keep to its contract."""
    found = contract(key)
    if found is None:
        return f"no message is called {key}"
    missing, unknown = sorted(found.params.keys() - params.keys()), sorted(params.keys() - found.params.keys())
    if missing or unknown:
        return f"{key}: missing {missing}, unknown {unknown}"
    for name, kind in found.params.items():
        value = params[name]
        if not any(type(value) is type(sample) for sample in kind.samples):
            return f"{key}: {name} is {value!r}, expected {kind.what}"
        if isinstance(value, Words) and value.key.rpartition("/")[0] != kind.words_below:
            return f"{key}: {name} is {value.key}, expected {kind.what}"
    return None
