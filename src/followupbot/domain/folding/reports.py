"""What the facts about what staff were told add up to."""

from dataclasses import replace
from typing import assert_never

from followupbot.domain.clinic import NOTICES_MAX, Clinic, Notice
from followupbot.domain.facts.reports import DigestSent, LadderReported, OperatorNotified, ReportFact


def folded(clinic: Clinic, fact: ReportFact) -> Clinic:
    """The clinic after the fact, but for its version."""
    match fact:
        case LadderReported():
            return replace(clinic, unready_told=fact.unready)
        case DigestSent():
            return replace(clinic, digest_on=fact.day)
        case OperatorNotified():
            notice = Notice(fact.key, fact.detail, fact.at)
            return replace(clinic, notices=(*clinic.notices, notice)[-NOTICES_MAX:])
        case _:
            assert_never(fact)
