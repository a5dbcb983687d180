"""Files are checked again and again among those that ship; the vignettes of these are played once."""

import pytest

from followupbot.checking import check
from tests.played import check_vignettes_once


@pytest.fixture(autouse=True)
def _played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "check_vignettes", check_vignettes_once)
