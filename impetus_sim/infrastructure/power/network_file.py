"""A power network from a file of any form that is read, by its content."""

from __future__ import annotations

from collections.abc import Mapping

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.matpower import build_case, parse_tables
from impetus_sim.infrastructure.power.network import PowerNetwork
from impetus_sim.infrastructure.power.pandapower_file import pandapower_frames
from impetus_sim.infrastructure.power.simbench import simbench_frames
from impetus_sim.infrastructure.power.table_network import build_network


def parse_network(name: str, files: Mapping[str, str]) -> PowerNetwork:
    """Return the network of a MATPOWER case, a file of pandapower, or a folder of SimBench.

    Parameters
    ----------
    name
        Of the file or folder, in messages.
    files
        Text of each file by its name.

    Raises
    ------
    InvalidInputError
        With all that cannot be used, where it stands.
    """
    if any(file.endswith(".csv") for file in files):
        return build_network(simbench_frames(files, name)).network
    (text,) = files.values()
    if name.lower().endswith(".json"):
        return build_network(pandapower_frames(text.encode(), name)).network
    if name.lower().endswith(".m"):
        return build_case(parse_tables(text, name), name)
    raise InvalidInputError(f"'{name}' is no network", hint="a .m or .json file, or a folder of SimBench")
