"""Whatever comes in, from whomever: nothing that is not the sender's changes, nothing crashes, and it is on record."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followupbot.application import admins
from followupbot.channels.telegram import updates
from followupbot.channels.telegram.updates import CommandedInGroup, Passed, PressedInGroup, Unreadable, chat_of
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import AlertId
from followupbot.domain.presses import ResolvePress, TakePress
from followupbot.storage.queries import Queries
from tests.attacks.fuzzing import ELSEWHERE_CODE, addressed, broken, corpus
from tests.attacks.site import BY, HER, HIM, INSIDERS, ITO, Site, a_site, pressed, wrote
from tests.builders import messages

SEED = 20_260_302
HERS_OF_ALL = 0.02
"""She is a patient who tries things; everybody else is a stranger."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_site(tmp_path) as opened:
        yield opened


def senders(raw: dict[str, Any]) -> set[int | None]:
    """From whom it comes, as Telegram itself says: what the clinic's own people send is no attack from outside."""
    incoming = updates.read(raw)
    by = incoming.by if isinstance(incoming, PressedInGroup | CommandedInGroup) else None
    return {chat_of(incoming), by}


@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=[pytest.mark.long, pytest.mark.timeout(3_600)])])
def test_no_update_does_what_its_sender_may_not(site: Site, count: int) -> None:
    """Real updates of strangers and of a patient who tries things, broken at random: his record and staff stay."""
    rng, real, before = random.Random(SEED), corpus(site), site.record(site.his)
    began, refused, skipped = time.perf_counter(), site.refused, 0
    for number in range(count):
        hers = rng.random() < HERS_OF_ALL
        raw = broken(rng, addressed(real, HER) if hers else real)
        if senders(raw) & (INSIDERS - {HER}):
            skipped += 1
            continue
        was = None if HER in senders(raw) else site.record(site.hers) if number % 50 == 0 else None
        site.take(raw)
        assert was is None or site.record(site.hers) == was
    spent = time.perf_counter() - began
    assert site.record(site.his) == before
    assert site.refused > refused, "nothing was so broken that it could not be read"
    assert Queries(site.house.database).accesses(site.his), "what was tried is on record"
    print(f"\n{count} updates, seed {SEED}: {count / spent:.0f} a second; {site.refused} set aside, {skipped} not sent")


@given(
    st.dictionaries(
        st.sampled_from(["message", "callback_query", "my_chat_member", "edited_message", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "chat", "type", "text", "data", "from", "message_id"]), inner)
            ),
            max_leaves=12,
        ),
        max_size=2,
    )
)
def test_any_json_is_read_or_refused(raw: dict[str, Any]) -> None:
    """And never raises; whatever has a chat has a number that a database takes."""
    incoming = updates.read(raw)
    chat = chat_of(incoming)
    assert chat is None or (type(chat) is int and abs(chat) <= updates.NUMBER_MAX)


@pytest.mark.parametrize("odd", [True, 2**70, -(2**63), "1", 1.0, None], ids=str)
def test_a_chat_that_telegram_can_not_mean_is_refused(odd: object) -> None:
    """`true` is no number, and what no database takes is set aside before it gets there."""
    raw = wrote(1, "hello")
    raw["message"]["chat"]["id"] = odd
    assert isinstance(updates.read(raw), Unreadable | Passed)


def test_words_that_are_code_elsewhere_are_words_here(site: Site) -> None:
    """A path, SQL, a template, a formula, HTML: kept word for word, for people to read, and nothing else happens."""
    before, files = site.record(site.his), sorted(path.name for path in site.house.settings.data.iterdir())
    for text in ELSEWHERE_CODE:
        site.take(wrote(HER, text))
        (*_, kept) = (fact for fact in site.house.store.facts_of(site.hers) if isinstance(fact, NoteReceived))
        assert site.house.store.note(site.hers, kept.note) == text
    assert site.record(site.his) == before
    assert sorted(path.name for path in site.house.settings.data.iterdir()) == files


@pytest.mark.parametrize("link", ["used", "expired", "forged"])
def test_a_link_that_is_not_good_changes_nothing(site: Site, link: str) -> None:
    """Opened in a chat that nobody has, and by a patient: with one and the same words."""
    before = site.record(site.hers, site.his)
    answers = [site.take(wrote(address, f"/start {site.links[link]}")) for address in (900_002, HIM)]
    assert site.record(site.hers, site.his) == before
    assert [[message.message for message in messages(answer)] for answer in answers] == [["enrolment/link_refused"]] * 2


def test_a_role_that_changes_between_two_presses_counts_at_once(site: Site) -> None:
    """A clinician has taken the alert, is removed, and presses its end on the old message."""
    ito = site.house.store.staff_of(site.house.store.note_chat(ITO))
    assert ito is not None
    site.take(pressed(ITO, TakePress(site.his, AlertId(1))))
    admins.remove_staff(site.house.store, ito, BY, site.clock.now())
    before = site.house.store.facts_of(site.his)
    assert site.take(pressed(ITO, ResolvePress(site.his, AlertId(1), "called"))).facts == ()
    assert site.house.store.facts_of(site.his) == before
    assert [line.allowed for line in Queries(site.house.database).accesses(site.his)] == [False]
