"""`impetus explain`: what led to what in a run, from the first cause to the people it reached, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.analysis.causes import Event, Trace
    from impetus_sim.analysis.infrastructure.state_of import AssetState
    from impetus_sim.recording.reader import Recording

_MAX_NAMES = 12


@click.command(name="explain", epilog="Example: impetus explain run.h5 --chain")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN.h5")
@click.option(
    "--chain", is_flag=True, help="Print the steps from cause to harm, then every chain, event by event."
)
@click.option(
    "--asset",
    default="",
    metavar="ID",
    help="Only what led to, and followed from, this subject; of an asset also how it is, and since when.",
)
@click.option(
    "--without",
    default="",
    metavar="NAME",
    help="Run again, same seed, without this hazard, attacker or intervention, and tell what it was worth.",
)
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PNG",
    help="Draw the steps from cause to harm.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def explain_command(
    run: Path, *, chain: bool, asset: str, without: str, path: Path | None, as_json: bool
) -> None:
    """Print cause chains: the attack, what followed from it, and the people it made aware."""
    from impetus_sim.analysis.causes import read_trace
    from impetus_sim.analysis.infrastructure.state_of import asset_ids, read_asset_state
    from impetus_sim.recording.reader import open_recording

    recording = open_recording(run)
    trace = read_trace(recording)
    if path is not None:
        _draw(recording, trace, path)
    if without:
        from impetus_sim.cli.explain_without import show_counterfactual

        show_counterfactual(recording, without, as_json=as_json)
        return
    state = None
    if asset in asset_ids(recording):
        state = read_asset_state(recording, asset)
        found = _about(trace, state)
        lines = [*state.lines, *(_explain_subject(trace, found) if found else ["  nothing happened to it"])]
    elif asset:
        found = _find(trace, asset)
        lines = _explain_subject(trace, found)
    else:
        found = trace.roots
        lines = _explain_all(trace) if chain else _summarise(trace)
    if as_json:
        document = _to_document(trace, found)
        if state is not None:
            document["asset"] = asdict(state)
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo("\n".join(lines))


def _draw(recording: Recording, trace: Trace, path: Path) -> None:
    from impetus_sim.analysis.cause_graph import build_cause_graph
    from impetus_sim.engine.branch import read_scenario
    from impetus_sim.report.cause_picture import save_cause_picture

    title = read_scenario(recording).title
    save_cause_picture(build_cause_graph(trace), path, title=title)
    click.echo(f"wrote {path}", err=True)


def _about(trace: Trace, state: AssetState) -> list[Event]:
    # What the level follows from while that is not all, or else the last thing that happened to the asset.
    if state.level < 1.0 and state.cause in trace.events:
        return [trace.events[state.cause]]
    return [event for event in trace.events.values() if event.subject == state.id][-1:]


def _find(trace: Trace, asset: str) -> list[Event]:
    found = trace.find(asset)
    if found:
        return found
    import difflib

    subjects = sorted({event.subject for event in trace.events.values() if event.subject})
    near = difflib.get_close_matches(asset, subjects, n=3) or subjects[:_MAX_NAMES]
    raise InvalidInputError(
        f"no event of this run is about '{asset}'",
        hint=f"subjects: {', '.join(near)}" if near else "this run has no events with a subject",
    )


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _summarise(trace: Trace) -> list[str]:
    from impetus_sim.analysis.causes import count_people, format_event

    if not len(trace):
        return ["Nothing happened in this run that has a cause or an effect: it has no events."]
    lines = [f"{_count(len(trace), 'event')} from {_count(len(trace.roots), 'first cause')}:"]
    for root in trace.roots:
        reached = trace.reach(root)
        aware = count_people(trace.count_aware(reached))
        lines.append(format_event(root))
        lines.append(f"            led to {_count(len(reached) - 1, 'more event')} and made {aware} aware")
    lines.append("By kind: " + ", ".join(f"{kind} {count}" for kind, count in trace.count_kinds().items()))
    lines.append("Add --chain for every step.")
    return lines


def _explain_all(trace: Trace) -> list[str]:
    from impetus_sim.analysis.cause_graph import build_cause_graph
    from impetus_sim.analysis.cause_words import format_cause_graph
    from impetus_sim.analysis.causes import format_chain

    if not len(trace):
        return _summarise(trace)
    lines: list[str] = []
    steps = format_cause_graph(build_cause_graph(trace))
    if steps:
        lines += [
            "In steps, each with those that it came from and the time since (! marks harm):",
            *steps,
            "",
        ]
        lines += ["Event by event:"]
    for root in trace.roots:
        lines += [*format_chain(trace, root), ""]
    return lines[:-1]


def _explain_subject(trace: Trace, found: list[Event]) -> list[str]:
    from impetus_sim.analysis.causes import format_chain, format_event

    lines: list[str] = []
    for event in found:
        before = [cause for cause in trace.origins(event) if cause.id != event.id]
        if before:
            lines.append("because of")
            lines += [f"  {format_event(cause)}" for cause in before]
            lines.append("came")
        lines += [*format_chain(trace, event), ""]
    return lines[:-1]


def _to_document(trace: Trace, found: list[Event]) -> dict[str, Any]:
    ids = {event.id for event in (*trace.origins(*found), *trace.reach(*found))}
    return {
        "events": [
            {
                "id": event.id,
                "t_s": event.t_s,
                "kind": event.kind,
                "subject": event.subject,
                "place": [event.x, event.y] if event.has_place else None,
                "causes": list(event.causes),
                "data": dict(event.data),
                "people_aware": event.n_aware,
            }
            for event in trace.events.values()
            if event.id in ids
        ],
        "roots": [event.id for event in trace.roots if event.id in ids],
    }
