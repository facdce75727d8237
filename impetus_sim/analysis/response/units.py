"""How units responded and what became of the injured: response times, the chain of care, deaths, utilisation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.metric import PEOPLE, SHARE, Metric
from impetus_sim.analysis.people import People
from impetus_sim.analysis.percentiles import percentile_of_times
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import UNITS

MISSIONS: Final = "unit_missions"
CASUALTIES: Final = "casualties"
REQUESTS: Final = "unit_requests"
CHAIN: Final = ("found", "triaged", "treated", "loaded", "at_hospital", "died")
IDLE: Final = ("free", "returning", "moving", "absent")
"""Stages of units without a mission."""
UNIT_METRICS: Final = (
    "unit_response_median",
    "unit_response_p90",
    "triage_time_median",
    "triage_time_p90",
    "hospital_time_median",
    "hospital_time_p90",
    "died_waiting",
    "preventable_deaths",
    "units_utilisation",
)
"""In the order of tables; runs without units have none."""
_WAITS: Final = (("triage_time", "triaged", "triage", 1), ("hospital_time", "at_hospital", "hospital", 2))
"""Name, step of the chain, in words, and the least severity: who can walk is not taken to hospital."""

Floats = npt.NDArray[np.float64]


def has_units(recording: Recording) -> bool:
    """Tell whether a run has units."""
    return MISSIONS in recording.table_names


def compute_unit_metrics(recording: Recording) -> list[Metric]:
    """Return the metrics of a run's units in the order of `UNIT_METRICS`; nothing without any.

    Response counts from the request to the arrival of the vehicle, for every unit asked for; triage and hospital
    from the injury, of those alive when hurt. Those not there yet count with the time they were followed.
    """
    if not has_units(recording):
        return []
    times, is_there, _ = response_times(recording)
    metrics = []
    for suffix, percent, words in (("median", 50.0, "median"), ("p90", 90.0, "90 % within")):
        metrics.append(
            percentile_of_times(
                f"unit_response_{suffix}",
                percent,
                times,
                is_there,
                label=f"time from request to arrival of units, {words}",
                open_words="not there",
                nothing="no unit was asked for",
            )
        )
    for name, step, words, least in _WAITS:
        waits, is_done = _waits_s(recording, step, least)
        for suffix, percent, share in (("median", 50.0, "median"), ("p90", 90.0, "90 % within")):
            metrics.append(
                percentile_of_times(
                    f"{name}_{suffix}",
                    percent,
                    waits,
                    is_done,
                    label=f"time from injury to {words}, {share}",
                    open_words="not yet",
                    nothing="nobody needed it",
                )
            )
    held = recording.tables(CASUALTIES)
    died = np.asarray(held["died"]) >= 0
    preventable = died & (np.asarray(held["is_preventable"]) == 1)
    metrics += [
        _count("died_waiting", died, "people who died of injuries after the event"),
        _count("preventable_deaths", preventable, "deaths that treatment without delay would have prevented"),
        _utilisation(recording),
    ]
    return metrics


def response_times(
    recording: Recording,
) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.str_]]:
    """Return the response time of each mission not called off, s, whether its unit arrived, and its kind."""
    missions, requests = recording.tables(MISSIONS), recording.tables(REQUESTS)
    asked = np.asarray(requests["tick"])[np.asarray(missions["request"], np.int64)]
    kinds = np.char.decode(np.asarray(requests["unit"])[np.asarray(missions["request"], np.int64)], "utf-8")
    arrived, done = np.asarray(missions["arrived_tick"]), np.asarray(missions["done_tick"])
    is_there = arrived >= 0
    counts = is_there | (done < 0)
    end = np.where(is_there, recording.seconds(arrived), recording.followed_s)
    times = np.asarray(end - recording.seconds(asked), np.float64)
    return times[counts], is_there[counts], kinds[counts]


def _waits_s(recording: Recording, step: str, least: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    held = recording.tables(CASUALTIES)
    severity, at, died = (np.asarray(held[name]) for name in ("severity", step, "died"))
    counts = (severity >= least) & (severity < 4) & ((at >= 0) | (died < 0))
    end = np.where(at >= 0, recording.seconds(at), recording.followed_s)
    waits = np.asarray(end - recording.seconds(np.asarray(held["hurt"])), np.float64)
    return waits[counts], (at >= 0)[counts]


def _count(name: str, mask: npt.NDArray[np.bool_], label: str) -> Metric:
    return Metric(name=name, value=float(mask.sum()), unit=PEOPLE, label=label, better="lower")


def utilisation_by_kind(recording: Recording) -> dict[str, float]:
    """Return, by kind, the share of recorded time on duty that its units were on missions."""
    static = recording.static(UNITS)
    kinds, names = np.asarray(static["kind"], np.str_), [str(name) for name in static["stage_names"]]
    stages = [state["stage"] for _, state in recording.series(UNITS)]
    if not stages:
        return {}
    stage = np.stack(stages)
    is_idle = np.isin(stage, [names.index(name) for name in IDLE])
    is_there = stage != names.index("absent")
    found = {}
    for kind in np.unique(kinds).tolist():
        own = kinds == kind
        on_duty = int(is_there[:, own].sum())
        if on_duty:
            found[str(kind)] = float((~is_idle[:, own]).sum() / on_duty)
    return found


def _utilisation(recording: Recording) -> Metric:
    static = recording.static(UNITS)
    shares = utilisation_by_kind(recording)
    kinds = np.asarray(static["kind"], np.str_).tolist()
    weights = [kinds.count(kind) for kind in shares]
    value = float(np.average(list(shares.values()), weights=weights)) if shares else None
    note = ", ".join(f"{kind} {share:.2f}" for kind, share in shares.items())
    return Metric(
        name="units_utilisation",
        value=value,
        unit=SHARE,
        label="share of time that units were busy",
        note=note,
    )


def describe_units(recording: Recording, people: People) -> dict[str, Any]:
    """Return units by kind, the chain of care by group, and beds, as plain values; empty without units."""
    if not has_units(recording):
        return {}
    times, is_there, kinds = response_times(recording)
    static = recording.static(UNITS)
    of_kind = np.asarray(static["kind"], np.str_).tolist()
    busy = utilisation_by_kind(recording)
    by_kind = []
    for kind in sorted(set(of_kind)):
        own = (kinds == kind) & is_there
        arrived = times[own]
        by_kind.append(
            {
                "unit": kind,
                "units": of_kind.count(kind),
                "asked": int((kinds == kind).sum()),
                "arrived": len(arrived),
                "response_median_s": float(np.median(arrived)) if len(arrived) else None,
                "response_p90_s": float(np.percentile(arrived, 90.0)) if len(arrived) else None,
                "utilisation": busy.get(kind),
            }
        )
    hospitals, taken = recording.static("hospitals"), recording.tables("hospital_beds")["taken"]
    return {
        "by_kind": by_kind,
        "casualties": _by_group(recording, people),
        "hospitals": [
            {"name": str(name), "beds": int(beds), "taken": int(n)}
            for name, beds, n in zip(hospitals["name"], hospitals["beds"], taken, strict=True)
        ],
    }


def _by_group(recording: Recording, people: People) -> list[dict[str, Any]]:
    held = recording.tables(CASUALTIES)
    person, hurt = np.asarray(held["person"], np.int64), np.asarray(held["hurt"])
    rows = []
    for by, codes, names in (
        ("all", np.zeros(len(people), np.int64), ("all",)),
        ("population", people.population, people.population_names),
        ("profile", people.profile, people.profile_names),
    ):
        for code, name in enumerate(names):
            own = np.flatnonzero(codes[person] == code)
            if not len(own):
                continue
            row: dict[str, Any] = {"by": by, "name": name, "hurt": len(own)}
            for step in CHAIN:
                at = np.asarray(held[step])[own]
                row[step] = int((at >= 0).sum())
            row["preventable"] = int(np.asarray(held["is_preventable"])[own].sum())
            triaged = np.asarray(held["triaged"])[own]
            waits = recording.seconds(triaged - hurt[own])[triaged >= 0]
            row["triage_median_s"] = float(np.median(waits)) if len(waits) else None
            rows.append(row)
    return rows
