"""Consent: what it is about, the question, and the yearly word."""

from followupbot.rendering.contracts.terms import EMERGENCY_NUMBER, REPLY, Contract
from followupbot.rendering.param_kinds import YEARS

CONTRACTS: dict[str, Contract] = {
    "consent/read_1": Contract({"years": YEARS}, shows=("years", "clinic.name"), buttons=("next",)),
    "consent/read_2": Contract(shows=(EMERGENCY_NUMBER,), buttons=("next",)),
    "consent/ask": Contract(shows=("clinic.name",), buttons=("agree", "decline")),
    "consent/by_phone": Contract({"years": YEARS}, shows=("years", "clinic.name", EMERGENCY_NUMBER)),
    "consent/yearly_born": REPLY,
    "consent/yearly": Contract(shows=("clinic.name",), buttons=("go_on", "stop")),
    "consent/changed": Contract(
        {"years": YEARS}, shows=("years", "clinic.name", EMERGENCY_NUMBER), buttons=("go_on", "stop")
    ),
    "consent/yearly_thanks": Contract(shows=(EMERGENCY_NUMBER,)),
    "consent/yearly_not_you": Contract(shows=(EMERGENCY_NUMBER,)),
    "consent/declined": REPLY,
    "consent/born": REPLY,
    "consent/locked": REPLY,
}
