"""Lists of names of other entries, and of words with a meaning."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from impetus_sim.world.alarms import AlertKind

Texts = Annotated[tuple[str, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw)]
"""A list of names; one name alone is a list of one."""

AlertKinds = Annotated[
    tuple[AlertKind, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw)
]
"""A list of kinds of alerts; one alone is a list of one."""
