"""How far a run kept to its playbooks: what became of each step, planned and actual times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from impetus_sim.analysis.metric import SECONDS, SHARE, Metric
from impetus_sim.recording.reader import Recording

STEPS: Final = "playbook_steps"
STARTS: Final = "playbook_starts"
FATES: Final = ("planned", "asked", "done", "omitted", "lacking", "cancelled")
"""By number, as `response.playbooks.runner.StepState`."""
NEVER: Final = -1


@dataclass(frozen=True, kw_only=True)
class StepTaken:
    """A step of a playbook in a run.

    Parameters
    ----------
    playbook, step, owner
        Names; owner is the room.
    planned_s
        When it should have been done.
    actual_s
        When it was; None where it was not.
    fate
        Of `FATES`.
    """

    playbook: str
    step: str
    owner: str
    planned_s: float
    actual_s: float | None
    fate: str

    @property
    def late_s(self) -> float | None:
        """How much later than planned it was done; None where it was not."""
        return None if self.actual_s is None else self.actual_s - self.planned_s


def read_steps(recording: Recording) -> list[StepTaken]:
    """Return the steps of all playbooks that were started, in order of starts, then of names; none without any."""
    if STEPS not in recording.table_names:
        return []
    steps, starts = recording.tables(STEPS), recording.tables(STARTS)
    found = []
    for k in range(len(steps["step"])):
        fate = FATES[int(steps["state"][k])]
        settled = int(steps["settled_tick"][k])
        found.append(
            StepTaken(
                playbook=starts["playbook"][int(steps["start"][k])].decode(),
                step=steps["step"][k].decode(),
                owner=steps["owner"][k].decode(),
                planned_s=float(recording.seconds(int(steps["planned_tick"][k]))),
                actual_s=float(recording.seconds(settled)) if fate == "done" else None,
                fate=fate,
            )
        )
    return found


def compute_playbook_metrics(recording: Recording) -> list[Metric]:
    """Return adherence and lateness of a run with playbooks; nothing for runs without.

    Adherence is the share, of the steps that were due by the end and not cancelled, that were done. What is
    lacking in the scenario counts as not done.
    """
    if STEPS not in recording.table_names:
        return []
    steps = read_steps(recording)
    end_s = recording.followed_s
    due = [s for s in steps if s.fate == "done" or (s.planned_s <= end_s and s.fate != "cancelled")]
    late = [s.late_s for s in due if s.late_s is not None]
    skipped = sum(s.fate in ("omitted", "lacking") for s in due)
    open_ = sum(s.fate in ("planned", "asked") for s in due)
    words = [f"{skipped} skipped" if skipped else "", f"{open_} not yet done" if open_ else ""]
    note = ", ".join(filter(None, words))
    nothing = "no playbook was started" if not steps else "no step was due"
    return [
        Metric(
            name="playbook_adherence",
            value=len(late) / len(due) if due else None,
            unit=SHARE,
            label="steps of playbooks that were done",
            better="higher",
            note=note if due else nothing,
        ),
        Metric(
            name="playbook_lateness",
            value=float(np.mean(late)) if late else None,
            unit=SECONDS,
            label="mean lateness of steps that were done",
            better="lower",
            is_censored=bool(late and open_),
            note=note if late else nothing if not due else "no step was done",
        ),
    ]
