"""What intake keeps of the clinic, for when the database is away."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import reception
from followupbot.bootstrap.reception import Reception
from followupbot.channels.telegram.unrecorded import Direct
from followupbot.domain.clinic import Clinic
from tests.bootstrap.test_parts import a_workplace
from tests.builders import a_clinic
from tests.channels.desk import EN, WORDS


async def test_whom_to_tell_is_looked_up_anew_only_where_the_clinic_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Most commits are about a patient. What the database refused to say is asked again at the next one."""
    looked: list[int] = []
    answers: list[Clinic | Exception] = []

    def clinic() -> Clinic:
        answer = answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def look(_: object) -> Direct:
        looked.append(clinic().version)
        if clinic().version == 3 and looked.count(3) == 1:
            raise StorageUnavailable
        return Direct(WORDS, EN, (clinic().version,))

    monkeypatch.setattr(reception, "whom_to_tell", look)
    house: dict[str, Any] = {"store": SimpleNamespace(clinic=clinic), "database": SimpleNamespace()}
    with a_workplace(stop=asyncio.Event(), **house) as workplace:
        direct = Direct(WORDS, EN)
        taking_in = Reception(workplace, direct)
        for version in (2, 2, None, 2, 3, 3, 3):
            answers[:] = [StorageUnavailable() if version is None else replace(a_clinic(), version=version)]
            await taking_in._refresh()
    assert looked == [2, 3, 3]
    assert direct.chats == (3,)
