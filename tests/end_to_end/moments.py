"""A driver for kills: runs the command line in forked children that die at chosen moments.

Usage: python moments.py SCENARIO FOLDER MOMENT...; a moment is WHAT:NUMBER:SIGNAL, where WHAT is ``file`` (a
file operation), ``h5copy`` (one part copied by the final merge), ``dataset`` (an array of a segment or
checkpoint), ``tick`` or ``segment``; NUMBER counts from 1; SIGNAL is KILL or INT. Prints one JSON document:
per moment the exit code, the number of frames that could be read of what was left, and the digest after
``--resume``.

The parent only imports; it runs no kernel, so that children may be forked freely.
"""

import contextlib
import io
import json
import os
import signal
import sys
from pathlib import Path

import h5py

from impetus_sim import registry
from impetus_sim.cli.main import main
from impetus_sim.engine.record import Recorder
from impetus_sim.recording.reader import open_recording

for family in registry.FAMILIES:
    registry.catalogue(family)

HOOKS = {
    "file": [(os, name) for name in ("replace", "rename", "fsync", "unlink", "rmdir", "mkdir")],
    "h5copy": [(h5py.Group, "copy")],
    "dataset": [(h5py.h5d, "create")],
    "tick": [(Recorder, "after_tick")],
    "segment": [(Recorder, "end_segment")],
}


def die_at(what: str, number: int, sign: int, counter: list[int]) -> None:
    """Send a signal to this process before the chosen call."""
    for owner, name in HOOKS[what]:
        original = getattr(owner, name)

        def call(*values, original=original, **named):
            counter[0] += 1
            if counter[0] == number:
                os.kill(os.getpid(), sign)
            return original(*values, **named)

        setattr(owner, name, call)


def run_child(words: list[str], prepare=lambda: None) -> tuple[int, str]:
    """Run the command line in a forked child; return its exit code (minus the signal) and standard output."""
    out = Path(words[-1] + ".out")
    child = os.fork()
    if child == 0:
        code = 99
        with (
            out.open("w") as stream,
            contextlib.redirect_stdout(stream),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            try:
                prepare()
                main(words)
            except SystemExit as stop:
                code = int(stop.code or 0)
            stream.flush()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    text = out.read_text() if out.exists() else ""
    out.unlink(missing_ok=True)
    return code, text


def main_of_driver(scenario: str, folder: str, moments: list[str]) -> None:
    """Go through the moments."""
    results = []
    for index, moment in enumerate(moments):
        what, number, sign = moment.split(":")
        path = Path(folder) / str(index) / "run.h5"
        path.parent.mkdir()
        run = ["run", scenario, "--seed", "3", "--json", "-o", str(path)]
        prepare = lambda: die_at(what, int(number), getattr(signal, f"SIG{sign}"), [0])  # noqa: E731, B023
        code, _ = run_child(run, prepare)
        is_there = path.exists() or path.with_name("run.h5.parts").exists()
        frames = len(open_recording(path).ticks) if is_there else None
        again, text = run_child(["run", scenario, "--seed", "3", "--json", "--resume", "-o", str(path)])
        digest = json.loads(text)["digest"] if again == 0 else text
        left = sorted(file.name for file in path.parent.iterdir())
        results.append({"code": code, "frames": frames, "again": again, "digest": digest, "left": left})
    print(json.dumps(results))


if __name__ == "__main__":
    main_of_driver(sys.argv[1], sys.argv[2], sys.argv[3:])
