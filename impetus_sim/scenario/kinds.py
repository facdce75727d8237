"""Fields whose `kind` selects the spec: parts from the registry, and small fixed tables of specs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from impetus_sim import registry
from impetus_sim.scenario.spec import Spec, refuse


def part_specs(family: str) -> dict[str, type[Spec]]:
    """Return the specs of a family's registered parts by kind, sorted; sets `Spec.kind` on each."""
    specs: dict[str, type[Spec]] = {}
    for kind, part in registry.catalogue(family).items():
        spec: type[Spec] = part.Spec
        if "kind" not in spec.__dict__:
            spec.kind = kind
        specs[kind] = spec
    return specs


@dataclass(frozen=True)
class OneOf:
    """Validator of a section whose `kind` selects the spec (pydantic annotation).

    Parameters
    ----------
    family
        A registry family, or a name for `table` in the editor schema.
    table
        Kind to spec, for kinds that are fixed here; None to ask the registry at validation time.
    """

    family: str
    table: tuple[type[Spec], ...] | None = None

    def specs(self) -> dict[str, type[Spec]]:
        """Return the specs by kind."""
        if self.table is not None:
            return {spec.kind: spec for spec in self.table}
        return part_specs(self.family)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"x-family": self.family}  # see `impetus_sim.scenario.schema`

    def parse(self, raw: Any) -> Spec:
        """Validate a section by the spec that its kind selects; a bare text is a kind without settings."""
        specs = self.specs()
        if isinstance(raw, Spec):
            if type(raw) in specs.values():
                return raw
            refuse(f"{type(raw).__name__} is none of the {self.family}", allowed=", ".join(specs))
        if isinstance(raw, str):
            raw = {"kind": raw}
        if not isinstance(raw, Mapping):
            refuse("not a section with a kind", allowed=f"{{kind: ...}} with one of {', '.join(specs)}")
        if "kind" not in raw:
            refuse("no kind is given", allowed=f"kind: one of {', '.join(specs) or 'none yet'}")
        kind = raw["kind"]
        if not isinstance(kind, str) or kind not in specs:
            near = difflib.get_close_matches(str(kind)[:60], specs, n=1)
            refuse(
                f"unknown kind '{str(kind)[:60]}'",
                key="kind",
                allowed=", ".join(specs) or "none yet",
                nearest=near[0] if near else "",
            )
        spec = specs[kind]
        fields = {key: value for key, value in raw.items() if key != "kind" or "kind" in spec.model_fields}
        return spec.model_validate(fields)
