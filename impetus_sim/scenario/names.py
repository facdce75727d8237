"""Lists of names of other entries."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

Texts = Annotated[tuple[str, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw)]
"""A list of names; one name alone is a list of one."""
