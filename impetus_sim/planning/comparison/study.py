"""A finished comparison: its table, its answer, and where its runs and recordings stand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_durably
from impetus_sim.planning.comparison.answer import rank_options
from impetus_sim.planning.runs.store import StudyFolder, read_finished

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, kw_only=True)
class Study:
    """Options compared on common random numbers.

    Parameters
    ----------
    folder
        The study folder.
    comparison
        The document of ``comparison.json``: answer, options with their metrics (the first option is the
        baseline), groups, failures, rule, seeds and versions; the same bits for the same design.
    """

    folder: Path
    comparison: dict[str, Any]

    @classmethod
    def load(cls, folder: Path | str) -> Study:
        """Read a finished study.

        Raises
        ------
        InvalidInputError
            When the folder holds no finished comparison.
        """
        comparison = read_finished(folder, "comparison.json", what="comparison", command="impetus compare")
        return cls(folder=Path(folder), comparison=comparison)

    @property
    def answer(self) -> str:
        """What was found on the primary metric, in plain words."""
        return str(self.comparison["answer"])

    @property
    def primary(self) -> str:
        """Name of the metric that the answer and the stopping rule are about."""
        return str(self.comparison["primary"])

    @property
    def n_replicates(self) -> int:
        """Number of paired replicates, failed ones included."""
        return int(self.comparison["replicates"])

    @property
    def options(self) -> list[dict[str, Any]]:
        """Name, title and metrics of every option; the first is the baseline."""
        return list(self.comparison["options"])

    @property
    def metrics(self) -> list[str]:
        """Names of the metrics that were compared."""
        return [
            name for name, value in self.options[0].items() if isinstance(value, dict) and "mean" in value
        ]

    def rank(self, metric: str | None = None) -> list[str]:
        """Return the names of the compared options, best mean first.

        Parameters
        ----------
        metric
            Default: the primary metric.
        """
        name = self.require_metric(metric)
        compared = [option for option in self.options if name in option]
        return [option["name"] for option in rank_options(compared, name)]

    def require_metric(self, metric: str | None) -> str:
        """Return a metric's name, the primary one for None.

        Raises
        ------
        InvalidInputError
            When the study has no such metric.
        """
        if metric is None:
            return self.primary
        if metric not in self.metrics:
            raise InvalidInputError(f"no metric '{metric}' in this study", hint=f"one of {self.metrics}")
        return metric

    def to_dataframe(self) -> pandas.DataFrame:
        """Return one row per option and metric, differences in columns ``difference.*``."""
        import pandas as pd

        rows = []
        for option in self.options:
            for metric in self.metrics:
                entry = dict(option.get(metric) or {})
                if not entry:
                    continue
                difference = entry.pop("difference") or {}
                rows.append(
                    {
                        "option": option["name"],
                        "metric": metric,
                        **entry,
                        **{f"difference.{key}": value for key, value in difference.items()},
                    }
                )
        return pd.DataFrame(rows)

    def runs(self) -> pandas.DataFrame:
        """Return one row per option and replicate: status, error, digest and every metric."""
        import pandas as pd

        return pd.read_parquet(self.folder / "results.parquet")

    def recording_path(self, option: str, replicate: int = 0) -> Path | None:
        """Return the kept recording of a run, or None when it was not kept."""
        store = StudyFolder(self.folder)
        for each in self.options:
            if each["name"] == option and replicate < len(each["run_keys"]):
                key = each["run_keys"][replicate]
                return store.recording_path(key) if store.has_recording(key) else None
        return None

    @property
    def command(self) -> str:
        """The command that repeats the study; empty when it was not made by one."""
        try:
            return (self.folder / "command.txt").read_text("utf-8").strip()
        except OSError:
            return ""

    def note_command(self, command: str) -> None:
        """Write down the command that repeats the study."""
        write_durably(self.folder / "command.txt", f"{command}\n".encode())

    def content(self) -> dict[str, Any]:
        """Return everything a page about the study shows, as plain values.

        The document of ``comparison.json``, with the folder, the order of the options by the primary
        metric, the command that repeats the study (empty when made from Python), and the kept recording
        of replicate 0 of each option (path or None).
        """
        recordings = {each["name"]: self.recording_path(each["name"]) for each in self.options}
        return {
            **self.comparison,
            "folder": str(self.folder),
            "rank": self.rank(),
            "command": self.command,
            "recordings": {name: str(path) if path else None for name, path in recordings.items()},
        }
