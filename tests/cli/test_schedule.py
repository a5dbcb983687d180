"""`followupbot schedule CODE CHANGE --yes`: what is said is what was done."""

from datetime import datetime
from pathlib import Path

import pytest

from followupbot import settings
from followupbot.application import schedules
from followupbot.application.ports import Store
from followupbot.bootstrap import house
from followupbot.domain.decision import Cause
from followupbot.domain.ids import PatientId
from followupbot.domain.plan_changes import NotChanged, PlanChange, coming
from tests.cli.terminal import Terminal
from tests.cli.test_patient import enrolled
from tests.process.telegram import Telegram


def test_what_somebody_else_has_changed_meanwhile_is_refused(
    clinic: Path, telegram: Telegram, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the change a colleague cancels the same day."""
    code = enrolled(terminal)
    assert terminal("patient", code, "read").code == 0  # nothing is held back any more
    with house.open_house(settings.load()) as opened:
        chart = opened.store.chart(code)
        assert chart is not None
        day = coming(chart, opened.clock.now())[0].day
    real = schedules.change

    def second(store: Store, patient: PatientId, wanted: PlanChange, cause: Cause, now: datetime) -> NotChanged | None:
        assert real(store, patient, wanted, Cause("test:colleague", cause.by), now) is None
        return real(store, patient, wanted, cause, now)

    monkeypatch.setattr(schedules, "change", second)
    said = terminal("schedule", code, "cancel", str(day), "--yes")
    assert (said.code, said.out) == (1, "")
    assert code in said.err
    with house.open_house(settings.load()) as opened:
        chart = opened.store.chart(code)
        assert chart is not None
        assert chart.cancelled == (day,)
