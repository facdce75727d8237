"""Sets that are as good as the best one but for what does not matter: found by paired runs, and said in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from impetus_sim.analysis.metric import format_number
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.answer import scale_difference, with_unit

MATTERS: Final = 0.02
"""Differences below this share of the baseline's mean do not matter, unless told otherwise."""

Standing = Literal["best", "as_good", "unclear", "behind"]

STANDING_METHOD: Final = (
    "by the paired difference from the best set in the first objective over the runs of the last round, Student t: "
    "as_good where its 95 % interval ends below what matters, behind where it begins above, else unclear; what "
    "matters is a share of the baseline's mean"
)
"""How sets are told from the best, as printed beside it."""

Summary = Mapping[str, float | None]


def require_matters(share: float) -> None:
    """Raise when a share of the baseline's mean cannot be what matters."""
    if not 0.0 < share < 1.0:
        raise InvalidInputError(f"matters is {share:g}; allowed: above 0 and below 1, such as {MATTERS:g}")


def judge_standing(behind: Summary, limit: float | None) -> Standing:
    """Tell how a set of the last round stands to the best one.

    Parameters
    ----------
    behind
        How much worse it is: ``low`` and ``high`` end of the 95 % interval; None where one pair of runs or none is
        known.
    limit
        Differences up to this do not matter; None where it is not known.
    """
    low, high = behind["low"], behind["high"]
    if limit is None or low is None or high is None:
        return "unclear"
    if high <= limit:
        return "as_good"
    return "behind" if low > limit else "unclear"


def say_within(document: Mapping[str, Any]) -> str:
    """Return within what sets of a plan are as good, such as ``within 2 % (1.6 s)``."""
    matters = document["matters"]
    described = next(iter(document["objectives"].values()))
    share = f"within {100.0 * matters['share']:g} %"
    if not matters["value"]:
        return share
    unit, scale = scale_difference(described["unit"])
    return f"{share} ({with_unit(format_number(scale * matters['value']), unit)})"


def say_as_good(document: Mapping[str, Any], call: Callable[[Mapping[str, Any]], str]) -> str:
    """Say which sets are as good as the best, and of which more runs would have to tell.

    Parameters
    ----------
    document
        Of ``plan.json``.
    call
        Names a set.

    Returns
    -------
    A sentence or two; empty where the last round had one set, or the baseline has no mean.
    """
    rivals = [row for row in document["sets"][1:] if row["is_finalist"]]
    if not rivals or document["matters"]["value"] is None:
        return ""
    within = say_within(document)
    named = {
        standing: "; ".join(call(row) for row in rivals if row["standing"] == standing)
        for standing in ("as_good", "unclear")
    }
    sentences = []
    if named["as_good"]:
        sentences.append(f"As good as the best {within}: {named['as_good']}.")
    if named["unclear"]:
        within = "" if named["as_good"] else f" {within}"
        sentences.append(f"Perhaps as good{within}, more runs would tell: {named['unclear']}.")
    return " ".join(sentences) or f"No other set of the last round is as good {within}."
