"""One measured number with its unit, and words for when it is censored or not defined."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Better = Literal["lower", "higher", ""]

PEOPLE = "people"
SECONDS = "s"
SHARE = ""
PER_SQUARE_METRE = "people/m²"
PERSON_SECONDS = "person-s"
AREA_SECONDS = "m²·s"
PER_SECOND = "people/s"
PER_SECOND_SQUARED = "1/s²"
PER_METRE_SECOND = "people/(m·s)"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number of one run.

    Parameters
    ----------
    name
        Such as ``clearance_time`` or ``flow.north``.
    value
        SI units; None when the run does not define it. Never NaN or infinite.
    unit
        Empty for a share.
    label
        Words for a planner.
    better
        Which way is better; empty when neither is.
    is_censored
        The run ended first: the true value is at least `value`.
    note
        Why it is not defined, what is censored ('37 inside'), or where and when.

    Raises
    ------
    ValueError
        When the value is not a finite number: that is a fault of the measure.
    """

    name: str
    value: float | None
    unit: str = ""
    label: str = ""
    better: Better = ""
    is_censored: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"metric '{self.name}' is {self.value}: say 'not defined' with a reason instead")

    @property
    def is_defined(self) -> bool:
        """Whether the run has a value for it."""
        return self.value is not None

    @property
    def text(self) -> str:
        """The value in words: ``412 s``, ``> 1 800 s, 37 inside`` or ``not defined: nobody left``."""
        if self.value is None:
            return f"not defined: {self.note}" if self.note else "not defined"
        text = format_value(self.value, self.unit)
        if self.is_censored:
            return f"> {text}, {self.note}" if self.note else f"> {text}"
        return text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "text": self.text}


def label_with_unit(described: Mapping[str, str]) -> str:
    """Return the ``label`` of a described metric with its ``unit``, such as ``mean egress time (s)``."""
    return f"{described['label']} ({described['unit']})" if described["unit"] else described["label"]


def format_number(value: float) -> str:
    """Return a number with three significant digits or all digits before the point, grouped by spaces."""
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    decimals = min(max(2 - magnitude, 0), 6)
    text = f"{value:,.{decimals}f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_value(value: float, unit: str) -> str:
    """Return a number with its unit; a share (no unit) in percent."""
    if unit == SHARE:
        return f"{format_number(100 * value)} %"
    return f"{format_number(value)} {unit}"
