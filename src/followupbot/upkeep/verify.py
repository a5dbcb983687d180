"""Whether the record is whole: every chain unbroken, every seal fitting, every table what folding the facts gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.facts import ChartFact, ClinicFact, Fact
from followupbot.domain.facts.record import HeadsSealed
from followupbot.domain.folding import apply_to_clinic
from followupbot.storage.audit import Audit, Kept, Link
from followupbot.storage.chains import START
from followupbot.storage.engine import Database
from followupbot.storage.follows import rows as rows_of_follows
from followupbot.storage.keys import CLINIC, Keys, patient_of
from followupbot.storage.projections import Fold, lists_column
from followupbot.storage.tables import epoch_ms

Progress = Callable[[int, int], None]
"""Is told after each chain how many are done, of how many."""


@dataclass(frozen=True)
class Finding:
    """Something is wrong. `n` is the first wrong fact of that chain; None where no single fact is."""

    chain: str
    n: int | None
    what: str


@dataclass(frozen=True)
class Report:
    """What was looked at, and what is wrong with it; `erased` chains are unbroken, and nobody can read them."""

    chains: int
    facts: int
    seals: int
    erased: int
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True)
class _Chain:
    """One chain, looked through."""

    facts: tuple[Fact, ...]
    count: int
    head: bytes
    erased: bool
    seals: Mapping[int, HeadsSealed]
    broken: Finding | None


def verify(
    database: Database, keys: Keys, outside: Sequence[tuple[int, str]] = (), progress: Progress | None = None
) -> Report:
    """The whole record, at one moment. `outside` are seals that were kept elsewhere: count of chains, and digest."""
    with Audit.open(database, keys) as audit:
        names = audit.aggregates()
        findings: list[Finding] = []
        sealed = list(outside)
        facts = erased = 0
        for done, name in enumerate(names, 1):
            chain = _looked_through(name, audit.links(name))
            findings += _of_chain(name, chain, audit.kept(name))
            facts += chain.count
            erased += chain.erased
            sealed += [(seal.count, seal.digest) for seal in chain.seals.values()]
            if progress is not None:
                progress(done, len(names))
        findings += _of_seals(audit, sealed)
    return Report(len(names), facts, len(sealed), erased, tuple(findings))


def _looked_through(name: str, links: Iterator[Link]) -> _Chain:
    facts: list[Fact] = []
    seals: dict[int, HeadsSealed] = {}
    count, head, unreadable = 0, START, 0
    broken: Finding | None = None
    for link in links:
        count += 1
        head = link.mac
        if broken is not None:
            continue
        if link.n != count:
            broken = Finding(name, count, f"fact {count} is missing: after fact {count - 1} comes fact {link.n}")
        elif not link.genuine:
            broken = Finding(name, link.n, f"fact {link.n} is not what was written there")
        elif link.fact is None:
            unreadable += 1
        else:
            facts.append(link.fact)
            if isinstance(link.fact, HeadsSealed):
                seals[link.n] = link.fact
    erased = unreadable > 0 and not facts
    if broken is None and unreadable and not erased:
        broken = Finding(name, None, f"{unreadable} of {count} facts can't be read")
    return _Chain(tuple(facts), count, head, erased, seals, broken)


def _of_chain(name: str, chain: _Chain, kept: Kept | None) -> Iterator[Finding]:
    if chain.broken is not None:
        yield chain.broken
        return
    if kept is None:
        yield Finding(name, None, f"there are {chain.count} facts, and nothing was made of them")
        return
    if kept.version != chain.count or kept.head != chain.head:
        first_missing = chain.count + 1 if kept.version > chain.count else None
        yield Finding(name, first_missing, f"there are {chain.count} facts, and there were {kept.version}")
        return
    if kept.erased:
        if chain.facts:
            yield Finding(name, None, "the patient was erased, and the key is still there: the next start destroys it")
        return
    if not kept.readable:
        yield Finding(name, None, "the snapshot is not what was written there")
        return
    if chain.erased:
        yield Finding(name, None, "the key is gone, and nobody has erased the patient")
        return
    try:
        yield from _of_clinic(name, chain, kept) if name == CLINIC else _of_chart(name, chain, kept)
    except AssertionError as error:
        yield Finding(name, None, f"the facts can't be folded: {error}")


def _of_clinic(name: str, chain: _Chain, kept: Kept) -> Iterator[Finding]:
    clinic = Clinic()
    for fact in chain.facts:
        assert isinstance(fact, ClinicFact), "a fact about a patient stands in the clinic's chain"
        clinic = apply_to_clinic(clinic, fact)
    if kept.body is not None and kept.body != clinic:
        yield Finding(name, None, "the snapshot is not what folding the facts gives")


def _of_chart(name: str, chain: _Chain, kept: Kept) -> Iterator[Finding]:
    patient = patient_of(name)
    assert patient is not None, "it has a row of `charts`"
    fold = Fold(Chart(patient))
    for fact in chain.facts:
        assert isinstance(fact, ChartFact), "a fact about the clinic stands in a patient's chain"
        fold.apply(fact)
    chart = fold.chart
    enrolment = chart.enrolled
    if kept.body is not None and kept.body != chart:
        yield Finding(name, None, "the snapshot is not what folding the facts gives")
    columns = {
        "state": chart.standing,
        "chat": enrolment.chat,
        "review_by": chart.review_by,
        "lists": lists_column(chart),
        "legal_hold_since": chart.legal_hold_since,
    }
    if _as_stored(kept.columns) != _as_stored(columns):
        yield Finding(name, None, f"the row of charts says {kept.columns}")
    invitations = (enrolment.invitation.token_hash,) if enrolment.invitation else ()
    for table, has, should in (
        ("check_ins", kept.check_ins, fold.check_ins.values()),
        ("alerts", kept.alerts, fold.alerts.values()),
    ):
        folded = tuple(_as_stored(row) for _, row in sorted((row["id"], row) for row in should))
        if tuple(_as_stored(row) for row in has) != folded:
            yield Finding(name, None, f"the rows of {table} are not what folding the facts gives")
    if list(kept.follows) != rows_of_follows(chart):
        yield Finding(name, None, "the rows of follows are not what folding the facts gives")
    if kept.invitations != invitations:
        yield Finding(name, None, "the rows of invitations are not what folding the facts gives")


def _as_stored(row: Mapping[str, Any]) -> dict[str, Any]:
    """Tables keep whole milliseconds."""
    return {key: epoch_ms(value) if isinstance(value, datetime) else value for key, value in row.items()}


def _of_seals(audit: Audit, sealed: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """One walk through all facts in the order in which they were written, and a look at each seal where it was made."""
    waiting = sorted((_covers(digest), count, digest) for count, digest in sealed)
    heads, at = audit.no_heads(), 0
    for seq, aggregate, n, mac in audit.heads_in_order():
        while at < len(waiting) and waiting[at][0] < seq:
            yield from _of_seal(heads.count, heads.digest(waiting[at][0]), waiting[at])
            at += 1
        heads.move(aggregate, n, mac)
    for seal in waiting[at:]:
        yield from _of_seal(heads.count, heads.digest(seal[0]), seal)


def _of_seal(count: int, digest: str, seal: tuple[int, int, str]) -> Iterator[Finding]:
    covers, sealed_count, sealed_digest = seal
    if count != sealed_count or digest != sealed_digest:
        what = f"the seal over {sealed_count} chains, up to fact {covers} of all, does not fit: one was cut off"
        yield Finding(CLINIC, None, what)


def _covers(digest: str) -> int:
    number = digest.partition("-")[0]
    return int(number) if number.isdecimal() else -1
