"""`impetus report`: the brief of a study, a plan, an experiment or a run as one HTML file or as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.report.brief.content import Brief


@click.command(name="report")
@click.argument("source", type=click.Path(path_type=Path), metavar="RUN_OR_DIR")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="BRIEF")
@click.option(
    "--sensitivity",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="An experiment on the same question: what would change the answer of a comparison.",
)
def report_command(source: Path, output: Path, sensitivity: Path | None) -> None:
    """Write the brief of a study folder (compare, plan, experiment), or of one recording.

    BRIEF ends in .html (a single file that needs no network) or in .pdf (tagged, A4). Both say the same.

    \b
    Examples:
      impetus report study/ -o brief.pdf
      impetus report study/ --sensitivity experiment/ -o brief.html
    """
    from impetus_sim.cli.animate import require_folder
    from impetus_sim.report.brief.write import require_suffix, write_brief

    require_suffix(output)
    require_folder(output)
    is_folder = source.is_dir() and not source.name.endswith(".parts")
    brief = _build_of_folder(source, sensitivity) if is_folder else _build_of_run(source, sensitivity)
    click.echo(f"brief: {write_brief(brief, output)}")


def _build_of_run(source: Path, sensitivity: Path | None) -> Brief:
    from impetus_sim.recording.reader import open_recording
    from impetus_sim.report.brief.run import build_run_brief

    _refuse(sensitivity, "a single run")
    return build_run_brief(open_recording(source))


def _build_of_folder(source: Path, sensitivity: Path | None) -> Brief:
    from impetus_sim.planning.comparison.study import Study
    from impetus_sim.report.brief.experiment import build_experiment_brief
    from impetus_sim.report.brief.plan import build_plan_brief
    from impetus_sim.report.brief.study import build_study_brief
    from impetus_sim.report.provenance import read_folder_provenance

    if (source / "plan.json").is_file():
        _refuse(sensitivity, "a plan")
        return build_plan_brief(source)
    if (source / "experiment.json").is_file():
        _refuse(sensitivity, "an experiment")
        return build_experiment_brief(_load_experiment(source), read_folder_provenance(source / "scenarios"))
    document = None if sensitivity is None else _load_experiment(sensitivity)
    return build_study_brief(Study.load(source).content(), sensitivity=document)


def _load_experiment(folder: Path) -> dict[str, Any]:
    from impetus_sim.planning.experiments.experiment import ExperimentResult

    return ExperimentResult.load(folder).document


def _refuse(sensitivity: Path | None, what: str) -> None:
    if sensitivity is not None:
        raise InvalidInputError(
            f"--sensitivity goes with a comparison, and the source is {what}", hint="leave it out"
        )
