"""Answers to a browser: JSON without NaN, tags by which an unchanged answer is not sent again."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fastapi import Request, Response


def to_json(value: Any) -> bytes:
    """Return plain values, numpy numbers and arrays as UTF-8 JSON; what is not a finite number becomes null."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError):  # somewhere is a NaN or an array: look at every value
        text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    return value


def make_tag(*parts: str) -> str:
    """Return an ETag for what is fully named by some texts."""
    return '"' + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24] + '"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the browser holds the answer with this tag already."""
    return tag in [held.strip() for held in request.headers.get("if-none-match", "").split(",")]


def reply(request: Request, body: bytes, tag: str, *, media_type: str = "application/json") -> Response:
    """Return the answer, or 304 where the browser has it."""
    from fastapi import Response

    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
