"""Building a library: every situation with every option is run, once, however often it is started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import write_durably
from impetus_sim.planning.comparison.answer import BASE_TITLE
from impetus_sim.planning.experiments.about import load_variants
from impetus_sim.planning.experiments.points import BASE
from impetus_sim.planning.library.entries import Entries, Situation, split_sets
from impetus_sim.planning.library.quality import measure_quality
from impetus_sim.planning.library.situations import (
    Features,
    Situations,
    choose_features,
    collect_signatures,
    collect_values,
    differ,
    list_situations,
)
from impetus_sim.planning.library.spec import LibrarySpec
from impetus_sim.planning.runs.execute import ProgressFunction
from impetus_sim.planning.runs.open_study import open_study
from impetus_sim.planning.runs.options import choose_seed, title_options
from impetus_sim.planning.runs.results import build_rows, write_results
from impetus_sim.planning.runs.run_table import Found, RunTable, require_metrics
from impetus_sim.planning.runs.runner import READING, Runner
from impetus_sim.planning.runs.store import SCHEMA_VERSION, StudyFolder
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.scenario.spec_file import read_spec_file
from impetus_sim.version import __version__

SPEC_FILE: Final = "library.yaml"
SOURCE_FILE: Final = "source.txt"
"""Among the scenarios: the file from whose folder relative map names start."""


@dataclass(frozen=True, kw_only=True)
class LibraryPlan:
    """A library file and the scenario that it is about.

    Parameters
    ----------
    spec
        The library.
    variants
        The scenario as ``base``, and the options by name.
    text
        The file as it was written.
    """

    spec: LibrarySpec
    variants: Mapping[str, Any]
    text: str = ""

    @classmethod
    def load(cls, path: Path | str) -> LibraryPlan:
        """Read a library file and its scenario.

        Raises
        ------
        InvalidFilesError
            With every problem of the file, or of the scenario.
        """
        file = Path(path)
        spec = read_spec_file(file, LibrarySpec)
        variants = load_variants(file, spec.scenario, spec.options)
        return cls(spec=spec, variants=variants, text=file.read_text("utf-8"))

    @classmethod
    def read_back(cls, folder: Path | str) -> LibraryPlan:
        """Read what a library was built from, from its own folder.

        Raises
        ------
        InvalidInputError
            When the folder holds no library.
        """
        home = Path(folder)
        if not (home / SPEC_FILE).is_file():
            raise InvalidInputError(f"'{folder}' holds no library", hint="impetus library build makes one")
        spec = read_spec_file(home / SPEC_FILE, LibrarySpec)
        scenarios = home / "scenarios"
        named = (scenarios / SOURCE_FILE).read_text("utf-8").strip()
        source = Path(named) if named else None
        variants = {
            name: read_scenario_text(
                (scenarios / f"{name}.yaml").read_text("utf-8"), source=source, name=f"{name}.yaml"
            )
            for name in dict.fromkeys([BASE, *spec.options])
        }
        return cls(spec=spec, variants=variants, text=(home / SPEC_FILE).read_text("utf-8"))

    @property
    def seed(self) -> int:
        """Root of all randomness."""
        return choose_seed(self.variants[BASE], self.spec.seed)

    def situations(self) -> Situations:
        """Return what will be run; nothing is run."""
        return list_situations(self.spec, self.variants, seed=self.seed)

    def build(
        self,
        folder: Path | str,
        *,
        workers: int = 1,
        scheduler: str | None = None,
        reuse: Sequence[Path | str] = (),
        progress: ProgressFunction | None = None,
        runner: Runner = READING,
    ) -> Entries:
        """Carry out every run that the folder does not hold yet, and write the library.

        Parameters
        ----------
        folder
            Study folder; calling again with the same folder goes on.
        workers, scheduler, reuse
            Where runs are computed and taken from, as for `compare`; the library does not depend on it. A study
            that is reused must hold readings of sensors: another library, or a calibration.
        progress
            Called after every run.
        runner
            Computes a run and keeps its readings; for tests and other engines.

        Raises
        ------
        InvalidInputError
            When factors, options or streams do not fit the scenario, or the folder holds something else.
        RunFailedError
            When the disk is full, or too few situations have all their runs.
        """
        situations = self.situations()
        table = RunTable(situations.scenarios, seed=self.seed, keep="none", runner=runner)
        n = int(self.spec.replicates)
        with open_study(
            folder,
            self._design(table, situations),
            runner,
            workers=workers,
            scheduler=scheduler,
            reuse=reuse,
            progress=progress,
        ) as (store, executor):
            self.write_down(store)
            executor.execute(table.list_requests(1, names=table.names[:1]))
            first = store.read_result(table.key(table.names[0], 0))
            if first is not None:
                self._settle(first)  # what is asked for is there: told before hours of runs
            executor.execute(table.list_requests(n))
            found = table.read(store, n)
            write_results(store.path / "results.parquet", self._rows(table, situations, found))
            entries = self._collect(found, situations)
            entries.save(store.path)
        return entries

    def write_down(self, store: StudyFolder) -> None:
        """Write file and scenarios into a study folder, for fresh runs whatever becomes of the originals."""
        write_durably(store.path / SPEC_FILE, self.text.encode())
        for name in dict.fromkeys([BASE, *self.spec.options]):
            store.write_scenario(name, self.variants[name].to_text())
        source = getattr(self.variants[BASE], "source", None)
        write_durably(store.scenarios / SOURCE_FILE, f"{source or ''}\n".encode())

    def _design(self, table: RunTable, situations: Situations) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "library": self.spec.title,
            "situations": situations.n_design,
            **table.describe(),
            "keep": table.keep,
            "options": [{"name": name, **table.describe_scenario(name)} for name in table.names],
        }

    def _rows(self, table: RunTable, situations: Situations, found: Found) -> list[dict[str, Any]]:
        values = {point.name: point.values for point in situations.plan.points}
        held_back = {point.name for point in situations.plan.points[situations.n_design :]}
        rows = []
        for row in build_rows(table.names, found):
            situation, _, option = row.pop("option").partition(".")
            about = {"situation": situation, "is_held_back": situation in held_back, "option": option}
            rows.append({**about, **values[situation], **row})
        return rows

    def _settle(self, run: dict[str, Any]) -> tuple[Features, dict[str, dict[str, str]]]:
        # what is counted and measured, checked against one run
        names = [self.spec.metric, *(name for name in self.spec.metrics if name != self.spec.metric)]
        metrics = require_metrics(run, names)
        if not metrics[self.spec.metric]["better"]:
            raise InvalidInputError(f"metric: neither more nor less of '{self.spec.metric}' is better")
        return choose_features(self.spec.observe, run.get("readings", {})), metrics

    def _collect(self, found: Found, situations: Situations) -> Entries:
        spec, n_options = self.spec, len(self.spec.options)
        features, metrics = self._settle(found.require_run())
        n_points = len(situations.plan.points)
        signatures = collect_signatures(found, slice(0, None, n_options), features)
        early = [
            name
            for k, name in enumerate(spec.options)
            if differ(collect_signatures(found, slice(k, None, n_options), features), signatures)
        ]
        values = np.array([collect_values(found, name) for name in metrics])
        design, held_back, n_left_out = split_sets(
            [Situation(name=point.name, values=dict(point.values)) for point in situations.plan.points],
            situations.plan.cube,
            signatures,
            values.reshape(len(metrics), n_points, n_options, -1),
            n_design=situations.n_design,
        )
        titles = title_options({option: self.variants[option] for option in spec.options})
        entries = Entries(
            about={
                "title": spec.title,
                "question": spec.question,
                "factors": {name: factor.label or name for name, factor in spec.factors.items()},
                "replicates": int(spec.replicates),
                "situations_left_out": n_left_out,
                "failed_runs": found.n_failed,
                "options_that_act_early": early,
                "seed": self.seed,
                "engine_version": __version__,
            },
            options=tuple(
                {"name": name, "title": BASE_TITLE if name == BASE else titles[name]} for name in spec.options
            ),
            metrics=metrics,
            streams=features.streams,
            kinds=features.kinds,
            edges_s=features.edges_s,
            design=design,
            held_back=held_back,
        )
        return entries.with_about(quality=measure_quality(entries))
