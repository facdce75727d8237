"""When a run counts as a failure: a limit on one of its metrics."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, model_validator

from impetus_sim.planning.ranges import to_number
from impetus_sim.scenario.quantities import FixedNumber
from impetus_sim.scenario.spec import Spec, refuse


def _to_si(raw: Any) -> Any:
    # what the metric measures is not known before the first run: the unit tells
    number = to_number(raw)
    if isinstance(number, str):
        refuse(
            f"'{raw}' is not a quantity",
            allowed="a number in SI units, or with a unit, such as 10 min or 5 %",
        )
    return number


Limit = Annotated[FixedNumber, BeforeValidator(_to_si)]


class FailWhen(Spec):
    """A metric and the limit beyond which a run fails.

    Parameters
    ----------
    metric
        Name of a metric of the runs.
    above
        Fails above this, in the unit of the metric (SI), or with a unit; or
    below
        fails below this.
    """

    metric: str
    above: Limit | None = None
    below: Limit | None = None

    @model_validator(mode="after")
    def _check_side(self) -> FailWhen:
        if (self.above is None) == (self.below is None):
            refuse("one limit is needed", allowed="one of above and below")
        return self

    def judge(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return which values are failures; nan is none."""
        beyond = values > self.above if self.above is not None else values < self._lowest
        return np.asarray(beyond, np.bool_)

    @property
    def _lowest(self) -> float:
        assert self.below is not None
        return self.below

    def describe(self, label: str, unit: str) -> str:
        """Return it in words: ``clearance time above 600 s``."""
        side, limit = ("above", self.above) if self.above is not None else ("below", self._lowest)
        return f"{label} {side} {limit:g}{' ' + unit if unit else ''}"
