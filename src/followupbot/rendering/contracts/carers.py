"""Those who help a patient."""

from followupbot.domain.carer_state import CARERS_MAX
from followupbot.rendering.contracts.terms import EMERGENCY_NUMBER, REPLY, Contract
from followupbot.rendering.param_kinds import (
    COUNT,
    INITIALS,
    INITIALS_OR_NONE,
    INSTANT,
    NUMBER_OR_NONE,
    SHORT_TEXT,
    TRUTH,
)

CONTRACTS: dict[str, Contract] = {
    "carers/explained": Contract(
        {
            "refused": TRUTH,
            "initials": INITIALS_OR_NONE,
            **{f"number_{place}": NUMBER_OR_NONE for place in range(1, CARERS_MAX + 1)},
        },
        buttons=("invite", *(f"remove_{place}" for place in range(1, CARERS_MAX + 1))),
    ),
    "carers/invited": REPLY,
    "carers/link": Contract(
        {"initials": INITIALS, "link": SHORT_TEXT, "until": INSTANT}, shows=("initials", "link", "clinic.name")
    ),
    "carers/ask": Contract(
        {"initials": INITIALS}, shows=("initials", "clinic.name", EMERGENCY_NUMBER), buttons=("agree", "decline")
    ),
    "carers/help": Contract({"only_chat": TRUTH}, shows=(EMERGENCY_NUMBER,)),
    "carers/voice": Contract({"whom": SHORT_TEXT}, shows=("whom",)),
    "carers/welcome": Contract({"initials": INITIALS}, shows=("initials", EMERGENCY_NUMBER)),
    "carers/left": Contract({"initials": INITIALS}, shows=("initials", EMERGENCY_NUMBER)),
    "carers/not_yours": Contract({"initials": INITIALS}, shows=("initials", EMERGENCY_NUMBER)),
    "carers/joined": Contract({"number": COUNT}, shows=("number",), buttons=("remove",)),
    "carers/one_less": Contract({"number": COUNT}, shows=("number",)),
}
