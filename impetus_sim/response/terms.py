"""On what terms an intervention can be had: money, time, people, law, and what it learns of people.

Costs, times and numbers of staff are typical orders of magnitude of one use in a European city, chosen: they are
for comparing options, and a planner puts their own in the scenario. Legal notes say what kind of power it rests on;
the law of the place decides.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Privacy = Literal["none", "counts", "presence", "images"]
"""none: nothing is learnt of people. counts: how many there are. presence: where devices or people are, without who
they are. images: pictures or sound of people."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Typical terms of one use.

    Parameters
    ----------
    cost_eur
        Money, EUR; work that staff on duty do anyway is not counted.
    lead_time_s
        From the order until it is in place, s.
    staff
        People who are bound until then.
    legal
        On what power it rests.
    privacy
        What is learnt of people.
    """

    cost_eur: float
    lead_time_s: float
    staff: int
    legal: str
    privacy: Privacy = "none"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)
