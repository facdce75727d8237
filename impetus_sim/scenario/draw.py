"""Numbers that are distributions: one value per replicate, shared by all options that leave the key alone.

Forms: "8 000 to 12 000 people" and ``{uniform: [a, b]}``; ``{normal: {mean, sd, min, max}}``;
``{lognormal: {median, sigma, min, max}}``; ``{triangular: [low, mode, high]}``. Every form has a bounded
support, so that limits can be checked before a run: normal and lognormal are cut at 4 standard deviations
(of the logarithm for lognormal) unless `min` and `max` are given. Values are inverse distribution functions
of one keyed uniform, so a changed spread keeps the rank of the draw.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.units import parse_quantity

FORMS = ("uniform", "normal", "lognormal", "triangular")
_CUT_SD = 4.0
_RANGE = re.compile(r"\s+to\s+|\s*(?:\u2026|\.\.\.?)\s*")
_FIELDS = {"normal": ("mean", "sd"), "lognormal": ("median", "sigma")}


@dataclass(frozen=True)
class Draw:
    """A distribution in SI units.

    Parameters
    ----------
    form
        One of `FORMS`.
    parameters
        uniform: low, high; triangular: low, mode, high; normal: mean, sd; lognormal: median, sigma.
    low, high
        Support: no value lies outside.
    integer
        Whether a drawn value is rounded to a whole number.
    """

    form: str
    parameters: tuple[float, ...]
    low: float
    high: float
    integer: bool = False

    def quantile(self, uniform: float) -> float:
        """Return the value below which a share `uniform` in (0, 1) of the distribution lies."""
        if self.low == self.high:
            return self.low
        if self.form == "uniform":
            value = self.low + uniform * (self.high - self.low)
        elif self.form == "triangular":
            value = self._triangular(uniform)
        else:
            value = self._normal(uniform)
        return min(max(value, self.low), self.high)

    def _triangular(self, uniform: float) -> float:
        low, mode, high = self.parameters
        turn = (mode - low) / (high - low)
        if uniform < turn:
            return low + math.sqrt(uniform * (high - low) * (mode - low))
        return high - math.sqrt((1.0 - uniform) * (high - low) * (high - mode))

    def _normal(self, uniform: float) -> float:
        from scipy.special import ndtr, ndtri

        centre, spread = self.parameters
        if self.form == "normal":
            a, b = ndtr((self.low - centre) / spread), ndtr((self.high - centre) / spread)
            return centre + spread * float(ndtri(a + uniform * (b - a)))
        a, b = ndtr(math.log(self.low / centre) / spread), ndtr(math.log(self.high / centre) / spread)
        return centre * math.exp(spread * float(ndtri(a + uniform * (b - a))))

    def plain(self) -> dict[str, Any]:
        """Return the form as plain data, in SI units, that `parse_draw` reads back."""
        if self.form in _FIELDS:
            fields = dict(zip(_FIELDS[self.form], self.parameters, strict=True))
            return {self.form: {**fields, "min": self.low, "max": self.high}}
        return {self.form: list(self.parameters)}

    # Comparisons hold for every value that can be drawn, so that limits such as Field(gt=0) apply.
    def __ge__(self, other: float) -> bool:
        return self.low >= other

    def __gt__(self, other: float) -> bool:
        return self.low > other

    def __le__(self, other: float) -> bool:
        return self.high <= other

    def __lt__(self, other: float) -> bool:
        return self.high < other


def lowest(value: float | Draw) -> float:
    """Return the smallest value that can be drawn; a number is itself."""
    return value.low if isinstance(value, Draw) else value


def highest(value: float | Draw) -> float:
    """Return the largest value that can be drawn; a number is itself."""
    return value.high if isinstance(value, Draw) else value


def parse_draw(raw: Any, dimension: str) -> Draw | None:
    """Read a distribution; None when `raw` is not one.

    Raises
    ------
    InvalidInputError
        When it is one, but with wrong parameters.
    """
    if isinstance(raw, str):
        return _parse_range(raw, dimension)
    if not isinstance(raw, Mapping):
        return None
    if len(raw) != 1 or next(iter(raw)) not in FORMS:
        raise InvalidInputError(
            f"keys {', '.join(map(repr, raw)) or 'none'} do not make a distribution",
            hint="one of {uniform: [a, b]}, {normal: {mean, sd}}, {lognormal: {median, sigma}},"
            " {triangular: [low, mode, high]}",
        )
    form, body = next(iter(raw.items()))
    if form in _FIELDS:
        return _parse_spread(form, body, dimension)
    size = 2 if form == "uniform" else 3
    if not isinstance(body, (list, tuple)) or len(body) != size:
        raise InvalidInputError(f"{form} takes a list of {size} numbers", hint="uniform: [10 s, 20 s]")
    values = tuple(_number(item, dimension) for item in body)
    if list(values) != sorted(values):
        raise InvalidInputError(f"{form} {list(values)} is not in rising order")
    return Draw(form, values, values[0], values[-1])


def _parse_range(text: str, dimension: str) -> Draw | None:
    parts = _RANGE.split(text.strip())
    if len(parts) != 2 or len(text) > 200:
        return None
    high = parse_quantity(parts[1], dimension)
    unit = re.search(r"[^\W\d_%°/].*$|[%°/].*$", parts[1])
    bare = not re.search(r"[^\W\d_]|[%°]", parts[0])  # "10 to 20 s": the unit belongs to both
    low = parse_quantity(f"{parts[0]} {unit.group()}" if bare and unit else parts[0], dimension)
    if low > high:
        raise InvalidInputError(f"'{text}' begins with the larger number")
    return Draw("uniform", (low, high), low, high)


def _parse_spread(form: str, body: Any, dimension: str) -> Draw:
    centre_key, spread_key = _FIELDS[form]
    allowed = {centre_key, spread_key, "min", "max"}
    if not isinstance(body, Mapping) or not {centre_key, spread_key} <= set(body) <= allowed:
        raise InvalidInputError(f"{form} takes {centre_key} and {spread_key}, and may take min and max")
    centre = _number(body[centre_key], dimension)
    spread = _number(body[spread_key], "number" if form == "lognormal" else dimension)
    if spread <= 0 or (form == "lognormal" and centre <= 0):
        raise InvalidInputError(f"{form} takes a {spread_key} above 0, lognormal also a median above 0")
    if form == "lognormal" and spread > 10:
        raise InvalidInputError(f"sigma {spread:g} is the spread of a logarithm: at most 10")
    if form == "normal":
        low, high = centre - _CUT_SD * spread, centre + _CUT_SD * spread
    else:
        low, high = centre * math.exp(-_CUT_SD * spread), centre * math.exp(_CUT_SD * spread)
    low = _number(body["min"], dimension) if "min" in body else low
    high = _number(body["max"], dimension) if "max" in body else high
    if not low < high or not (low <= centre <= high) or not math.isfinite(high - low):
        raise InvalidInputError(f"{form}: {centre_key} {centre:g} does not lie between {low:g} and {high:g}")
    if form == "lognormal" and low <= 0:
        raise InvalidInputError(f"lognormal takes a min above 0, not {low:g}")
    return Draw(form, (centre, spread), low, high)


def _number(raw: Any, dimension: str) -> float:
    if not isinstance(raw, (int, float, str)):
        raise InvalidInputError(f"{raw!r} is not a quantity"[:200])
    return parse_quantity(raw, dimension)
