"""Finished runs of another study: an equal run (scenario, map, seed, engine, kernels) is taken, not computed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.runs.store import StudyFolder, parts_path, write_json
from impetus_sim.planning.runs.worker import RunRequest


class Source:
    """The folder of another study.

    Parameters
    ----------
    folder
        It is only read.

    Raises
    ------
    InvalidInputError
        When it is not a study.
    """

    def __init__(self, folder: Path | str) -> None:
        self._store = StudyFolder(Path(folder))
        if not self._store.runs.is_dir():
            raise InvalidInputError(
                f"'{folder}' is not the folder of a study: it has no runs", hint="see --reuse"
            )

    def hand_over(self, request: RunRequest, store: StudyFolder) -> bool:
        """Copy a finished run into a study; return whether there was one.

        A recording comes with it when it is to be kept (as a link where both are on one disk); a run whose
        recording is missing is computed again.
        """
        result = self._store.read_result(request.key)
        if result is None or not self._store.has_all(request.key, result, request.keep_recording):
            return False
        if request.keep_recording:
            source, target = self._store.recording_path(request.key), store.recording_path(request.key)
            _link(source, target)
            if parts_path(source).is_dir():
                shutil.copytree(
                    parts_path(source), parts_path(target), copy_function=_link, dirs_exist_ok=True
                )
        write_json(store.result_path(request.key), result, indent=None)
        return True


def _link(source: Path | str, target: Path | str) -> None:
    # a kept recording is never changed, only replaced, so both studies can have the same file
    if not Path(source).exists():
        return
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
