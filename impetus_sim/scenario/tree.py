"""A file's content with the place of every value: what parsing gives and validation points back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Mark:
    """Where a value was written.

    Parameters
    ----------
    file
        File name as the user gave it, or the option such as ``--set crowd.step=1 s``.
    line, column
        From 1; 0 where there is none (options).
    folder
        Folder that relative file names in the value start from.
    """

    file: str
    line: int
    column: int
    folder: Path = field(default_factory=Path)


@dataclass
class Node:
    """One value: a dict of nodes, a list of nodes, or a scalar; with its mark and that of its key."""

    value: dict[str, Node] | list[Node] | str | int | float | bool | None
    mark: Mark
    key_mark: Mark | None = None

    def get(self, key: str) -> Node | None:
        """Return the node under a key, or None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def find(self, path: Sequence[str | int]) -> tuple[Node, int]:
        """Return the deepest node along a path, and how many steps led to it."""
        node = self
        for depth, step in enumerate(path):
            child: Node | None = None
            if isinstance(node.value, dict):
                child = node.value.get(str(step))
            elif isinstance(node.value, list) and str(step).isdigit() and int(step) < len(node.value):
                child = node.value[int(step)]
            if child is None:
                return node, depth
            node = child
        return node, len(path)


class Located(str):
    """A text that knows where it was written, so that a file it names is looked up beside its own file."""

    mark: Mark
    __slots__ = ("mark",)


def plain(node: Node) -> Any:
    """Return a node as plain dicts, lists and scalars; texts are `Located`."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    if isinstance(node.value, str):
        text = Located(node.value)
        text.mark = node.mark
        return text
    return node.value


def grow(value: Any, mark: Mark) -> Node:
    """Return plain data as a node; every value gets the same mark (the counterpart of `plain`)."""
    if isinstance(value, dict):
        return Node({str(key): grow(item, mark) for key, item in value.items()}, mark, mark)
    if isinstance(value, (list, tuple)):
        return Node([grow(item, mark) for item in value], mark, mark)
    return Node(value, getattr(value, "mark", mark), mark)
