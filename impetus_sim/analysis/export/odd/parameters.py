"""Every parameter of a scenario with unit, default and meaning, read from the typed sections themselves."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from impetus_sim.scenario.canonical import to_plain
from impetus_sim.scenario.schema import scenario_schema
from impetus_sim.scenario.spec import Spec

SCENARIO = "scenario"
"""Name of the section that holds all others."""
REQUIRED = "must be given"
_LONGEST_DEFAULT = 90


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One key of a section.

    Parameters
    ----------
    key
        As in the file.
    unit
        SI unit of plain numbers, 1 for numbers without; else what stands there: text, yes or no, a section.
    default
        What holds when the key is left out.
    meaning
        From the docstring of the section, with the source where it names one.
    """

    key: str
    unit: str
    default: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of scenario files: what it is, where its values come from, its keys."""

    name: str
    summary: str
    sources: str
    parameters: tuple[Parameter, ...]


@cache
def list_sections() -> tuple[Section, ...]:
    """Return every section of the schema, the scenario itself first, then by name."""
    schema = scenario_schema()
    found = [_section(SCENARIO, schema)]
    for name, body in sorted(schema["$defs"].items()):
        held = body if "properties" in body else next(iter(body.get("anyOf", [{}])))
        if "properties" in held:
            found.append(_section(name, held))
    return tuple(found)


def section_of(spec: type[Spec]) -> Section:
    """Return the section of one type."""
    return _section(spec.kind or spec.__name__, spec.model_json_schema())


def _section(name: str, body: Mapping[str, Any]) -> Section:
    spec = _find_spec(name, body)
    docs = _read_docs(spec)
    summary, _, _ = inspect.cleandoc(str(body.get("description", ""))).partition("\nParameters\n")
    needed = set(body.get("required", ()))
    rows = tuple(
        Parameter(
            key=key,
            unit=describe_unit(held),
            default=_default(spec, key, held, is_needed=key in needed),
            meaning=docs.get(key, ""),
        )
        for key, held in body.get("properties", {}).items()
        if "const" not in held  # the kind, which is the section's name
    )
    return Section(name=name, summary=_one_line(summary), sources=_sources(spec), parameters=rows)


@cache
def _specs() -> Mapping[str, tuple[type[Spec], ...]]:
    found: dict[str, list[type[Spec]]] = {}
    waiting: list[type[Spec]] = [Spec]
    while waiting:
        for spec in waiting.pop().__subclasses__():
            waiting.append(spec)
            for name in {spec.__name__, spec.kind} - {""}:
                found.setdefault(name, []).append(spec)
    return {name: tuple(specs) for name, specs in found.items()}


def _find_spec(name: str, body: Mapping[str, Any]) -> type[Spec] | None:
    """Return the type of a section: of that name and with just these keys."""
    keys = set(body.get("properties", {})) - {"kind", "extends"}
    title = "Scenario" if name == SCENARIO else name.rpartition(".")[2]
    same = [spec for spec in _specs().get(title, ()) if set(spec.model_fields) - {"kind"} == keys]
    return same[-1] if same else None


def _read_docs(spec: type[Spec] | None) -> dict[str, str]:
    """Return what docstrings say of each key, of base classes too."""
    found: dict[str, str] = {}
    for base in reversed(spec.__mro__ if spec else ()):
        doc = inspect.cleandoc(base.__dict__.get("__doc__") or "")
        _, _, listed = doc.partition("\nParameters\n----------\n")
        names: list[str] = []
        for line in re.split(r"\n\n\w+\n-{3,}\n", listed)[0].splitlines():
            if line[:1].strip():
                names = [name.strip(" `") for name in line.partition(" : ")[0].split(",")]
                found |= dict.fromkeys(names, "")
            else:
                for name in names:
                    found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def _sources(spec: type[Spec] | None) -> str:
    """Return the paragraph of sources of the file in which a section stands; empty where it has none."""
    module = inspect.getmodule(spec) if spec else None
    for part in inspect.cleandoc((module.__doc__ or "") if module else "").split("\n\n"):
        if part.startswith(("Source:", "Sources:")):
            return _one_line(part)
    return ""


def _default(spec: type[Spec] | None, key: str, held: Mapping[str, Any], *, is_needed: bool) -> str:
    if "default" in held:
        return describe_value(held["default"])
    field = spec.model_fields.get(key) if spec else None
    if is_needed or (field is not None and field.is_required()):
        return REQUIRED
    if field is None:
        return "none"
    return describe_value(field.get_default(call_default_factory=True))


def describe_value(value: Any) -> str:
    """Return a value of a scenario in one line; long ones by what they are."""
    value = to_plain(value)
    if value is None or value in ("", {}, [], ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str | int):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_DEFAULT else "a section with its own defaults"


def describe_unit(held: Mapping[str, Any]) -> str:
    """Return the unit of a key's plain numbers, or what else stands there, from its JSON Schema."""
    unit = next(_find(held, "x-unit"), None)
    if unit is not None:
        return str(unit)
    for key, words in (("x-family", "a kind of "), ("$ref", "section ")):
        name = next(_find(held, key), None)
        if name is not None:
            return words + str(name).rpartition("/")[2].replace("_", " ")
    choices = next(_find(held, "enum"), None)
    if choices is not None:
        return "one of " + ", ".join(map(str, choices))
    kinds = {
        kind for found in _find(held, "type") for kind in (found if isinstance(found, list) else [found])
    }
    named = {"string": "text", "boolean": "yes or no", "number": "1", "integer": "1"}
    return " or ".join(sorted({named[kind] for kind in kinds & named.keys()})) or "any"


def _find(held: Any, key: str) -> Iterator[Any]:
    """Yield the values of a key anywhere in a schema, outermost first; what is named by `default` is no schema."""
    if isinstance(held, Mapping):
        if key in held:
            yield held[key]
        for name, item in held.items():
            if name != "default":
                yield from _find(item, key)
    elif isinstance(held, list):
        for item in held:
            yield from _find(item, key)


def _one_line(text: str) -> str:
    return " ".join(text.split())
