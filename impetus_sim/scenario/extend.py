"""Base files, variants and overrides: deep merging in which every value keeps the place it came from.

Mappings merge key by key; null removes a key; anything else replaces. A mapping that chooses another form
(another `kind`, another distribution, another way to name a map or a place) replaces the whole, since the
settings of one form mean nothing in another.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from impetus_sim.errors import Problem
from impetus_sim.scenario.city_map import is_map_file
from impetus_sim.scenario.draw import FORMS as DRAW_FORMS
from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.parse import MAX_DEPTH, parse_file, parse_value
from impetus_sim.scenario.tree import Mark, Node

MAX_EXTENDS = 10
_ALTERNATIVES = (DRAW_FORMS, ("source", "sketch", "synthetic"), ("xy", "box", "line", "geojson", "at"))


def merge(base: Node, change: Node) -> Node:
    """Return `base` with `change` merged into it; neither is altered."""
    if not (isinstance(base.value, dict) and isinstance(change.value, dict)):
        return change
    if _is_another_form(base, change):
        return change
    merged = dict(base.value)
    for key, node in change.value.items():
        if key not in merged:
            merged[key] = node  # a null that finds nothing to remove stays, and its field refuses it
        elif node.value is None:
            del merged[key]
        else:
            merged[key] = merge(merged[key], node)
    return Node(merged, base.mark, base.key_mark)


def _is_another_form(base: Node, change: Node) -> bool:
    old, new = base.get("kind"), change.get("kind")
    if old is not None and new is not None and old.value != new.value:
        return True
    held, given = set(base.value), set(change.value)  # type: ignore[arg-type]
    return any(
        held & set(forms) and given & set(forms) and not held & given & set(forms) for forms in _ALTERNATIVES
    )


def split_variant(text: str) -> tuple[str, str]:
    """Split ``file.yaml:variant``; the variant is empty when there is none."""
    head, colon, tail = text.rpartition(":")
    if colon and head.lower().endswith((".yaml", ".yml")):
        return head, tail
    return text, ""


def read_tree(path: Path, *, name: str, variant: str = "") -> tuple[Node | None, list[Problem]]:
    """Read a file with all that it extends, and apply one of its variants.

    Parameters
    ----------
    path, name
        The file, and its name in messages.
    variant
        Name of the variant; empty for none.

    Returns
    -------
    The merged tree (None when it cannot be made) and the problems found.
    """
    node, problems = _read_chain(path, name, ())
    if node is None:
        return None, problems
    if variant:
        node, more = apply_variant(node, variant, name=name)
        problems += more
    return node, problems


def _read_chain(path: Path, name: str, seen: tuple[Path, ...]) -> tuple[Node | None, list[Problem]]:
    node, problems = parse_file(path, name=name)
    if node is None or not isinstance(node.value, dict):
        return None, problems
    link = node.value.pop("extends", None)
    if link is None or link.value is None:
        return node, problems
    seen = (*seen, path.resolve())
    fault = _check_link(link, path, seen)
    if fault is not None:
        return None, [*problems, fault]
    file, variant = split_variant(str(link.value).strip())
    base_name = file if Path(file).is_absolute() else os.path.normpath(Path(name).parent / file)
    base, more = _read_chain((path.parent / file).resolve(), base_name, seen)
    if base is not None and variant:
        base, extra = apply_variant(base, variant, name=base_name, at=link)
        more += extra
    return (None if base is None else merge(base, node)), [*problems, *more]


def _check_link(link: Node, path: Path, seen: tuple[Path, ...]) -> Problem | None:
    """Return what is wrong with the `extends` of a file."""
    if not isinstance(link.value, str) or not link.value.strip():
        return _at(link, "extends", "not a file name", "a scenario file, relative to this one")
    file, _ = split_variant(link.value.strip())
    base = (path.parent / file).resolve()
    if base in seen:
        chain = " > ".join(item.name for item in (*seen, base))
        return _at(link, "extends", f"files extend each other: {chain}")
    if len(seen) > MAX_EXTENDS:
        return _at(link, "extends", f"more than {MAX_EXTENDS} files extend each other")
    try:
        exists = base.is_file()
    except OSError:  # a name too long for the file system
        exists = False
    if not exists:
        near = nearest_name(base.name, _yaml_names(base.parent))
        return _at(link, "extends", f"there is no file '{link.value[:120]}'", nearest=near)
    return None


def _yaml_names(folder: Path) -> list[str]:
    try:
        return sorted(item.name for item in folder.iterdir() if item.suffix in (".yaml", ".yml"))[:200]
    except OSError:
        return []


def apply_variant(
    node: Node, variant: str, *, name: str, at: Node | None = None
) -> tuple[Node | None, list[Problem]]:
    """Merge the changes of a variant into a tree."""
    variants = node.get("variants")
    entries = variants.value if variants is not None and isinstance(variants.value, dict) else {}
    entry = entries.get(variant)
    if entry is None:
        allowed = ", ".join(sorted(entries)) or "none: the file has no variants"
        mark = at.mark if at is not None else (variants.mark if variants is not None else Mark(name, 1, 1))
        return None, [
            Problem(
                file=mark.file,
                line=mark.line,
                column=mark.column,
                key="variants",
                message=f"there is no variant '{variant}'",
                allowed=allowed,
                nearest=nearest_name(variant, entries),
            )
        ]
    change = entry.get("change")
    if change is None or change.value is None:
        return node, []
    if not isinstance(change.value, dict):
        return node, [_at(change, f"variants.{variant}.change", "not keys with values")]
    for key in ("variants", "extends"):
        if key in change.value:
            return None, [
                _at(change.value[key], f"variants.{variant}.change.{key}", "cannot be changed here")
            ]
    return merge(node, change), []


def apply_overrides(node: Node, overrides: Sequence[str]) -> tuple[Node, list[Problem]]:
    """Merge overrides such as ``crowd.step=0.1 s`` into a tree; the value is YAML, null removes."""
    problems: list[Problem] = []
    for text in overrides:
        name = f"--set {text}"[:200]
        key, equals, raw = text.partition("=")
        steps = key.strip().split(".")
        if not equals or not all(steps) or len(steps) > MAX_DEPTH or steps[0] in ("extends", "variants"):
            problems.append(
                Problem(
                    file=name,
                    line=0,
                    column=0,
                    key="",
                    message="not a change of one key",
                    allowed="KEY=VALUE with a dotted key, such as crowd.populations.visitors.count=3000",
                )
            )
            continue
        value, more = parse_value(raw.strip(), name=name, folder=Path.cwd())
        problems += more
        if value is None:
            continue
        value.mark = Mark(name, 0, 0, Path.cwd())
        for step in reversed(steps):
            value.key_mark = value.mark
            value = Node({step: value}, value.mark)
        node = merge(node, value)
    return node, problems


def rebase_map(node: Node, folder: Path) -> None:
    """Make a map's file name relative to `folder` when it was written in a file of another folder."""
    entry = node.get("map")
    if entry is not None and isinstance(entry.value, dict):
        entry = entry.get("source")
    if entry is None or not isinstance(entry.value, str) or not is_map_file(entry.value):
        return
    if entry.mark.folder.resolve() != folder.resolve() and not Path(entry.value).is_absolute():
        target = entry.mark.folder.resolve() / entry.value
        try:
            entry.value = Path(os.path.relpath(target, folder.resolve())).as_posix()
        except ValueError:  # another drive
            entry.value = str(target)


def _at(node: Node, key: str, message: str, allowed: str = "", nearest: str = "") -> Problem:
    mark = node.mark
    return Problem(
        file=mark.file,
        line=mark.line,
        column=mark.column,
        key=key,
        message=message,
        allowed=allowed,
        nearest=nearest,
    )


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems without repeats, in order of file and line."""
    return sorted(set(problems), key=lambda item: (item.file, item.line, item.column, item.key, item.message))
