"""Power networks of SimBench: a folder of semicolon-separated tables, in MW, kV and km.

Read are Node, Coordinates, Line, LineType, Transformer, TransformerType, Switch, ExternalNet (type vavm), Load,
RES, PowerPlant, Storage and Shunt at their values without profiles; not Transformer3W, DCLineType and wards.
Source: SimBench documentation, version 2.0, chapter 5 (data format); Meinecke et al. (2020), Energies 13(12), 3290.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.csv_tables import CsvTables, Row
from impetus_sim.infrastructure.power.frames import Frame, Frames
from impetus_sim.infrastructure.power.table_network import TableNetwork, build_network

NEEDED: Final = ("Node", "ExternalNet")
"""Tables that must be there; a network without lines has one busbar."""
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "Node": ("id", "vmR"),
    "Coordinates": ("id", "x", "y"),
    "LineType": ("id", "r", "x", "b", "iMax"),
    "Line": ("id", "nodeA", "nodeB", "type", "length"),
    "TransformerType": ("id", "sR", "vmHV", "vmLV", "vmImp", "pCu"),
    "Transformer": ("id", "nodeHV", "nodeLV", "type"),
    "Switch": ("id", "nodeA", "nodeB", "cond"),
    "ExternalNet": ("id", "node", "calc_type"),
    "Load": ("id", "node", "pLoad", "qLoad"),
    "RES": ("id", "node", "calc_type", "pRES"),
    "PowerPlant": ("id", "node", "calc_type", "pPP"),
    "Storage": ("id", "node", "pStor"),
    "Shunt": ("id", "node", "p0", "q0", "vmR"),
}
"""Tables that are read, with the columns that they must have."""
_NOT_READ: Final = ("Transformer3W", "DCLineType")
_HZ: Final = 50.0
_CALC_TYPES: Final = {"vavm": "ext_grid", "pvm": "gen", "pq": "sgen"}
_US_TO_NF: Final = 1e3 / (2.0 * np.pi * _HZ)

Columns = dict[str, list[Any]]


def read_simbench(folder: Path) -> TableNetwork:
    """Read a folder; closed switches join their nodes.

    Raises
    ------
    InvalidFilesError
        With everything in the tables that cannot be used: file, line, column.
    InvalidInputError
        When the folder cannot be read.
    """
    try:
        files = {f"{name}.csv": path.read_text("utf-8-sig") for name, path in _tables_in(folder)}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{folder}: {error}") from None
    return build_network(simbench_frames(files, str(folder)))


def _tables_in(folder: Path) -> list[tuple[str, Path]]:
    names = [*COLUMNS, *_NOT_READ]
    return [(name, folder / f"{name}.csv") for name in names if (folder / f"{name}.csv").exists()]


def simbench_frames(files: Mapping[str, str], folder: str) -> Frames:
    """Return the tables of a network in pandapower's columns.

    Parameters
    ----------
    files
        Text of each table by the name of its file.
    folder
        Its name in messages.

    Raises
    ------
    InvalidFilesError
        As `read_simbench`.
    """
    return _Reader(CsvTables(folder, files)).read()


class _Reader:
    """Turns rows of the tables into columns, and gathers what is wrong."""

    def __init__(self, tables: CsvTables) -> None:
        self._tables = tables
        for name in NEEDED:
            if f"{name}.csv" not in tables.files:
                tables.problem(name, 0, 0, "", "the table is missing", ", ".join(NEEDED))
        for name in _NOT_READ:
            if len(tables.files.get(f"{name}.csv", "").splitlines()) > 1:
                tables.problem(name, 2, 1, "", "is not read", "lines, and transformers with two windings")
        self._rows = {name: tables.rows(name, columns) for name, columns in COLUMNS.items()}
        if not self._rows["ExternalNet"]:
            tables.problem("ExternalNet", 1, 1, "", "there is none", "at least one that balances the network")
        tables.require_sound()
        self._number = {name: self._ids(name) for name in COLUMNS}

    def _ids(self, table: str) -> dict[str, int]:
        known: dict[str, int] = {}
        for k, row in enumerate(self._rows[table]):
            name = row.text("id")
            if not name or name in known:
                said = f"'{name[:60]}' is there twice" if name else "is empty"
                self._tables.fault(table, row, "id", said, "a name of its own for each row")
            known[name] = k
        return known

    def read(self) -> Frames:
        """Return all tables."""
        found = {
            "bus": self._buses(),
            "bus_geodata": self._positions(),
            "line": self._lines(),
            "trafo": self._transformers(),
            "switch": self._switches(),
            "load": self._at_nodes("Load", {"p_mw": "pLoad", "q_mvar": "qLoad"}),
            "storage": self._at_nodes("Storage", {"p_mw": "pStor", "q_mvar": "qStor"}),
            "shunt": self._shunts(),
            **self._units(),
        }
        self._tables.require_sound()
        frames = {
            name: Frame(name=name, index=np.array(columns.pop("index", range(len(columns["name"]))), np.int64),
                        columns=columns)
            for name, columns in found.items()
        }  # fmt: skip
        return Frames(file=self._tables.folder, tables=frames, base_mva=1.0, hz=_HZ)

    def _value(
        self, table: str, row: Row, column: str, default: float = np.nan, above: float = -np.inf
    ) -> float:
        return self._tables.number(table, row, column, default, above=above)

    def _node(self, table: str, row: Row, column: str) -> int:
        return self._tables.one_of(table, row, column, self._number["Node"], "an id of Node")

    def _buses(self) -> Columns:
        rows = self._rows["Node"]
        return {
            "name": [row.text("id") for row in rows],
            "vn_kv": [self._value("Node", row, "vmR", above=0.0) for row in rows],
            "set_vm_pu": [self._value("Node", row, "vmSetp", 1.0, above=0.0) for row in rows],
        }

    def _positions(self) -> Columns:
        found: Columns = {"index": [], "name": [], "x": [], "y": []}
        at = {row.text("id"): row for row in self._rows["Coordinates"]}
        for k, node in enumerate(self._rows["Node"]):
            row = at.get(node.text("coordID"))
            if row is not None:
                found["index"].append(k)
                found["name"].append("")
                for axis in ("x", "y"):
                    found[axis].append(self._value("Coordinates", row, axis))
        return found

    def _lines(self) -> Columns:
        found: Columns = {key: [] for key in ("name", "from_bus", "to_bus", "length_km", "r_ohm_per_km",
                                              "x_ohm_per_km", "c_nf_per_km", "max_i_ka")}  # fmt: skip
        types = self._rows["LineType"]
        kinds = [
            (
                self._value("LineType", row, "r"),
                self._value("LineType", row, "x", above=0.0),
                self._value("LineType", row, "b", 0.0) * _US_TO_NF,
                self._value("LineType", row, "iMax", above=0.0) * 1e-3,
            )
            for row in types
        ]
        for row in self._rows["Line"]:
            kind = self._tables.one_of("Line", row, "type", self._number["LineType"], "an id of LineType")
            values = (
                row.text("id"),
                self._node("Line", row, "nodeA"),
                self._node("Line", row, "nodeB"),
                self._value("Line", row, "length", above=0.0),
                *(kinds[kind] if kinds else (np.nan,) * 4),
            )
            for column, value in zip(found, values, strict=True):
                found[column].append(value)
        return found

    def _transformers(self) -> Columns:
        table, kind_table = "Transformer", "TransformerType"
        found: Columns = {key: [] for key in ("name", "hv_bus", "lv_bus", "tap_pos", *_OF_TYPE, "vkr_percent",
                                              "tap_side")}  # fmt: skip
        kinds = [self._transformer_type(row) for row in self._rows[kind_table]]
        for row in self._rows[table]:
            k = self._tables.one_of(table, row, "type", self._number[kind_table], f"an id of {kind_table}")
            if not kinds:
                continue
            kind = kinds[k]
            found["name"].append(row.text("id"))
            found["hv_bus"].append(self._node(table, row, "nodeHV"))
            found["lv_bus"].append(self._node(table, row, "nodeLV"))
            position = self._value(table, row, "tappos", 0.0)
            found["tap_pos"].append(position if kind["tap_side"] else None)
            for key, value in kind.items():
                found[key].append(value)
        return found

    def _transformer_type(self, row: Row) -> dict[str, Any]:
        table = "TransformerType"
        kind: dict[str, Any] = {
            key: self._value(table, row, column, default, above)
            for key, (column, default, above) in _OF_TYPE.items()
        }
        kind["vkr_percent"] = 0.1 * self._value(table, row, "pCu") / kind["sn_mva"]  # 100 % of kW in MW
        can_tap = self._value(table, row, "tapable", 0.0) > 0.0
        kind["tap_side"] = row.text("tapside").lower() if can_tap else ""
        return kind

    def _switches(self) -> Columns:
        rows = self._rows["Switch"]
        return {
            "name": [row.text("id") for row in rows],
            "bus": [self._node("Switch", row, "nodeA") for row in rows],
            "element": [self._node("Switch", row, "nodeB") for row in rows],
            "et": ["b"] * len(rows),
            "closed": [self._value("Switch", row, "cond") > 0.0 for row in rows],
        }

    def _at_nodes(self, table: str, columns: Mapping[str, str]) -> Columns:
        rows = self._rows[table]
        return {
            "name": [row.text("id") for row in rows],
            "bus": [self._node(table, row, "node") for row in rows],
            **{
                key: [self._value(table, row, column, 0.0) for row in rows] for key, column in columns.items()
            },
        }

    def _shunts(self) -> Columns:
        return self._at_nodes("Shunt", {"p_mw": "p0", "q_mvar": "q0", "vn_kv": "vmR"}) | {
            "step": [self._value("Shunt", row, "step", 1.0) for row in self._rows["Shunt"]]
        }

    def _units(self) -> dict[str, Columns]:
        keys = ("name", "bus", "p_mw", "q_mvar", "vm_pu", "min_p_mw", "max_p_mw", "min_q_mvar", "max_q_mvar")
        found: dict[str, Columns] = {name: {key: [] for key in keys} for name in _CALC_TYPES.values()}
        known = {name: k for k, name in enumerate(_CALC_TYPES)}
        for table, tail in (("ExternalNet", "ExtNet"), ("PowerPlant", "PP"), ("RES", "RES")):
            only = {"vavm": 0} if table == "ExternalNet" else known
            for row in self._rows[table]:
                how = self._tables.one_of(table, row, "calc_type", only, ", ".join(only), default="pq")
                node = self._node(table, row, "node")
                output = 0.0 if how == 0 else self._value(table, row, f"p{tail}")
                setting = self._rows["Node"][node]
                values = (
                    row.text("id"),
                    node,
                    output,
                    self._value(table, row, f"q{tail}", 0.0),
                    self._value("Node", setting, "vmSetp", 1.0, above=0.0),
                    *(self._limit(table, row, name) for name in ("pMin", "pMax", "qMin", "qMax")),
                )
                for column, value in zip(
                    found[list(_CALC_TYPES.values())[how]].values(), values, strict=True
                ):
                    column.append(value)
        return found

    def _limit(self, table: str, row: Row, column: str) -> float | None:
        return self._value(table, row, column) if row.text(column) else None


_OF_TYPE: Final[Mapping[str, tuple[str, float, float]]] = {
    "sn_mva": ("sR", np.nan, 0.0),
    "vn_hv_kv": ("vmHV", np.nan, 0.0),
    "vn_lv_kv": ("vmLV", np.nan, 0.0),
    "vk_percent": ("vmImp", np.nan, 0.0),
    "shift_degree": ("va0", 0.0, -np.inf),
    "pfe_kw": ("pFe", 0.0, -np.inf),
    "i0_percent": ("iNoLoad", 0.0, -np.inf),
    "tap_step_percent": ("dVm", 0.0, -np.inf),
    "tap_step_degree": ("dVa", 0.0, -np.inf),
    "tap_neutral": ("tapNeutr", 0.0, -np.inf),
}
"""Columns of a type: SimBench's name, what counts where it says nothing, and what it must lie above."""
