"""A recording with its measures: what `imp.simulate` and `imp.open_recording` return."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from impetus_sim.analysis.metric import Metric
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.engine import branch as engine_branch
from impetus_sim.engine import record as engine_record
from impetus_sim.recording import reader
from impetus_sim.recording.reader import Recording

if TYPE_CHECKING:
    import xarray

P = ParamSpec("P")


class Run(Recording):
    """A `Recording` that knows its measures.

    Examples
    --------
    >>> run = open_recording("run.h5")  # doctest: +SKIP
    >>> run.metrics["clearance_time"].text  # doctest: +SKIP
    """

    @functools.cached_property
    def metrics(self) -> dict[str, Metric]:
        """All metrics by name (`analysis.metrics.compute_metrics`), computed when first asked for."""
        return compute_metrics(self)

    def to_xarray(self, *, density_every_s: float | None = 10.0) -> xarray.Dataset:
        """Return positions, densities, counts, fields, states and events as one dataset in memory.

        Long runs are better written with `impetus export --to netcdf` and opened from there.

        Parameters
        ----------
        density_every_s
            Least time between two rasters of density, s; None: none.

        Raises
        ------
        InvalidInputError
            When xarray (extra ``study``) is not installed.
        """
        from impetus_sim.analysis.export.netcdf.write import to_xarray

        return to_xarray(self, density_every_s=density_every_s)


def _with_measures(make: Callable[P, Recording]) -> Callable[P, Run]:
    @functools.wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> Run:
        return Run(make(*args, **kwargs).source)

    made.__annotations__ = {**make.__annotations__, "return": "Run"}
    return made


open_recording = _with_measures(reader.open_recording)
simulate = _with_measures(engine_record.simulate)
branch_run = _with_measures(engine_branch.branch_run)
