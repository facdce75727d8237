"""From the names of playbooks to their text: bundled ones and files take the place of their names in the tree.

Every value keeps the file, line and column where it was written, so faults in a playbook are reported there.
"""

from __future__ import annotations

from pathlib import Path

from impetus_sim.errors import Problem
from impetus_sim.maps.bundled import bundled_folder
from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.parse import parse_file
from impetus_sim.scenario.tree import Node

_SUFFIXES = (".yaml", ".yml")


def bundled_playbooks() -> dict[str, Path]:
    """Return the files of bundled playbooks by name."""
    return {path.stem: path for path in sorted(bundled_folder("playbooks").glob("*.yaml"))}


def read_playbooks(root: Node) -> list[Problem]:
    """Put the playbooks that a scenario names into its tree, and return what is wrong with their files.

    A list under ``response.playbooks`` becomes a mapping by name; anything else is left as it is.
    """
    response = root.get("response")
    entry = None if response is None else response.get("playbooks")
    if entry is None or not isinstance(entry.value, list):
        return []
    problems: list[Problem] = []
    found: dict[str, Node] = {}
    for item in entry.value:
        name, node, more = _read(item)
        problems += more
        if name in found:
            problems.append(_at(item, f"playbook '{name}' is named twice"))
        elif node is not None:
            found[name] = node
    entry.value = found
    return problems


def _read(item: Node) -> tuple[str, Node | None, list[Problem]]:
    if not isinstance(item.value, str):
        return "", None, [_at(item, "not a name", "names of bundled playbooks and file names")]
    name = item.value.strip()
    bundled = bundled_playbooks()
    path = item.mark.folder / name if name.endswith(_SUFFIXES) else bundled.get(name)
    if path is None or not path.is_file():
        near = nearest_name(name, bundled)
        allowed = f"{', '.join(bundled)}, or a file such as my_playbook.yaml"
        return name, None, [_at(item, f"there is no playbook '{name[:120]}'", allowed, near)]
    shown = name if name.endswith(_SUFFIXES) else str(path)
    node, problems = parse_file(path, name=shown)
    if node is not None:
        node.key_mark = item.mark
    return path.stem, node, problems


def _at(item: Node, message: str, allowed: str = "", nearest: str = "") -> Problem:
    mark = item.mark
    return Problem(
        file=mark.file,
        line=mark.line,
        column=mark.column,
        key="response.playbooks",
        message=message,
        allowed=allowed,
        nearest=nearest,
    )
