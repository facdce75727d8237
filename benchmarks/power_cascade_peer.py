"""Overload cascades in a loop of pandapower's DC flow, in an environment of pandapower's own; see power_cascade.py.

    peer/bin/python benchmarks/power_cascade_peer.py case118 8

Prints one JSON line: seconds of wall and processor time per outage, and flow solutions per outage. Its slack takes
what an island lacks and buses without it get nothing, so stages are not those of our cascades.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np
import pandapower as pp
import pandapower.networks as pn

warnings.filterwarnings("ignore")
MARGIN, LEAST_RATING_MW, ABOVE = 0.2, 1.0, 1.0 + 1e-6
TABLES = {"line": "p_from_mw", "trafo": "p_hv_mw", "impedance": "p_from_mw"}


def flows(net: pp.pandapowerNet) -> dict[str, np.ndarray]:
    """Solve and return the flow of each branch, by table."""
    pp.rundcpp(net)
    return {
        t: np.nan_to_num(net[f"res_{t}"][column].to_numpy()) for t, column in TABLES.items() if len(net[t])
    }


def run_cascade(net: pp.pandapowerNet, rating: dict[str, np.ndarray], table: str, row: int) -> int:
    """Take one branch out and let overloaded ones trip; return flow solutions."""
    net[table].iloc[row, net[table].columns.get_loc("in_service")] = False
    n_solved = 0
    while True:
        found, n_solved, over = flows(net), n_solved + 1, False
        for name, flow in found.items():
            trips = (np.abs(flow) > rating[name] * ABOVE) & net[name]["in_service"].to_numpy()
            if trips.any():
                net[name].loc[net[name].index[trips], "in_service"] = False
                over = True
        if not over:
            return n_solved


def main(name: str, n_outages: int) -> None:
    """Measure some outages of a case, spread over its branches."""
    net = getattr(pn, name)()
    base = flows(net)
    rating = {
        table: np.maximum((1.0 + MARGIN) * np.abs(flow), LEAST_RATING_MW) for table, flow in base.items()
    }
    states = {table: net[table]["in_service"].copy() for table in base}
    branches = [(table, row) for table in base for row in range(len(net[table]))]
    chosen = [branches[k] for k in np.linspace(0, len(branches) - 1, n_outages).astype(int)]
    n_solved, wall, cpu = 0, time.perf_counter(), time.process_time()
    for table, row in chosen:
        n_solved += run_cascade(net, rating, table, row)
        for key, state in states.items():
            net[key]["in_service"] = state
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = {"wall_s": wall / n_outages, "cpu_s": cpu / n_outages, "solutions": n_solved / n_outages}
    print(json.dumps(found | {"version": pp.__version__}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
