"""The resolved scenario as text: SI numbers, sorted keys, no file needed, and its digest.

`run` (seed and threads) says how to run, not what; `variants` are other scenarios: neither is in the text.
The text is JSON, which is YAML too, so that the same reader takes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from impetus_sim.scenario.draw import Draw
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.spec import Spec

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

_LEFT_OUT = ("run", "variants")


def to_plain(value: Any) -> Any:
    """Return a spec tree as plain data that validates to the same tree; None is left out."""
    if isinstance(value, Spec):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        body = {name: to_plain(item) for name, item in fields.items() if item is not None}
        return {"kind": value.kind, **body} if value.kind else body
    if isinstance(value, (Draw, Place)):
        return value.plain()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    return value


def to_text(scenario: Scenario) -> str:
    """Return the resolved scenario as text; see `Scenario.to_text`."""
    data = {key: item for key, item in to_plain(scenario).items() if key not in _LEFT_OUT}
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def digest_of(scenario: Scenario) -> str:
    """Return the SHA-256 of the resolved text, 64 hex digits."""
    return hashlib.sha256(to_text(scenario).encode()).hexdigest()
