"""What `impetus info` says of vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording


def describe_traffic(recording: Recording) -> dict[str, Any]:
    """Return network, vehicles by state at the last record, and times of trips; empty for runs without traffic."""
    import numpy as np

    from impetus_sim.analysis.traffic.recorded import has_traffic, read_network
    from impetus_sim.analysis.traffic.states import read_states

    if not has_traffic(recording):
        return {}
    from impetus_sim.analysis.traffic.transit import describe_transit

    network, signals = read_network(recording), recording.static("signals")
    described: dict[str, Any] = {
        "links": len(network),
        "km of lanes": float((network.length_m * network.n_lanes).sum()) / 1000.0,
        "signals": len(signals["node"]),
        "signal plans guessed": int(np.asarray(signals["is_guessed"]).sum()),
        "vehicles": len(recording.static("vehicles")["uid"]),
    }
    described |= _describe_left_out(recording)
    _, states = read_states(recording)
    described |= {name.replace("_", " "): int(values[-1]) for name, values in states.items()}
    return described | describe_transit(recording) | _describe_trips(recording)


def _describe_left_out(recording: Recording) -> dict[str, Any]:
    # vehicles of imported files that have no place on the map
    from impetus_sim.analysis.ground import read_static, read_texts

    group = read_static(recording, "traffic_left_out")
    entries, reasons = read_texts(group.get("entry")), read_texts(group.get("reason"))
    return {
        f"left out of {entry}, {reason}": int(n)
        for entry, reason, n in zip(entries, reasons, group.get("n", ()), strict=True)
    }


def _describe_trips(recording: Recording) -> dict[str, Any]:
    from impetus_sim.analysis.traffic.trips import PERCENTS, describe_trips, read_trips

    if "traffic_vehicles" not in recording.table_names:
        return {}
    trips = read_trips(recording)
    described: dict[str, Any] = {}
    for title, values in (("trip time", trips.time_s), ("delay", trips.delay_s)):
        spread = describe_trips(trips, values)
        if spread is None:
            continue
        described[f"{title}, mean s"] = spread.mean_s
        for percent, value in zip(PERCENTS, spread.percentiles_s, strict=True):
            described[f"{title}, {percent:g} % s"] = value
        if spread.n_censored:
            described["under way, counted up to s"] = trips.followed_s
    return described
