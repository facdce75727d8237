"""What a run did to people: casualties as ranges under the name of their law, crowd pressure, gas doses.

Read from the tables that a run with ``crowd.harm`` keeps (`impetus_sim.crowd.harm`). No casualty curve for
crowds is validated: a range is what a stated law makes of the doses, not a forecast, and two laws may
disagree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim import registry
from impetus_sim.analysis.metric import PEOPLE, PER_SECOND_SQUARED, Metric
from impetus_sim.recording.reader import Recording
from impetus_sim.scenario.load import read_scenario_text

NOBODY = "nobody was followed"


@dataclass(frozen=True, kw_only=True)
class CasualtyRange:
    """Casualties by one law.

    Parameters
    ----------
    law
        Its name in the scenario.
    kind
        Its kind in the family ``harm_laws``.
    low, central, high
        People.
    caution
        What the law rests on.
    """

    law: str
    kind: str
    low: float
    central: float
    high: float
    caution: str

    @property
    def text(self) -> str:
        """Such as ``0 to 12 casualties, central estimate 3 (law density_time)``."""
        low, central, high = (
            f"{value:,.0f}".replace(",", " ") for value in (self.low, self.central, self.high)
        )
        name = self.law if self.law == self.kind else f"{self.law}, {self.kind}"
        return f"{low} to {high} casualties, central estimate {central} (law {name})"


@dataclass(frozen=True, kw_only=True)
class HarmRecord:
    """The tables of a run that followed harm; arrays with one row per person.

    Parameters
    ----------
    ranges
        One per law, by name.
    peak_density, peak_pressure
        Highest at each person, people/m2 and 1/s2.
    gas_dose
        Fractional effective dose.
    is_incapacitated
        By gases.
    walkway_s, queue_s
        Seconds in Fruin's levels A to F, shape (n, 6).
    """

    ranges: tuple[CasualtyRange, ...]
    peak_density: npt.NDArray[np.float64]
    peak_pressure: npt.NDArray[np.float64]
    gas_dose: npt.NDArray[np.float64]
    is_incapacitated: npt.NDArray[np.bool_]
    walkway_s: npt.NDArray[np.float64]
    queue_s: npt.NDArray[np.float64]


def read_harm(recording: Recording) -> HarmRecord | None:
    """Return what a run kept of harm; None when it did not follow harm."""
    if "harm" not in recording.table_names:
        return None
    table = recording.tables("harm")
    chances = recording.tables("harm_chances") if "harm_chances" in recording.table_names else {}
    kinds = _kinds_of_laws(recording)
    return HarmRecord(
        ranges=tuple(_read_range(name, kinds.get(name, name), chances[name]) for name in sorted(chances)),
        peak_density=table["peak_density"],
        peak_pressure=table["peak_pressure"],
        gas_dose=table["gas_dose"],
        is_incapacitated=table["incapacitated_tick"] >= 0,
        walkway_s=table["walkway_s"],
        queue_s=table["queue_s"],
    )


def _kinds_of_laws(recording: Recording) -> Mapping[str, str]:
    """Return law name to kind; the run of a gas hazard without a section has the default laws, named by kind."""
    harm = read_scenario_text(str(recording.attributes["scenario"])).crowd.harm
    return {} if harm is None else {name: law.kind for name, law in harm.laws.items()}


def _read_range(name: str, kind: str, chances: npt.NDArray[np.float64]) -> CasualtyRange:
    low, central, high = (math.fsum(chances[:, k].tolist()) for k in range(3))
    law = registry.catalogue("harm_laws").get(kind)
    caution = str(law.caution) if law is not None else "a law that is not installed here"
    return CasualtyRange(law=name, kind=kind, low=low, central=central, high=high, caution=caution)


def compute_harm_metrics(recording: Recording) -> list[Metric]:
    """Return ``casualties.<law>`` with its low and high, incapacitated people and crowd pressure; may be empty."""
    harm = read_harm(recording)
    if harm is None:
        return []
    metrics = []
    for found in harm.ranges:
        for part, value in (("_low", found.low), ("", found.central), ("_high", found.high)):
            words = {"_low": "low", "": "central", "_high": "high"}[part]
            metrics.append(
                Metric(
                    name=f"casualties{part}.{found.law}",
                    value=value,
                    unit=PEOPLE,
                    label=f"casualties by the law {found.law}, {words} estimate",
                    better="lower",
                    note=found.text if part == "" else "",
                )
            )
    n = len(harm.peak_pressure)
    metrics.append(
        Metric(
            name="people_incapacitated",
            value=float(np.count_nonzero(harm.is_incapacitated)),
            unit=PEOPLE,
            label="people incapacitated by gases",
            better="lower",
        )
    )
    metrics.append(
        Metric(
            name="peak_crowd_pressure",
            value=float(harm.peak_pressure.max()) if n else None,
            unit=PER_SECOND_SQUARED,
            label="highest crowd pressure at a person",
            better="lower",
            note="" if n else NOBODY,
        )
    )
    return metrics
