"""Lists as staff read them: what a line says of an alert, and what is left out where there is too much."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from followupbot.domain import day_lists
from followupbot.domain.alert_state import FLAGS_MAX, Alert
from followupbot.domain.clinic import AlertDetail, Clinic
from followupbot.domain.ids import PatientId, StaffId
from followupbot.domain.lists import KINDS, AlertLine, ListLine
from followupbot.domain.params import Instant, Words
from followupbot.domain.presses import StaffCommandPress, TakePress
from followupbot.domain.rota_state import Leave
from followupbot.domain.rules import Tier
from followupbot.domain.staff import NAME_LENGTH_MAX
from tests.builders import (
    ADA,
    ALERT,
    DR_ITO,
    DR_SATO,
    NOW,
    PATIENT,
    a_clinic,
    a_day,
    a_flag,
    a_programme,
    an_alerted_chart,
    some_settings,
)

CODES = [PatientId("".join(letters)) for letters in product("7F3KW", repeat=5)]


def a_line(patient: PatientId = PATIENT, tier: Tier = Tier.EMERGENCY) -> AlertLine:
    """Of an alert that nobody has."""
    return AlertLine(patient, ALERT, tier, "open", None, NOW, NOW + timedelta(minutes=5), None)


def with_concerns(*concerns: str) -> Alert:
    flags = tuple(a_flag(Tier.EMERGENCY, concern=name) for name in concerns)
    return replace(an_alerted_chart(Tier.EMERGENCY).alerts[0], flags=flags)


def words(value: object) -> str | None:
    return value.key.rpartition("/")[2] if isinstance(value, Words) else None


@pytest.mark.parametrize(("detail", "concern", "others"), [("concern", "clot", 1), ("code", None, None)])
def test_a_line_says_what_it_is_about_where_the_clinic_allows_it(
    detail: str, concern: str | None, others: int | None
) -> None:
    """Of what is equally urgent, what says most (clinical.md 0.9)."""
    clinic = a_clinic(programme=a_programme(settings=some_settings(detail=AlertDetail(detail))))
    details = {(PATIENT, ALERT): with_concerns("other", "clot")}
    (line,) = day_lists.alerts(clinic, [a_line()], details, NOW)
    assert (words(line.params["concern"]), line.params["others"]) == (concern, others)


def test_a_line_of_an_alert_that_is_over_by_now_says_no_more_than_its_tier() -> None:
    """Between the list and the look at the chart somebody ended it."""
    (line,) = day_lists.alerts(a_clinic(), [a_line()], {}, NOW)
    assert (line.params["concern"], words(line.params["tier"])) == (None, "emergency")


def test_more_alerts_than_one_message_takes_are_turned_over_by_a_button() -> None:
    """Numbered on; past the end is the last page, and what is no number is the first."""
    lines = [a_line(code) for code in CODES[: 2 * day_lists.ALERTS_SHOWN_MAX + 1]]
    size = day_lists.ALERTS_SHOWN_MAX
    assert day_lists.page_of_alerts(lines, "") == (0, lines[:size])
    assert day_lists.page_of_alerts(lines, "2") == (size, lines[size : 2 * size])
    assert day_lists.page_of_alerts(lines, "9") == day_lists.page_of_alerts(lines, "3") == (2 * size, lines[2 * size :])
    for asked in ("0", "two", "²", "9" * 400):
        assert day_lists.page_of_alerts(lines, asked) == (0, lines[:size])
    before, shown = day_lists.page_of_alerts(lines, "2")
    *rows, last = day_lists.alert_buttons(shown, DR_ITO.id, before, more=1)
    assert rows[0][0].label == "13"
    assert rows[0][0].press == TakePress(CODES[size], ALERT)
    assert [(choice.label, choice.press) for choice in last] == [("more", StaffCommandPress("alerts", "3"))]
    assert day_lists.page_of_alerts([], "3") == (0, [])


def everything_at_once() -> tuple[Clinic, list[AlertLine], day_lists.Details, list[ListLine]]:
    """Long names, every list full, gaps in the rota every other day, nobody who can be relied on."""
    named = [replace(one, name="ñ" * NAME_LENGTH_MAX) for one in (DR_ITO, DR_SATO, ADA)]
    away = tuple(
        Leave(one.id, day, day)
        for one in named
        for day in ((NOW + timedelta(days=ahead)).date() for ahead in (0, 2, 4, 6))
    )
    clinic = replace(a_clinic(named), leave=away, digest_on=a_day("2026-03-06"))
    taken = [replace(a_line(code, Tier.THIS_WEEK), state="taken", staff=StaffId("s1")) for code in CODES[:40]]
    about = with_concerns("bladder_bowel", *(["clot", "feeling", "weakness", "infection"] * (FLAGS_MAX // 4)))
    details = {(line.patient, line.id): about for line in taken}
    listed = [ListLine(kind, code, NOW - timedelta(days=250)) for kind in KINDS for code in CODES[:30]]
    return clinic, taken, details, listed


LATE = NOW + timedelta(hours=1)


def test_with_every_list_full_each_still_says_how_many_are_on_it() -> None:
    """Fewer of each, and none is left out."""
    clinic, _, _, listed = everything_at_once()
    for at_most, rows_max in ((6, 72), (3, 36), (3, 12)):
        lines = day_lists.lists(clinic, listed, LATE, at_most, rows_max)
        headings = [line for line in lines if line.in_words == "staff/lists_heading"]
        assert [words(line.params["list"]) for line in headings] == list(KINDS)
        assert {line.params["count"] for line in headings} == {30}


def test_an_alert_that_has_become_worse_is_that_urgent_since_then() -> None:
    """Not since what it was raised for weeks ago."""
    older, newer = a_flag(Tier.ROUTINE), replace(a_flag(Tier.EMERGENCY), at=LATE)
    alert = replace(with_concerns("clot"), flags=(older, newer))
    (line,) = day_lists.alerts(a_clinic(), [a_line()], {(PATIENT, ALERT): alert}, LATE)
    assert line.params["since"] == Instant(LATE, "Europe/Berlin")
