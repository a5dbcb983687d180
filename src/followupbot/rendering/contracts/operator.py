"""What the operator is told."""

from followupbot.domain import troubles
from followupbot.rendering.contracts.terms import WORD, Contract
from followupbot.rendering.param_kinds import DETAIL, DETAIL_OR_EMPTY, TROUBLE

CONTRACTS: dict[str, Contract] = {
    **{
        f"operator/{notice}": Contract({"detail": DETAIL}, shows=("detail",))
        for notice in (
            "poll_conflict",
            "token_refused",
            "backup_failed",
            "dead_letter",
            "alert_late",
            "update_set_aside",
            "chart_failed",
            "nobody_reachable",
            "unrecorded_emergency",
            "unrecorded_urgent",
            "long_interruption",
            "clock_back",
            "clock_forward",
        )
    },
    **{
        f"operator/{name}": Contract({"what": TROUBLE, "detail": DETAIL_OR_EMPTY}, shows=("what", "detail"))
        for name in ("trouble", "trouble_over")
    },
    **{f"operator/troubles/{key}": WORD for key in troubles.KEYS},
}
