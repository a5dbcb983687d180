"""The stored form of facts: every form that was ever released is read for ever, and nothing else is."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupbot.domain.alert_state import Alert
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.enrolment_state import Enrolment
from followupbot.domain.facts import Fact
from followupbot.domain.facts.check_ins import CheckInBegun, QuestionAnswered
from followupbot.domain.facts.enrolment import PatientInvited
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import CheckInId, PatientId, QuestionId
from followupbot.domain.params import Day, Instant, Param
from followupbot.domain.presses import Choice
from followupbot.domain.series import Series
from followupbot.storage import facts as stored
from tests.storage.people import NOON

GOLDEN = Path(__file__).with_name("golden_facts.json")

KINDS: Mapping[str, type[Any]] = {get_args(get_type_hints(kind)["kind"])[0]: kind for kind in get_args(Fact)}

GoldenForms = dict[str, list[dict[str, Any]]]


def golden() -> GoldenForms:
    """Every released form of every kind, the oldest first."""
    read: GoldenForms = json.loads(GOLDEN.read_text())
    return read


def example(wanted: Any, name: str = "x") -> Any:
    """Some value of that type, always the same."""
    if isinstance(wanted, NewType):
        return example(wanted.__supertype__, name)
    origin, args = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return example(next(arg for arg in args if arg is not type(None)), name)
    if origin is Literal:
        return args[0]
    if origin is tuple:
        return (example(args[0], name),)
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = get_type_hints(wanted)
        return wanted(**{field.name: example(hints[field.name], field.name) for field in fields(wanted)})
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return next(iter(wanted))
    plain: dict[Any, Any] = {
        bool: True,
        int: 4,
        float: 35.5,
        str: name,
        datetime: NOON,
        date: date(2026, 3, 2),
        time: time(9, 30),
        timedelta: timedelta(hours=4, minutes=30),
    }
    return plain[wanted]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_fact_has_its_released_forms_in_the_golden_file(kind: str) -> None:
    """A new kind comes with its first form, a changed one with the next; a form that stands there never changes."""
    forms = golden().get(kind, [])
    suggestion = stored.encode_fact(example(KINDS[kind])).decode()
    assert forms, f"{GOLDEN.name} lacks {kind!r}; add this, where it is right:\n{suggestion}"
    versions = [form["v"] for form in forms]
    assert sorted(set(versions)) == list(range(1, stored.FORMS.get(kind, 1) + 1))


def test_the_golden_file_holds_no_kind_that_is_gone() -> None:
    """A released kind of fact stays readable for ever."""
    assert set(golden()) <= set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_released_form_is_read(kind: str) -> None:
    """As a fact of its kind."""
    for form in golden().get(kind, []):
        assert isinstance(stored.decode_fact(json.dumps(form).encode()), KINDS[kind])


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_todays_form_is_the_newest_released_one(kind: str) -> None:
    """Whoever changes a fact's fields gives it a new form version, and says how the older becomes the new."""
    for form in golden().get(kind, []):
        if form["v"] == stored.FORMS.get(kind, 1):
            fact = stored.decode_fact(json.dumps(form).encode())
            assert json.loads(stored.encode_fact(fact)) == form


# -- any fact --------------------------------------------------------------------------------------------------------

_instants = st.datetimes(
    NOON.replace(year=1970, tzinfo=None), NOON.replace(year=2100, tzinfo=None), timezones=st.just(UTC)
)
_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)


