"""JSON Schema of scenario files, for editors: completion and checks while typing, all parts included."""

from __future__ import annotations

from typing import Any

from impetus_sim import registry
from impetus_sim.scenario.distributions import KINDS
from impetus_sim.scenario.kinds import part_specs
from impetus_sim.scenario.lines import LINE_KINDS
from impetus_sim.scenario.model import Scenario
from impetus_sim.scenario.pickups import PICKUP_KINDS
from impetus_sim.scenario.slopes import SLOPE_KINDS
from impetus_sim.scenario.spec import Spec
from impetus_sim.scenario.stages import STAGE_KINDS
from impetus_sim.scenario.storeys import CONNECTION_KINDS
from impetus_sim.scenario.traffic_demand import DEMAND_KINDS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """Return the schema; sections with a `kind` are unions of every registered part."""
    schema = Scenario.model_json_schema()
    definitions: dict[str, Any] = schema.setdefault("$defs", {})
    families = {family: part_specs(family) for family in registry.FAMILIES}
    families["time_distributions"] = {spec.kind: spec for spec in KINDS}
    families["slopes"] = {spec.kind: spec for spec in SLOPE_KINDS}
    families["connections"] = {spec.kind: spec for spec in CONNECTION_KINDS}
    families["traffic_demand"] = {spec.kind: spec for spec in DEMAND_KINDS}
    families["traffic_line"] = {spec.kind: spec for spec in LINE_KINDS}
    families["traffic_pickup"] = {spec.kind: spec for spec in PICKUP_KINDS}
    families["stages"] = {spec.kind: spec for spec in STAGE_KINDS}
    for family, specs in families.items():
        for kind, spec in specs.items():
            definitions[f"{family}.{kind}"] = _part_schema(kind, spec, definitions)
        choices = [{"$ref": f"#/$defs/{family}.{kind}"} for kind in specs]
        definitions[family] = {"oneOf": [*choices, {"enum": sorted(specs)}]} if specs else {"type": "object"}
    for kind, part in registry.catalogue("interventions").items():
        definitions[f"interventions.{kind}"]["x-terms"] = part.terms.to_dict()
    text_forms = {"Speed": ["string", "number"], "MapSource": ["string"], "StreetExits": ["boolean"]}
    text_forms |= {
        "Leg": ["string", "array", "object"],
        "Until": ["string", "number"],
        "Stuck": ["boolean"],
        "LineStop": ["string", "array", "object"],
    }
    _replace_markers(schema)
    for name, types in text_forms.items():
        if name in definitions:
            definitions[name] = {"anyOf": [definitions[name], *({"type": kind} for kind in types)]}
    _allow_names(definitions["Response"]["properties"], "playbooks")
    schema["properties"]["extends"] = {"type": "string", "description": "base file, relative to this one"}
    schema["$schema"] = _DIALECT
    schema["title"] = "impetus_sim scenario"
    schema["required"] = []  # a file that extends another need not repeat its keys
    return schema


def _allow_names(properties: dict[str, Any], key: str) -> None:
    """Let a list of names stand where entries by name do."""
    names = {"type": "array", "items": {"type": "string"}, "description": "bundled ones, and file names"}
    properties[key] = {"anyOf": [properties[key], names]}


def _part_schema(kind: str, spec: type[Spec], definitions: dict[str, Any]) -> dict[str, Any]:
    part = spec.model_json_schema()
    definitions.update(part.pop("$defs", {}))
    part.setdefault("properties", {})["kind"] = {"const": kind}
    part["required"] = ["kind", *part.get("required", [])]
    part["title"] = kind
    return part


def _replace_markers(value: Any) -> None:
    """Turn the markers that `OneOf` leaves into references (pydantic allows only references it made)."""
    if isinstance(value, dict):
        family = value.pop("x-family", None)
        if family is not None:
            value["$ref"] = f"#/$defs/{family}"
        for item in value.values():
            _replace_markers(item)
    elif isinstance(value, list):
        for item in value:
            _replace_markers(item)
