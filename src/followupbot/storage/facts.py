"""The stored form of facts, charts and messages: JSON, and nothing else in the program knows it.

A fact is kept for ever, so each kind has a form version `v`; a form that was once released is read for ever, by a
function in `OLDER_FORMS` that makes the next form of it. tests/storage/golden_facts.json holds one of each.

A chart's and the clinic's snapshot are not kept for ever: each row names the shape it was written in, and one of
another shape is folded anew from the facts.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Discriminator, TypeAdapter

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.facts import Fact
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice

# The domain's dataclasses bear no configuration of their own, so the one given to a union or a tuple of them holds
# for everything below: no key that is not a field, and no "4" for a 4.
_CONFIG = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

_FACT: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Discriminator("kind")], config=_CONFIG)
_CHART: TypeAdapter[tuple[Chart]] = TypeAdapter(tuple[Chart], config=_CONFIG)
_CLINIC: TypeAdapter[tuple[Clinic]] = TypeAdapter(tuple[Clinic], config=_CONFIG)
_PARAMS: TypeAdapter[Mapping[str, Param]] = TypeAdapter(Mapping[str, Param], config=_CONFIG)
_CHOICES: TypeAdapter[tuple[tuple[Choice, ...], ...]] = TypeAdapter(tuple[tuple[Choice, ...], ...], config=_CONFIG)

_NOT_FOLDED_OF_CHART: Final = {0: {"clinic", "programmes", "speaker"}}
_NOT_FOLDED_OF_CLINIC: Final = {0: {"programme"}}

FORMS: Final[Mapping[str, int]] = {
    "alert_raised": 2,
    "check_in_asked": 2,
    "consent_given": 2,
    "flag_joined": 2,
    "flag_recorded": 2,
    "note_received": 3,
    "question_answered": 3,
}
"""The form version in which a kind of fact is written today, where that is not 1."""


def _with(**added: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Form 1 did not know these yet; this is what they were."""
    return lambda body: {**body, **added}


def _traced_without_comparison(body: dict[str, Any]) -> dict[str, Any]:
    """Form 1 had answers in a flag's trace, and nothing that they were compared with."""
    flag = body["flag"]
    return {**body, "flag": {**flag, "trace": {**flag["trace"], "against": []}}}


OLDER_FORMS: Final[Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    ("alert_raised", 1): _traced_without_comparison,
    ("check_in_asked", 1): _with(remind_at=[]),
    ("consent_given", 1): _with(taken_by=None),
    ("flag_joined", 1): _traced_without_comparison,
    ("flag_recorded", 1): _traced_without_comparison,
    ("note_received", 1): _with(review_by=None),
    ("note_received", 2): _with(carer=None, entered_by=None),
    ("question_answered", 1): _with(entered_by=None),
    ("question_answered", 2): _with(carer=None),
}
"""How the body of that kind and version becomes one of the next version."""

_NAIVE = re.compile(rb'"\d{4}-\d\d-\d\dT[\d:.]+"')


_AS_WRITTEN = re.compile(rb'\{"v":(?P<v>\d{1,4}),(?P<rest>.*"kind":"(?P<kind>[a-z_]+)"\})', re.DOTALL)
"""A body as `encode_fact` writes it: the version first, the kind last."""


def encode_fact(fact: Fact) -> bytes:
    """The fact's stored body."""
    return b'{"v":%d,' % FORMS.get(fact.kind, 1) + _checked(_FACT.dump_json(fact))[1:]


def decode_fact(body: bytes) -> Fact:
    """The fact of a stored body, in whichever form it was ever written. ValueError where it is none of them."""
    newest = _AS_WRITTEN.fullmatch(body)
    if newest is not None and int(newest["v"]) == FORMS.get(newest["kind"].decode(), 1):
        return _FACT.validate_json(b"{" + newest["rest"])  # as it stands: most of a record is read this way
    raw = json.loads(body)
    version = raw.pop("v", None)
    if not isinstance(version, int) or not 1 <= version <= FORMS.get(raw.get("kind"), 1):
        raise ValueError(f"a fact of kind {raw.get('kind')!r} has no form {version!r}")
    while version < FORMS.get(raw["kind"], 1):
        raw = OLDER_FORMS[raw["kind"], version](raw)
        version += 1
    return _FACT.validate_json(json.dumps(raw))


def encode_chart(chart: Chart) -> bytes:
    """What folding gives of the chart: not the clinic and the programmes that it carries."""
    return _checked(_CHART.dump_json((chart,), exclude=_NOT_FOLDED_OF_CHART))


def decode_chart(body: bytes) -> Chart:
    """The chart, with neither clinic nor programmes yet."""
    return _CHART.validate_json(body)[0]


def encode_clinic(clinic: Clinic) -> bytes:
    """What folding gives of the clinic: not the programme that it carries."""
    return _checked(_CLINIC.dump_json((clinic,), exclude=_NOT_FOLDED_OF_CLINIC))


def decode_clinic(body: bytes) -> Clinic:
    """The clinic, without its programme yet."""
    return _CLINIC.validate_json(body)[0]


def encode_params(params: Mapping[str, Param]) -> bytes:
    """A message's parameters."""
    return _checked(_PARAMS.dump_json(params))


def decode_params(body: bytes) -> Mapping[str, Param]:
    """A message's parameters."""
    return _PARAMS.validate_json(body)


def encode_choices(choices: tuple[tuple[Choice, ...], ...]) -> bytes:
    """A message's buttons."""
    return _CHOICES.dump_json(choices)


def decode_choices(body: bytes) -> tuple[tuple[Choice, ...], ...]:
    """A message's buttons."""
    return _CHOICES.validate_json(body)


def _checked(body: bytes) -> bytes:
    assert not _NAIVE.search(body), "an instant bears its zone"
    return body


def _shape(adapter: TypeAdapter[Any]) -> str:
    schema = json.dumps(adapter.json_schema(), sort_keys=True)
    return hashlib.sha256(schema.encode()).hexdigest()[:16]


CHART_FORM: Final = _shape(_CHART)
CLINIC_FORM: Final = _shape(_CLINIC)
"""The shape of the snapshots that this program writes. Any change to the frozen state is another shape."""
