"""All measures of one run by name: what `impetus run` prints, `compare` compares and the brief shows."""

from __future__ import annotations

from impetus_sim.analysis.density import Density, compute_density, describe_density
from impetus_sim.analysis.economic_loss import ECONOMIC_LOSS, compute_economic_loss, read_values
from impetus_sim.analysis.egress import compute_clearance_time, compute_mean_egress_time, compute_share_out
from impetus_sim.analysis.emergency import EMERGENCY_METRICS, compute_emergency_metrics
from impetus_sim.analysis.exposure import compute_exposure_time, compute_people_exposed
from impetus_sim.analysis.flow import compute_exit_flows
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.harm import compute_harm_metrics
from impetus_sim.analysis.infrastructure.metrics import compute_infrastructure_metrics
from impetus_sim.analysis.injuries import compute_injury_metrics
from impetus_sim.analysis.metric import Metric
from impetus_sim.analysis.people import read_people
from impetus_sim.analysis.response.playbooks import compute_playbook_metrics
from impetus_sim.analysis.response.rooms import compute_room_metrics
from impetus_sim.analysis.response.units import UNIT_METRICS, compute_unit_metrics
from impetus_sim.analysis.traffic.metrics import compute_traffic_metrics
from impetus_sim.analysis.voronoi_peak import compute_peak_voronoi_density
from impetus_sim.recording.reader import Recording

METRIC_ORDER = (
    "clearance_time",
    "mean_egress_time",
    "share_out",
    "people_exposed",
    "exposure_time",
    "peak_density",
    "peak_voronoi_density",
    "mean_density",
    "time_above_4",
    "time_above_6",
    "area_time_above_4",
    "area_time_above_6",
    "time_walkway_los_ef",
    "time_queue_los_ef",
)
"""Metrics that every run has, in the order of tables. ``flow.<exit>``, ``mean_flow.<exit>`` and
``specific_flow.<exit>`` follow, then those of vehicles in runs with traffic (`TRAFFIC_METRICS`,
`EMERGENCY_METRICS`), of what the city runs on (`INFRASTRUCTURE_METRICS`), of control rooms and
playbooks, then ``casualties.<law>`` and others of
runs that follow harm, then ``people_injured``, ``people_dead`` and others of runs with a hazard that injures, then
``economic_loss`` where the scenario says what an hour is worth."""

KEY_METRICS = ("clearance_time", "mean_egress_time", "people_exposed", "peak_density", "time_above_4")
"""The few that fit on a picture."""

COMPARED_METRICS = (
    *KEY_METRICS,
    "total_delay",
    *EMERGENCY_METRICS,
    *UNIT_METRICS,
    "person_hours_without_power",
    "person_hours_without_water",
    "person_hours_without_phone",
    "signal_hours_out",
    ECONOMIC_LOSS,
    "time_to_decide",
    "playbook_adherence",
    "playbook_lateness",
    "people_injured",
    "people_dead",
)
"""Those that `impetus compare` prints, where runs have them and an option changes them."""


def compute_metrics(recording: Recording, *, density: Density | None = None) -> dict[str, Metric]:
    """Return all metrics of a run by name, in the order of `METRIC_ORDER`, then others.

    Parameters
    ----------
    recording
        Finished, or cut short: then up to its last checkpoint.
    density
        From `compute_density`, when it is at hand already.
    """
    people = read_people(recording)
    ground = read_ground(recording)
    density = density if density is not None else compute_density(recording)
    found = [
        compute_clearance_time(people),
        compute_mean_egress_time(people),
        compute_share_out(people),
        compute_people_exposed(people),
        compute_exposure_time(people),
        *describe_density(density),
        compute_peak_voronoi_density(recording, density, ground.polygon),
    ]
    by_name = {metric.name: metric for metric in found}
    metrics = {name: by_name[name] for name in METRIC_ORDER}
    for metric in compute_exit_flows(people, ground):
        metrics[metric.name] = metric
    for metric in (
        *compute_traffic_metrics(recording),
        *compute_emergency_metrics(recording),
        *compute_infrastructure_metrics(recording),
        *compute_room_metrics(recording),
        *compute_playbook_metrics(recording),
        *compute_unit_metrics(recording),
        *compute_harm_metrics(recording),
        *compute_injury_metrics(recording, people),
    ):
        metrics[metric.name] = metric
    return metrics | {
        metric.name: metric for metric in compute_economic_loss(read_values(recording), metrics)
    }
