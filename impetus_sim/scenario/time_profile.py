"""When trips set out between the start and the end of an entry of the demand.

Forms: ``even``; ``peak``, rising to the middle and falling again; 24 shares, one for each hour of the local day;
``[[time, share], ...]``, with the share of the trips that set out from each time until the next, the last until
the end of the entry. Shares need not sum to 1.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.draw import Draw, highest, lowest
from impetus_sim.scenario.quantities import MAX_DURATION_S, Quantity
from impetus_sim.scenario.spec import refuse

FORMS = "even, peak, 24 shares (one for each hour of the day), or [[time, share], ...]"
HOURS = 24
_TIME = Quantity("time", high=MAX_DURATION_S, fixed=True)
_SHARE = Quantity("share", high=1e6, fixed=True)

Profile = str | tuple[float, ...] | tuple[tuple[float, float], ...]


def parse_profile(raw: Any) -> Profile:
    """Read any form (validator of a field)."""
    if isinstance(raw, str) and raw in ("even", "peak"):
        return str(raw)
    if not isinstance(raw, (list, tuple)) or not raw:
        refuse(f"{str(raw)[:60]!r} is not a profile", allowed=FORMS)
    if all(isinstance(item, (list, tuple)) for item in raw):
        return _parse_steps(raw)
    if len(raw) != HOURS:
        refuse(f"{len(raw)} shares are given", allowed=FORMS)
    shares = tuple(float(_SHARE.parse(item)) for item in raw)  # type: ignore[arg-type]
    if not sum(shares) > 0.0:
        refuse("all shares are 0", allowed=FORMS)
    return shares


def _parse_steps(raw: Any) -> Profile:
    steps = []
    for item in raw:
        if len(item) != 2:
            refuse(f"{str(item)[:60]} is not [time, share]", allowed=FORMS)
        steps.append((float(_TIME.parse(item[0])), float(_SHARE.parse(item[1]))))  # type: ignore[arg-type]
    times = [time for time, _ in steps]
    if any(b <= a for a, b in pairwise(times)):
        refuse("the times of the profile do not rise", allowed="[[0 min, 0.2], [10 min, 0.8]]")
    if not sum(share for _, share in steps) > 0.0:
        refuse("all shares are 0", allowed=FORMS)
    return tuple(steps)


TimeProfile = Annotated[
    Profile,
    PlainValidator(parse_profile),
    WithJsonSchema({"type": ["string", "array"], "description": f"when trips set out: {FORMS}"}),
]


def is_hourly(profile: Profile) -> bool:
    """Tell whether a profile holds a share for each hour of the day."""
    return not isinstance(profile, str) and not isinstance(profile[0], tuple)


def check_profile(profile: Profile, start: float | Draw, end: float | Draw, *, daily: bool) -> None:
    """Refuse a profile under which nobody sets out, or that cannot stand for a day (in a spec's validator)."""
    if daily and profile != "even" and not is_hourly(profile):
        refuse("trips of a day need a profile of the day", key="profile", allowed="even or 24 hourly shares")
    if isinstance(profile, str) or is_hourly(profile):
        return
    steps: Any = profile
    ends = [time for time, _ in steps[1:]] + [lowest(end)]
    within = [
        share
        for (time, share), until in zip(steps, ends, strict=True)
        if share > 0.0 and until > highest(start) and time < lowest(end)
    ]
    if not within:
        refuse("nobody sets out between start and end", key="profile", allowed="times within them")
