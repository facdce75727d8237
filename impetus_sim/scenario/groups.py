"""Groups and families: who belongs together, and how long people wait and search for each other.

Sources, to be read with caution: shares and sizes of groups vary with place and occasion. Moussaïd, Perozo,
Garnier, Helbing and Theraulaz (2010), The walking behaviour of pedestrian social groups, PLoS ONE 5(4): 55 % of
people on a working day and 70 % on a Saturday walked in groups, pairs far more often than threes and fours.
Costa (2010), Journal of Nonverbal Behavior 34: pairs, threes and fours in town streets. The default shares are
rounded to that picture and are not a fit. How long groups wait and search has not been measured: those defaults
are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.quantities import Count, Metres, Seconds, Share, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse

MAX_SIZE = 20


def _texts(raw: Any) -> Any:
    return {str(key): value for key, value in raw.items()} if isinstance(raw, Mapping) else raw


class Groups(Spec):
    """People of a population who belong together.

    Parameters
    ----------
    share
        Share of the population's people who are in a group; the others are on their own.
    size
        Number of members to the share of the groups that have it; the shares sum to 1.
    of
        Profile to number of members: every group is made of exactly these, instead of `size`; those not in a
        group keep the population's mix.
    leader
        Profile of whoever decides for the group; every group has at least one of them, and when none is left no
        more groups are formed. Without it the first member decides.
    gap
        Who is ahead of the last member by more than this slows down, and stops at twice this, m of way.
    talk_within
        Members tell each other what they know within this distance, m.
    apart
        A member farther behind than this, or still standing there, is missed, m of way.
    wait_for, search_share, search_for
        The group waits this long for a missed member; then this share of the groups goes back to search, for at
        most this long, s. After that they go on without.
    """

    share: Share = 0.6
    size: Annotated[Entries[Share], BeforeValidator(_texts)] = Field(
        default_factory=lambda: Named({"2": 0.5, "3": 0.3, "4": 0.2})
    )
    of: Entries[Annotated[Count, limits(low=1, high=MAX_SIZE)]] = Field(default_factory=Named)
    leader: str | None = None
    gap: Annotated[Metres, limits(low=0.3, high=20.0)] = 1.5
    talk_within: Annotated[Metres, limits(high=50.0)] = 5.0
    apart: Annotated[Metres, limits(low=1.0, high=200.0)] = 10.0
    wait_for: Annotated[Seconds, limits(high=3600.0)] = 30.0
    search_share: Share = 0.5
    search_for: Annotated[Seconds, limits(high=3600.0)] = 60.0

    @model_validator(mode="after")
    def _check(self) -> Groups:
        for text in self.size:
            if not text.isdigit() or not 2 <= int(text) <= MAX_SIZE:
                refuse(f"'{text}' is not a size", key=f"size.{text}", allowed=f"2 to {MAX_SIZE}")
        if not self.of and not self.size:
            refuse("no sizes are given", key="size", allowed="{2: 0.5, 3: 0.3, 4: 0.2}")
        if self.of and not 2 <= sum(int(n) for n in self.of.values()) <= MAX_SIZE:
            refuse("a group has at least two members", key="of", allowed=f"2 to {MAX_SIZE} in all")
        if self.of and self.leader is not None and self.leader not in self.of:
            refuse(f"no group has a '{self.leader}'", key="leader", allowed=", ".join(self.of))
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the profiles it names."""
        named = [(f"of.{name}", "profiles", name) for name in self.of]
        return named + ([] if self.leader is None else [("leader", "profiles", self.leader)])
