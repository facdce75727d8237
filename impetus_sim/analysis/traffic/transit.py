"""Public transport of a run: every call against its timetable, and every person from stop to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.analysis.ground import read_texts
from impetus_sim.recording.reader import Recording

if TYPE_CHECKING:
    import pandas as pd

US_PER_S = 1e6
BY_THE_RULES_US = 2**62
"""Due time of a call that has none: vehicles leave when they are full, or have waited."""
LATE_S = 60.0
"""A departure later than this counts as late."""


def has_transit(recording: Recording) -> bool:
    """Return whether a run had lines, car parks or stops and was saved with their state."""
    return "transit_call_plan" in recording.static_names and "transit_calls" in recording.table_names


def read_calls(recording: Recording) -> pd.DataFrame:
    """Return one row per call of every run, in the order of the runs.

    Columns: line, run, stop; due_s, nan where nothing is held to; arrive_s and leave_s, nan for what has not been
    and for the departure where a run ends; late_s, of the departure; boarded, alighted, vehicle (-1 before it is
    served); skipped, a later call of the run was served instead.
    """
    import pandas as pd

    plan, runs = recording.static("transit_call_plan"), recording.static("transit_runs")
    stops = np.array(read_texts(recording.static("transit_stops")["name"]), object)
    table = recording.tables("transit_calls")
    run = np.asarray(plan["run"], np.int64)
    due_us = np.asarray(plan["due_us"], np.int64)
    due_s = np.where((due_us > 0) & (due_us < BY_THE_RULES_US), due_us / US_PER_S, np.nan)
    arrived, left = (np.asarray(table[name], np.int64) for name in ("arrived_us", "left_us"))
    is_last = np.append(np.diff(run) != 0, True)
    leave_s = np.where((left >= 0) & ~is_last, left / US_PER_S, np.nan)
    served = np.where(arrived >= 0, np.arange(len(run)), -1)
    last_served = np.full(int(run.max(initial=-1)) + 1, -1)
    np.maximum.at(last_served, run, served)
    return pd.DataFrame(
        {
            "line": np.array(read_texts(runs["line"]), object)[run],
            "run": np.array(read_texts(runs["name"]), object)[run],
            "stop": stops[np.asarray(plan["stop"], np.int64)],
            "due_s": due_s,
            "arrive_s": np.where(arrived >= 0, arrived / US_PER_S, np.nan),
            "leave_s": leave_s,
            "late_s": leave_s - due_s,
            "boarded": np.asarray(table["n_on"], np.int64),
            "alighted": np.asarray(table["n_off"], np.int64),
            "vehicle": np.asarray(table["vehicle"], np.int64),
            "skipped": (arrived < 0) & (np.arange(len(run)) < last_served[run]),
        }
    )


def read_riders(recording: Recording) -> pd.DataFrame:
    """Return one row per person who came to a stop or was to.

    Columns: stop, goal ('' for anywhere), state, came_s, boarded_s, left_s (got off, or went on foot), wait_s and
    ride_s; nan for what has not been.
    """
    import pandas as pd

    stops = np.array([*read_texts(recording.static("transit_stops")["name"]), ""], object)
    states = np.array(read_texts(recording.static("transit_rider_states")["name"]), object)
    table = recording.tables("transit_riders")
    came, boarded, left = (
        np.asarray(table[name], np.int64) / US_PER_S for name in ("came_us", "boarded_us", "left_us")
    )
    state = states[np.asarray(table["state"], np.int64)]
    has_boarded = np.asarray(table["vehicle"]) >= 0
    boarded = np.where(has_boarded, boarded, np.nan)
    left = np.where(np.isin(state, ("delivered", "walked")), left, np.nan)
    return pd.DataFrame(
        {
            "stop": stops[np.asarray(table["stop"], np.int64)],
            "goal": stops[np.asarray(table["goal"], np.int64)],
            "state": state,
            "came_s": came,
            "boarded_s": boarded,
            "left_s": left,
            "wait_s": boarded - came,
            "ride_s": np.where(state == "delivered", left - boarded, np.nan),
        }
    )


def describe_transit(recording: Recording) -> dict[str, Any]:
    """Return the main numbers, by what they are; nothing for a run without public transport."""
    if not has_transit(recording):
        return {}
    calls, riders = read_calls(recording), read_riders(recording)
    moved = np.asarray(recording.static("transit_stops")["moved_m"], np.float64)
    late = calls["late_s"].dropna()
    described: dict[str, Any] = {
        "stops": len(moved),
        "stops are moved along streets, largest m": float(moved.max(initial=0.0)),
        "calls": len(calls),
        "calls served": int(calls["arrive_s"].notna().sum()),
        "calls left out on the way": int(calls["skipped"].sum()),
    }
    if len(late):
        described[f"departures more than {LATE_S:g} s late, share"] = float((late > LATE_S).mean())
        described["departures late, mean s"] = float(late.mean())
    for column in ("wait_s", "ride_s"):
        held = riders[column].dropna()
        if len(held):
            described[f"riders' {column.removesuffix('_s')}, mean s"] = float(held.mean())
    return described
