"""Make small pandapower networks with one of everything, and their DC flows, in an environment of its own.

    oracle/bin/python tests/oracles/power/make_networks.py

Each network is written as pandapower writes it (``to_json``), less its empty tables, beside the flows that
`rundcpp` finds.
"""

from __future__ import annotations

import csv
import json
import warnings
from importlib.metadata import version
from pathlib import Path

import pandapower as pp
import pandapower.networks as pn

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent


def mesh() -> pp.pandapowerNet:
    """Return a mesh with every kind of branch and injection that is read."""
    net = pp.create_empty_network(sn_mva=10.0, f_hz=50.0)
    ehv = [pp.create_bus(net, 220.0, name=f"ehv {k}", geodata=(10.0 + k, 53.5)) for k in range(2)]
    hv = [pp.create_bus(net, 110.0, name=f"hv {k}") for k in range(4)]
    mv = [pp.create_bus(net, 20.0, name=f"mv {k}") for k in range(4)]
    lv = [pp.create_bus(net, 10.0) for _ in range(2)]
    out = pp.create_bus(net, 20.0, in_service=False)
    pp.create_ext_grid(net, ehv[0], va_degree=0.0)
    pp.create_line(net, ehv[0], ehv[1], 40.0, "490-AL1/64-ST1A 220.0")
    pp.create_transformer(net, ehv[0], hv[0], "100 MVA 220/110 kV", tap_pos=3)
    pp.create_transformer(net, ehv[1], hv[1], "100 MVA 220/110 kV", tap_pos=-2, parallel=2)
    pp.create_line(net, hv[0], hv[1], 25.0, "149-AL1/24-ST1A 110.0", parallel=2, name="double")
    pp.create_line(net, hv[1], hv[2], 12.0, "149-AL1/24-ST1A 110.0", df=0.9)
    pp.create_line(net, hv[2], hv[0], 18.0, "149-AL1/24-ST1A 110.0")
    pp.create_impedance(net, hv[2], hv[3], rft_pu=0.01, xft_pu=0.08, sn_mva=50.0, name="coupler")
    pp.create_line(net, hv[3], hv[0], 30.0, "149-AL1/24-ST1A 110.0")
    common = {"sn_mva": 40.0, "vn_hv_kv": 110.0, "vn_lv_kv": 20.0, "vkr_percent": 0.4, "vk_percent": 11.0}
    pp.create_transformer_from_parameters(
        net, hv[2], mv[0], **common, pfe_kw=20.0, i0_percent=0.1, shift_degree=150.0, tap_side="lv", tap_neutral=0,
        tap_min=-9, tap_max=9, tap_step_percent=1.5, tap_step_degree=20.0, tap_pos=4, tap_changer_type="Ratio",
    )  # fmt: skip
    pp.create_transformer_from_parameters(
        net, hv[3], mv[1], **common, pfe_kw=20.0, i0_percent=0.1, shift_degree=150.0, tap_side="hv", tap_neutral=0,
        tap_min=-9, tap_max=9, tap_step_percent=0.0, tap_step_degree=0.4, tap_pos=-3, tap_changer_type="Ideal",
    )  # fmt: skip
    star = {
        "vn_hv_kv": 110.0, "vn_mv_kv": 20.0, "vn_lv_kv": 10.0, "sn_hv_mva": 63.0, "sn_mv_mva": 40.0,
        "sn_lv_mva": 25.0, "vk_hv_percent": 10.4, "vk_mv_percent": 11.0, "vk_lv_percent": 9.5,
        "vkr_hv_percent": 0.28, "vkr_mv_percent": 0.32, "vkr_lv_percent": 0.35, "pfe_kw": 35.0, "i0_percent": 0.89,
        "shift_mv_degree": 150.0, "shift_lv_degree": 0.0, "tap_neutral": 0, "tap_min": -10, "tap_max": 10,
        "tap_step_percent": 1.2, "tap_step_degree": 0.0, "tap_changer_type": "Ratio",
    }  # fmt: skip
    pp.create_transformer3w_from_parameters(net, hv[1], mv[2], lv[0], **star, tap_side="hv", tap_pos=5)
    pp.create_transformer3w_from_parameters(
        net, hv[0], mv[3], lv[1], **star, tap_side="mv", tap_pos=-4, tap_at_star_point=True
    )
    for i, j in ((0, 1), (1, 2), (2, 3)):
        pp.create_line(net, mv[i], mv[j], 3.0 + i, "NA2XS2Y 1x240 RM/25 12/20 kV", name=f"cable {i}")
    tie = pp.create_line(net, mv[3], mv[0], 5.0, "NA2XS2Y 1x240 RM/25 12/20 kV", name="open ring")
    pp.create_switch(net, mv[3], tie, et="l", closed=False)
    beside = pp.create_bus(net, 20.0, name="section")
    pp.create_switch(net, mv[0], beside, et="b", closed=True, name="coupling")
    pp.create_switch(net, mv[1], beside, et="b", closed=False, name="open coupling")
    pp.create_line(net, lv[0], lv[1], 2.0, "NA2XS2Y 1x240 RM/25 6/10 kV")
    pp.create_load(net, mv[0], 6.0, 1.0, name="town", scaling=1.1)
    pp.create_load(net, beside, 3.0, 0.5, const_z_p_percent=40.0)
    pp.create_load(net, mv[2], 9.0, 2.0, name="works")
    pp.create_load(net, out, 50.0, 0.0, name="nowhere")
    pp.create_load(net, lv[1], 2.5, 0.2, in_service=False)
    pp.create_motor(net, lv[1], pn_mech_mw=1.5, cos_phi=0.9, efficiency_percent=95.0, loading_percent=80.0)
    pp.create_storage(net, mv[1], p_mw=-0.7, max_e_mwh=3.0)
    pp.create_ward(net, mv[3], ps_mw=1.0, qs_mvar=0.0, pz_mw=0.6, qz_mvar=0.0)
    pp.create_xward(net, hv[3], 4.0, 0.0, 1.5, 0.0, 0.1, 8.0, 1.0)
    pp.create_shunt(net, mv[2], q_mvar=-1.0, p_mw=0.08, vn_kv=19.0, step=2)
    pp.create_sgen(net, mv[3], p_mw=2.2, scaling=0.8, name="wind")
    pp.create_gen(net, hv[1], p_mw=25.0, max_p_mw=60.0, min_p_mw=5.0, name="plant")
    pp.create_dcline(
        net, hv[2], ehv[1], p_mw=7.0, loss_percent=1.2, loss_mw=0.1, vm_from_pu=1.0, vm_to_pu=1.0
    )
    return net


