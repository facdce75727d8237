"""The binary forms in which moving things and fields travel to the browser; docs/replay.md has the tables."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.moving.window import NOT_THERE, Box, Floats, Window

CHUNK_FRAMES: Final = 10
_VERSION: Final = 1
_MOST: Final = 65_535
_ALIGN: Final = 8


def encode_chunk(window: Window, box: Box) -> bytes:
    """Return a window as bytes: positions in 1/65 535 of the box, as differences along time.

    Parameters
    ----------
    window
        What to send.
    box
        West, south, east, north, metres: every position is within it.

    Raises
    ------
    ValueError
        When somebody is outside the box.
    """
    is_there = window.state != NOT_THERE
    n_frames, n_things = window.state.shape
    parts = [
        b"IMPF" + struct.pack("<III", _VERSION, n_frames, n_things),
        np.asarray(window.times_s, "<f8").tobytes(),
        np.asarray(window.ids, "<i4").tobytes(),
        _differences(_quantise(window.x, is_there, box[0], box[2]), is_there).tobytes(),
        _differences(_quantise(window.y, is_there, box[1], box[3]), is_there).tobytes(),
        window.state.tobytes(),
    ]
    return b"".join(part + b"\0" * (-len(part) % _ALIGN) for part in parts)


def _quantise(
    values: Floats, is_there: npt.NDArray[np.bool_], low: float, high: float
) -> npt.NDArray[np.uint16]:
    scaled = np.rint((values - low) * (_MOST / (high - low)))
    is_outside = is_there & ~((scaled >= 0) & (scaled <= _MOST))
    if is_outside.any():
        worst = float(values[is_outside][0])
        raise ValueError(f"a position of {worst:g} m is outside the box, {low:g} to {high:g} m")
    return np.where(is_there, scaled, 0).astype("<u2")


def _differences(values: npt.NDArray[np.uint16], is_there: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint16]:
    out = np.empty_like(values)
    before = np.zeros(values.shape[1], "<u2")
    for frame, (now, there) in enumerate(zip(values, is_there, strict=True)):
        held = np.where(there, now, before)
        np.subtract(held, before, out=out[frame])  # modulo 65 536
        before = held
    return out


def decode_chunk(data: bytes, box: Box) -> Window:
    """Return the window that `encode_chunk` wrote, for tests and for scripts that read a viewer's server."""
    magic, version, n_frames, n_things = struct.unpack_from("<4sIII", data)
    if magic != b"IMPF" or version != _VERSION:
        raise ValueError(f"not a chunk of frames of version {_VERSION}")
    at = 16

    def take(dtype: str, *shape: int) -> npt.NDArray[Any]:
        nonlocal at
        array = np.frombuffer(data, dtype, count=int(np.prod(shape)), offset=at).reshape(shape)
        at += array.nbytes + -array.nbytes % _ALIGN
        return array

    times, ids = take("<f8", n_frames), take("<i4", n_things)
    coded = take("<u2", n_frames, n_things), take("<u2", n_frames, n_things)
    x, y = (
        low + np.cumsum(part, axis=0, dtype="<u2") * ((high - low) / _MOST)
        for part, low, high in zip(coded, box[:2], box[2:], strict=True)
    )
    return Window(times_s=times, ids=ids, x=x, y=y, state=take("<u1", n_frames, n_things))


def encode_grid(
    values: Floats, *, x0: float, y0: float, cell_m: float, least: float, most: float, is_log: bool = False
) -> bytes:
    """Return a raster as bytes: 0 for nothing, else 1 to 255 for 255ths of the way from `least` to `most`.

    Parameters
    ----------
    values
        float64 (rows, columns), rows from south to north; 0 or less is nothing.
    x0, y0
        South-west corner of the first cell, metres.
    cell_m
        Side of a cell.
    least, most
        The ends; what is beyond them is shown as they are.
    is_log
        Whether the steps between them are equal in the logarithm; `least` is above 0 then.
    """
    rows, columns = values.shape
    if is_log:
        share = np.log(np.maximum(values, least) / least) / np.log(most / least)
    else:
        share = (values - least) / (most - least)
    coded = np.where(values > 0.0, np.clip(np.rint(share * 255.0), 1, 255), 0).astype(np.uint8)
    head = b"IMPG" + struct.pack("<III", columns, rows, int(is_log))
    return head + struct.pack("<5d", x0, y0, cell_m, least, most) + coded.tobytes()
