"""Writes the positions of a recording as text: for PedPy, or as comma-separated values; one frame in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from impetus_sim.analysis.measures.archive_text import HEADER
from impetus_sim.files import written_whole
from impetus_sim.recording.reader import Recording

Form = Literal["pedpy", "csv"]


def export_positions(recording: Recording, path: Path, *, form: Form) -> int:
    """Write the positions of everybody inside, frame after frame; return the number of rows.

    Parameters
    ----------
    recording
        With positions.
    path
        The text file.
    form
        ``pedpy``: id (row of the people's table), frame, x, y, by blanks, with the frame rate in the header; frames
        off the beat (the end of a run) are left out. ``csv``: uid, t_s, x_m, y_m, state.
    """
    step = int(recording.attributes["frame_every_ticks"])
    uid = np.asarray(recording.static("people")["uid"], np.uint64)
    n = 0
    with written_whole(path) as temporary, temporary.open("w") as file:
        rate = 1e6 / (step * recording.resolution_us)
        file.write(HEADER.format(rate=rate) if form == "pedpy" else "uid,t_s,x_m,y_m,state\n")
        for frame in recording.frames():
            if form == "csv":
                file.writelines(
                    f"{uid[row]},{frame.t_s:g},{x:.3f},{y:.3f},{state}\n"
                    for row, x, y, state in zip(frame.rows, frame.x, frame.y, frame.state, strict=True)
                )
            elif frame.tick % step == 0:
                number = frame.tick // step
                file.writelines(
                    f"{row} {number} {x:.4f} {y:.4f}\n"
                    for row, x, y in zip(frame.rows, frame.x, frame.y, strict=True)
                )
            else:
                continue
            n += len(frame.rows)
    return n
