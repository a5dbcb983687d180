"""What the facts about what the clinic works by add up to."""

from dataclasses import replace
from typing import assert_never

from followupbot.domain.clinic import Clinic
from followupbot.domain.facts.programme import BotNamed, ProgrammeFact, ProgrammePublished, ZoneDataChanged


def folded(clinic: Clinic, fact: ProgrammeFact) -> Clinic:
    """The clinic after the fact, but for its version."""
    match fact:
        case ProgrammePublished():
            return replace(clinic, programme_version=fact.version)
        case BotNamed():
            return replace(clinic, bot_name=fact.name)
        case ZoneDataChanged():
            return replace(clinic, zone_data=fact.version)
        case _:
            assert_never(fact)
