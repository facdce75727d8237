"""Scenario discovery: boxes of factors in which most failures lie.

Friedman and Fisher's patient rule induction (PRIM, 1999, Statistics and Computing 9:123) for scenario discovery as
Bryant and Lempert (2010, Technological Forecasting and Social Change 77:34) use it, carried out by EMA Workbench
(extra ``study``). Limits of the boxes along its trajectory that could be chance are dropped: those whose quasi-p
value, a one-sided binomial test against the box without the limit, is above 5 % shared among the factors. Of what
is left the box with the highest harmonic mean of coverage (share of the failures that lie in it) and density
(share of what lies in it that fails) is taken. The test does not know that the box was searched for.
"""

from __future__ import annotations

import importlib.metadata
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.metric import format_number
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas

Flags = npt.NDArray[np.bool_]

LEAST: Final = 5
"""Failures and successes without which no box is looked for, and points that a box holds at least."""
MOST_BOXES: Final = 2
_SIGNIFICANT: Final = 0.05
_FEW_LEVELS: Final = 10
_LEAST_MASS: Final = 0.05
_LEAST_GAIN: Final = 1.5


def discover_failures(
    factors: Mapping[str, Sequence[Any]],
    fails: Flags,
    described: Mapping[str, Mapping[str, str]],
    *,
    what: str,
) -> dict[str, Any]:
    """Return the boxes of factors in which most failures lie.

    Parameters
    ----------
    factors
        Name to its value at each point: numbers, or anything else as a category.
    fails
        Which points fail, (points,).
    described
        Name to ``label`` and ``unit``, for words.
    what
        What the points are called, in the plural.

    Returns
    -------
    ``points``, ``failures``, ``boxes`` (see `_describe`) and ``note``, which says why there is none.

    Raises
    ------
    InvalidInputError
        When EMA Workbench is missing and there is something to look for.
    """
    n_failures = int(fails.sum())
    found: dict[str, Any] = {"points": len(fails), "failures": n_failures, "boxes": [], "note": ""}
    if n_failures == 0:
        found["note"] = f"none of {len(fails)} {what} fails"
    elif n_failures == len(fails):
        found["note"] = f"all {len(fails)} {what} fail"
    elif min(n_failures, len(fails) - n_failures) < LEAST:
        found["note"] = f"{n_failures} of {len(fails)} {what} fail: too uneven to say when"
    else:
        columns = {name: _Column(name, values) for name, values in factors.items()}
        found["boxes"] = [
            _describe(box, columns, fails, described, what=what) for box in _find_boxes(columns, fails)
        ]
        if not found["boxes"]:
            found["note"] = f"{n_failures} of {len(fails)} {what} fail; no values of the factors stand out"
    return found


class _Column:
    # one factor as EMA takes it: numbers as they are or, of few levels, spread out so that they can be peeled
    def __init__(self, name: str, values: Sequence[Any]) -> None:
        self.name = name
        self.is_number = all(isinstance(value, int | float) for value in values)
        if not self.is_number:
            self.values: Any = np.array([str(value) for value in values], object)
            self.data: Any = self.values
            return
        self.values = np.array(values, np.float64)
        self.levels, ranks = np.unique(self.values, return_inverse=True)
        self.has_few = len(self.levels) <= _FEW_LEVELS
        self.data = ranks + _order_within(ranks) if self.has_few else self.values

    def read(self, low: Any, high: Any) -> Limit | None:
        """Return the limit that EMA's box has here, at whole levels; None where it has none."""
        if not self.is_number:
            return None if low >= set(self.values) else frozenset(low)
        if self.has_few:
            last = len(self.levels) - 1
            first, end = min(round(low), last), max(round(high) - 1, 0)
            low, high = self.levels[min(first, end)], self.levels[max(first, end)]
        ends = (
            float(low) if low > self.values.min() else None,
            float(high) if high < self.values.max() else None,
        )
        return None if ends == (None, None) else ends

    def holds(self, limit: Limit) -> Flags:
        """Return which points keep a limit."""
        if isinstance(limit, frozenset):
            return np.isin(self.values.astype(str), sorted(limit))
        low, high = limit
        inside = np.ones(len(self.values), np.bool_)
        if low is not None:
            inside &= self.values >= low
        if high is not None:
            inside &= self.values <= high
        return inside


Limit = tuple[float | None, float | None] | frozenset[str]
Box = dict[str, Limit]