def anything(wanted: Any) -> st.SearchStrategy[Any]:
    """Any value of that type."""
    if isinstance(wanted, NewType):
        return anything(wanted.__supertype__)
    origin, args = get_origin(wanted), get_args(wanted)
    if origin in (Union, UnionType):
        return st.one_of(*(anything(arg) for arg in args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        return st.lists(anything(args[0]), max_size=3).map(tuple)
    if origin is Mapping:
        return st.dictionaries(anything(args[0]), anything(args[1]), max_size=3)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(anything(args[0]), anything(args[1]), max_size=3)
    if wanted is type(None):
        return st.none()
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = get_type_hints(wanted)
        return st.builds(wanted, **{field.name: anything(hints[field.name]) for field in fields(wanted)})
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return st.sampled_from(wanted)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(-(2**53), 2**53),
        float: st.floats(-1e6, 1e6),
        str: _texts,
        datetime: _instants,
        date: st.dates(date(1950, 1, 1), date(2100, 1, 1)),
        time: st.times(),
        timedelta: st.timedeltas(timedelta(0), timedelta(days=400)),
    }
    return plain[wanted]


@given(st.one_of(*(anything(kind) for kind in KINDS.values())))
def test_any_fact_that_is_written_is_read_as_it_was(fact: Fact) -> None:
    """A 4 stays a 4 and a "4" a "4", a microsecond a microsecond."""
    assert stored.decode_fact(stored.encode_fact(fact)) == fact


@given(
    anything(Enrolment),
    st.lists(anything(CheckIn), max_size=3).map(tuple),
    st.lists(anything(Alert), max_size=3).map(tuple),
    st.dictionaries(_texts.map(QuestionId), anything(Series), max_size=3),
)
def test_any_chart_that_is_written_is_read_as_it_was(
    enrolment: Enrolment, check_ins: tuple[CheckIn, ...], alerts: tuple[Alert, ...], history: dict[QuestionId, Series]
) -> None:
    """Apart from the clinic and the programmes, which are not the chart's own."""
    chart = Chart(PatientId("K7M2X"), 7, enrolment, check_ins, 3, alerts, 2, history)
    assert stored.decode_chart(stored.encode_chart(chart)) == chart


@given(st.dictionaries(_texts, anything(Param), max_size=5))
def test_any_parameters_are_read_as_they_were(params: dict[str, Param]) -> None:
    """A truth is no 1, and a number no text."""
    read = stored.decode_params(stored.encode_params(params))
    assert read == params
    assert [type(value) for value in read.values()] == [type(value) for value in params.values()]


@given(st.lists(st.lists(anything(Choice), max_size=3).map(tuple), max_size=3).map(tuple))
def test_any_buttons_are_read_as_they_were(choices: tuple[tuple[Choice, ...], ...]) -> None:
    """With what each says when it is pressed."""
    assert stored.decode_choices(stored.encode_choices(choices)) == choices


# -- and nothing else ------------------------------------------------------------------------------------------------

ANSWER = json.loads(stored.encode_fact(QuestionAnswered(NOON, CheckInId(1), QuestionId("pain"), 4)))


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"kind": "question_asked"},
        {"kind": None},
        {"v": 4},
        {"v": 0},
        {"v": "1"},
        {"v": None},
        {"check_in": "1"},
        {"value": 4.5},
        {"value": None},
        {"at": 17},
        {"at": "yesterday"},
    ],
)
def test_what_is_no_fact_is_refused(change: dict[str, Any]) -> None:
    """Unknown keys, kinds and forms; a "4" for a 4; a number for an instant."""
    with pytest.raises(ValueError, match=r"."):
        stored.decode_fact(json.dumps({**ANSWER, **change}).encode())


def test_an_unknown_key_is_refused_however_deep_it_stands() -> None:
    """The domain's own dataclasses bear no such setting."""
    body = json.loads(stored.encode_fact(example(PatientInvited)))
    body["plan"]["surgery_on"]["hour"] = 9
    with pytest.raises(ValueError, match="hour"):
        stored.decode_fact(json.dumps(body).encode())


def test_an_instant_without_a_zone_is_never_written() -> None:
    """Nobody could say later which instant it was; a date or a text that looks like one is no matter."""
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(AssertionError, match="zone"):
        stored.encode_fact(CheckInBegun(naive, CheckInId(1)))
    with pytest.raises(AssertionError, match="zone"):
        stored.encode_params({"at": Instant(naive, "UTC")})
    stored.encode_params({"on": Day(date(2026, 3, 2)), "at": Instant(NOON, "UTC")})


def test_an_older_form_becomes_the_newer_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note once had a sender that was renamed, then left out."""
    monkeypatch.setattr(stored, "FORMS", {"note_received": 3})
    monkeypatch.setattr(
        stored,
        "OLDER_FORMS",
        {
            ("note_received", 1): lambda body: {**{k: v for k, v in body.items() if k != "from"}, "by": body["from"]},
            ("note_received", 2): lambda body: {k: v for k, v in body.items() if k != "by"},
        },
    )
    body = {"v": 1, "kind": "note_received", "at": "2026-03-02T12:00:00Z", "note": "n1", "from": "patient"}
    fact = NoteReceived(NOON, "n1")
    assert stored.decode_fact(json.dumps(body).encode()) == fact
    assert json.loads(stored.encode_fact(fact))["v"] == 3
    assert stored.decode_fact(stored.encode_fact(fact)) == fact


def test_the_shape_of_a_snapshot_tells_one_program_from_another() -> None:
    """Sixteen digits that change with any field of a chart; the same in every process."""
    assert len(stored.CHART_FORM) == len(stored.CLINIC_FORM) == 16
    assert stored.CHART_FORM != stored.CLINIC_FORM
    assert replace(Chart(PatientId("a"))) == stored.decode_chart(stored.encode_chart(Chart(PatientId("a"))))
