"""A care protocol as a whole."""

from dataclasses import replace

import pytest

from tests.builders import a_protocol


@pytest.mark.parametrize(
    ("names", "approved"),
    [((), False), (("Dr Ito",), False), (("Dr Ito", "dr  ito"), False), (("Dr Ito", "Ada"), True)],
    ids=["nobody", "one", "one twice", "two"],
)
def test_two_different_people_must_approve_it(names: tuple[str, ...], approved: bool) -> None:
    """Until then `run`, the digest and `status` say that it is not approved (clinical.md 0.16)."""
    assert replace(a_protocol(), approved_by=names).approved is approved
