"""``impetus experiment``: a design over the keys of a scenario, and what it says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.computing import choose_computing, computing_options

if TYPE_CHECKING:
    from impetus_sim.planning.experiments.experiment import ExperimentResult


@click.command("experiment")
@click.argument("file", metavar="EXPERIMENT.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path))
@computing_options
@click.option("--resume", is_flag=True, help="Go on where it stopped; it does so in any case.")
@click.option("--dry-run", is_flag=True, help="Only check the file and count the runs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def experiment_command(
    file: Path, *, folder: Path, resume: bool, dry_run: bool, as_json: bool, **computing: Any
) -> None:
    """Run every point of a design over a scenario, with replicates on common random numbers.

    Started again with the same DIR, it goes on where it stopped.

    \b
    Example:
      impetus experiment experiments/warning_delay.yaml -o study
    """
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.planning.experiments.experiment import Experiment
    from impetus_sim.report.experiment_picture import save_experiment_picture

    del resume  # the folder knows what is done
    experiment = Experiment.load(file)
    if dry_run:
        n_points = len(experiment.plan().points)
        count = {"points": n_points, "replicates": int(experiment.spec.replicates)}
        count["runs"] = n_points * count["replicates"]
        text = f"{count['points']} points x {count['replicates']} replicates = {count['runs']} runs"
        click.echo(json.dumps(count) if as_json else text)
        return
    messages = Console(stderr=True)
    with RunBar(messages, what="runs", folder=folder) as progress:
        result = experiment.run(folder, progress=progress, **choose_computing(**computing))
    picture = save_experiment_picture(result.document, result.folder / "experiment.png")
    _show(result, picture=picture, as_json=as_json)


def _show(result: ExperimentResult, *, picture: Path, as_json: bool) -> None:
    from rich.console import Console

    if as_json:
        click.echo(json.dumps({**result.document, "folder": str(result.folder), "picture": str(picture)}))
        return
    console = Console()
    document = result.document
    console.print(
        f"{document['title']}: {document['points']} points, {document['runs']} runs", highlight=False
    )
    for metric in document["metrics"]:
        for table in _tables(document, metric):
            console.print(table)
    if document["failures"] is not None:
        found = document["failures"]
        told = [box["text"] for box in found["boxes"]] or [found["note"]]
        console.print(f"{found['rule']}: {'; '.join(told)}", highlight=False)
    if document["failed"]:
        console.print(f"{document['failed']} runs failed; their errors are in {result.folder / 'runs'}")
    for name, path in {"results": result.folder, "picture": picture}.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)


def _tables(document: dict[str, Any], metric: str) -> list[Any]:
    from rich.table import Table

    from impetus_sim.analysis.metric import label_with_unit

    described = document["metrics"][metric]
    title = label_with_unit(described)
    found = document["sensitivity"].get(metric)
    if found is not None and "note" in found:
        return [f"{title}: no indices, {found['note']}"]
    if found is not None:
        rows = found["factors"]
        indices = [name for name, value in next(iter(rows.values())).items() if isinstance(value, dict)]
        table = Table("factor", *indices, title=f"{title}: {found['method']}")
        for name, row in rows.items():
            cells = [f"{row[index]['value']:.3f} ± {row[index]['half_width']:.3f}" for index in indices]
            table.add_row(document["factors"][name]["label"], *cells)
        return [table]
    table = Table("factor", "value", "mean", "standard error", title=title)
    for name, rows in document["effects"][metric].items():
        for row in rows:
            titles = document["factors"][name].get("titles") or {}
            value = titles.get(str(row["value"]), str(row["value"]))
            table.add_row(document["factors"][name]["label"], value, *_mean_and_error(row, ".4g"))
    differences = document["differences"].get(metric)
    return [table, _difference_table(document, title, differences)] if differences else [table]


def _difference_table(document: dict[str, Any], title: str, differences: dict[str, Any]) -> Any:
    from rich.table import Table

    from impetus_sim.planning.experiments.effects import variant_titles

    titles = variant_titles(document)
    table = Table(
        "what is done", "factor", "value", "difference", "standard error",
        title=f"{title}: paired difference from '{next(iter(titles.values()))}' in the same state",
    )  # fmt: skip
    for variant, found in differences.items():
        rows = [("all", "", found["over_all"])]
        rows += [
            (document["factors"][name]["label"], str(row["value"]), row)
            for name, each in found["factors"].items()
            for row in each
        ]
        for k, (factor, value, row) in enumerate(rows):
            table.add_row("" if k else titles[variant], factor, value, *_mean_and_error(row, "+.3g"))
    return table


def _mean_and_error(row: dict[str, Any], form: str) -> tuple[str, str]:
    mean, error = row["mean"], row["standard_error"]
    return "not defined" if mean is None else f"{mean:{form}}", "" if error is None else f"{error:.2g}"
