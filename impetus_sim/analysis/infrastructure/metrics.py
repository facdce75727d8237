"""The metrics of runs with infrastructure by name, in the order of tables; none for runs without."""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.infrastructure.lacks import PEOPLE_LACK, Lack
from impetus_sim.analysis.infrastructure.recorded import (
    CHANNEL,
    RecordedAssets,
    has_infrastructure,
    read_assets,
)
from impetus_sim.analysis.infrastructure.service_loss import ServiceLoss, compute_service_losses
from impetus_sim.analysis.infrastructure.voltages import compute_voltage_metrics
from impetus_sim.analysis.metric import Metric
from impetus_sim.recording.reader import Recording
from impetus_sim.world.assets import WORKS

PERSON_HOURS = "person-h"
HOURS = "h"
SIGNAL_HOURS = "signal-h"
HOSPITAL_HOURS = "hospital-h"
ASSETS = "assets"

INFRASTRUCTURE_METRICS = (
    "person_hours_without_power",
    "person_hours_without_water",
    "person_hours_without_phone",
    "outage_hours_power",
    "outage_hours_water",
    "outage_hours_phone",
    "signal_hours_out",
    "hospital_hours_out",
    "most_assets_out",
    "lowest_voltage",
    "most_buses_outside_voltage",
    "flows_without_voltages",
)
"""In the order of tables."""


def compute_infrastructure_metrics(recording: Recording) -> list[Metric]:
    """Return the metrics of a run's infrastructure in the order of `INFRASTRUCTURE_METRICS`."""
    if not has_infrastructure(recording) or next(recording.series(CHANNEL), None) is None:
        return []
    assets = read_assets(recording)
    return [
        *(_person_hours(assets, name, PEOPLE_LACK[name](recording, assets)) for name in PEOPLE_LACK),
        *(_outage_hours(loss) for loss in compute_service_losses(recording, assets)),
        _hours_out(assets, "signal", "signal_hours_out", SIGNAL_HOURS, "traffic signals out of order"),
        _hours_out(assets, "hospital", "hospital_hours_out", HOSPITAL_HOURS, "hospitals out of service"),
        _most_out(assets),
        *compute_voltage_metrics(recording),
    ]


def _person_hours(assets: RecordedAssets, name: str, lack: Lack) -> Metric:
    is_known = bool(lack.people.sum() > 0.0)
    still = bool(is_known and lack.is_without[-1].any())
    return Metric(
        name=f"person_hours_without_{name}",
        value=lack.person_hours(assets.spans_s) if is_known else None,
        unit=PERSON_HOURS,
        label=f"without {name}",
        better="lower",
        is_censored=still,
        note="some still without at the end"
        if still
        else ""
        if is_known
        else "the map shows nobody to supply",
    )


def _outage_hours(loss: ServiceLoss) -> Metric:
    worst = [
        f"worst-off {what} {share.text}"
        for what, share in (("district", loss.worst_district), ("group", loss.worst_group))
        if share is not None
    ]
    still = bool(loss.share[-1] < 1.0)
    return Metric(
        name=f"outage_hours_{loss.service}",
        value=loss.restoration.lost_h,
        unit=HOURS,
        label=f"equivalent outage hours of {loss.service}",
        better="lower",
        is_censored=still,
        note="; ".join([*(["some still without at the end"] if still else []), *worst]),
    )


def _hours_out(assets: RecordedAssets, kind: str, name: str, unit: str, label: str) -> Metric:
    rows = assets.of_kind(kind)
    is_out = assets.level[:, rows] < WORKS
    return Metric(
        name=name,
        value=float(is_out.sum(axis=1) @ assets.spans_s) / 3600.0 if len(rows) else None,
        unit=unit,
        label=label,
        better="lower",
        is_censored=bool(len(rows) and is_out[-1].any()),
        note="some still out at the end"
        if len(rows) and is_out[-1].any()
        else ""
        if len(rows)
        else f"no {kind}",
    )


def _most_out(assets: RecordedAssets) -> Metric:
    n_out = (assets.level < WORKS).sum(axis=1)
    worst = int(np.argmax(n_out))
    return Metric(
        name="most_assets_out",
        value=float(n_out[worst]),
        unit=ASSETS,
        label="most assets out at once",
        better="lower",
        note=f"at {assets.times_s[worst]:g} s" if n_out[worst] else "",
    )