def _order_within(ranks: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    # evenly spaced in (0, 1) within each level, in the order of the points
    order = np.zeros(len(ranks))
    for rank in np.unique(ranks):
        mine = np.flatnonzero(ranks == rank)
        order[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return order


def _find_boxes(columns: Mapping[str, _Column], fails: Flags) -> list[Box]:
    import pandas as pd

    mass = max(_LEAST_MASS, LEAST / len(fails))
    x = pd.DataFrame({name: each.data for name, each in columns.items() if len(set(each.values)) > 1})
    left = np.ones(len(fails), np.bool_)
    boxes: list[Box] = []
    while not x.empty and len(boxes) < MOST_BOXES and fails[left].sum() >= LEAST and not fails[left].all():
        path = _peel(x[left].reset_index(drop=True), fails[left], mass_min=mass)
        read = [_read_box(columns, limits) for limits in path]
        kept = [_drop_chance(columns, box, fails, left) for box in read]
        box = max(kept, key=lambda one: _score(columns, one, fails, left), default={})
        inside = _lie_inside(columns, box) & left
        if not box or fails[inside].mean() < _LEAST_GAIN * fails.mean():
            break
        boxes.append(box)
        left &= ~inside
    return boxes


def _read_box(columns: Mapping[str, _Column], limits: pandas.DataFrame) -> Box:
    read = {name: columns[name].read(*limits[name]) for name in limits.columns}
    return {name: limit for name, limit in read.items() if limit is not None}


def _lie_inside(columns: Mapping[str, _Column], box: Box) -> Flags:
    inside = np.ones(len(next(iter(columns.values())).values), np.bool_)
    for name, limit in box.items():
        inside &= columns[name].holds(limit)
    return inside


def _score(columns: Mapping[str, _Column], box: Box, fails: Flags, left: Flags) -> tuple[float, int]:
    # harmonic mean of coverage and density; fewer limits break ties
    inside = _lie_inside(columns, box) & left
    n_failing = int(fails[inside].sum())
    return 2.0 * n_failing / (int(inside.sum()) + int(fails[left].sum())), -len(box)


def _drop_chance(columns: Mapping[str, _Column], box: Box, fails: Flags, left: Flags) -> Box:
    allowed = _SIGNIFICANT / len(columns)
    while box:
        chances = {
            (name, end): _quasi_p(columns, box, _without(box, name, end), fails, left)
            for name, limit in box.items()
            for end in _list_ends(limit)
        }
        name, end = max(chances, key=lambda key: chances[key])
        if chances[name, end] <= allowed:
            break
        box = _without(box, name, end)
    return box


def _list_ends(limit: Limit) -> list[int]:
    return [0] if isinstance(limit, frozenset) else [k for k in (0, 1) if limit[k] is not None]


def _without(box: Box, name: str, end: int) -> Box:
    limit = box[name]
    rest = {key: value for key, value in box.items() if key != name}
    if isinstance(limit, frozenset) or limit[1 - end] is None:
        return rest
    kept: Limit = (None, limit[1]) if end == 0 else (limit[0], None)
    return {key: kept if key == name else value for key, value in box.items()}


def _quasi_p(columns: Mapping[str, _Column], box: Box, wider: Box, fails: Flags, left: Flags) -> float:
    """Return how likely as many failures in a box are when one limit does not matter (Bryant and Lempert 2010)."""
    from scipy.stats import binom

    inside, around = (_lie_inside(columns, each) & left for each in (box, wider))
    n_failing = int(fails[inside].sum())
    return float(binom.sf(n_failing - 1, int(inside.sum()), fails[around].mean()))


def _describe(
    box: Box,
    columns: Mapping[str, _Column],
    fails: Flags,
    described: Mapping[str, Mapping[str, str]],
    *,
    what: str,
) -> dict[str, Any]:
    """Return ``limits`` (factor to low and high, or to values), ``coverage``, ``density``, counts and words."""
    everything = np.ones(len(fails), np.bool_)
    limits: dict[str, dict[str, Any]] = {}
    for name, limit in box.items():
        told: dict[str, Any] = (
            {"values": sorted(limit)} if isinstance(limit, frozenset) else {"low": limit[0], "high": limit[1]}
        )
        told["quasi_p"] = max(
            _quasi_p(columns, box, _without(box, name, end), fails, everything) for end in _list_ends(limit)
        )
        limits[name] = told
    inside = _lie_inside(columns, box)
    n_inside, n_failing = int(inside.sum()), int(fails[inside].sum())
    coverage, density = n_failing / int(fails.sum()), n_failing / n_inside
    texts = [_say(limit, **described[name]) for name, limit in limits.items()]
    return {
        "limits": limits,
        "coverage": coverage,
        "density": density,
        "points": n_inside,
        "failures": n_failing,
        "text": (
            f"fails when {' and '.join(texts)}: {100.0 * coverage:.0f} % of the {what} that fail lie in there, "
            f"{100.0 * density:.0f} % of the {what} in there fail ({n_failing} of {n_inside})"
        ),
    }


def _say(limit: Mapping[str, Any], *, label: str, unit: str, **_: Any) -> str:
    if "values" in limit:
        return f"{label} is {' or '.join(limit['values'])}"
    low, high = (None if limit[end] is None else format_number(limit[end]) for end in ("low", "high"))
    after = f" {unit}" if unit else ""
    if low is not None and high is not None:
        return f"{label} from {low} to {high}{after}"
    return f"{label} ≥ {low}{after}" if low is not None else f"{label} ≤ {high}{after}"


def _peel(x: pandas.DataFrame, fails: Flags, *, mass_min: float) -> list[pandas.DataFrame]:
    """Return the boxes along PRIM's trajectory, each with a column per factor and rows low and high."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of EMA's own: libraries that it lacks, calls that pandas will drop
        try:
            from ema_workbench.analysis.prim import Prim
        except ImportError:
            raise InvalidInputError(
                "to say when something fails needs EMA Workbench", hint="pip install 'impetus_sim[study]'"
            ) from None
        # up to version 2 it could do more than classify, and wants to be told from where on a case counts
        is_old = int(importlib.metadata.version("ema_workbench").split(".")[0]) < 3
        search = Prim(x, fails.astype(np.int64), mass_min=mass_min, **({"threshold": 1e-9} if is_old else {}))
        found = search.find_box()
        return [] if found is None else list(found.box_lims)