def two_sources() -> pp.pandapowerNet:
    """Return a ring between two links to outside networks that hold different angles."""
    net = pp.create_empty_network(sn_mva=1.0)
    buses = [pp.create_bus(net, 20.0) for _ in range(4)]
    for k in range(4):
        pp.create_line(net, buses[k], buses[(k + 1) % 4], 2.0 + k, "NA2XS2Y 1x240 RM/25 12/20 kV")
    pp.create_ext_grid(net, buses[0])
    pp.create_ext_grid(net, buses[2])
    pp.create_load(net, buses[1], 3.0)
    pp.create_load(net, buses[3], 5.0)
    return net


def write(name: str, net: pp.pandapowerNet) -> None:
    """Write a network, and its flows from the first end of each branch."""
    pp.rundcpp(net)
    rows = []
    sides = {"line": ("from",), "trafo": ("hv",), "impedance": ("from",), "trafo3w": ("hv", "mv", "lv")}
    for table, ends in sides.items():
        for index in net[table].index:
            rows += [
                [table, index, end, repr(float(net[f"res_{table}"].at[index, f"p_{end}_mw"]))] for end in ends
            ]
    document = json.loads(pp.to_json(net))
    held = document["_object"]
    for key in list(held):  # to keep the files small
        is_table = isinstance(held[key], dict) and held[key].get("_class") == "DataFrame"
        if key in ("std_types", "group") or key.startswith("res_") or (is_table and not len(net[key])):
            del held[key]
    (HERE / f"{name}.json").write_text(json.dumps(document, indent=None))
    with (HERE / f"{name}.csv").open("w", newline="") as file:
        file.write(f"# pandapower {version('pandapower')}\n")
        csv.writer(file, lineterminator="\n").writerows([["table", "index", "end", "p_mw"], *rows])
    print(name, len(rows), (HERE / f"{name}.json").stat().st_size)


if __name__ == "__main__":
    write("mesh", mesh())
    write("two_sources", two_sources())
    write("multivoltage", pn.example_multivoltage())
