"""``impetus explain RUN.h5 --without NAME``: what a cause was worth, by the run without it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from impetus_sim.analysis.counterfactual import Difference, HarmDifference, Told
    from impetus_sim.planning.counterfactual import Counterfactual
    from impetus_sim.recording.reader import Recording

_MOST_LINES = 25


def show_counterfactual(recording: Recording, cause: str, *, as_json: bool) -> None:
    """Run without the cause and print what differs."""
    from impetus_sim.cli.progress import RunProgress
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.planning.counterfactual import run_without

    with RunProgress(quiet=as_json) as progress:
        warm_up(progress.say)
        found = run_without(recording, cause, progress=progress)
    if as_json:
        click.echo(json.dumps(_to_document(cause, found), ensure_ascii=False))
        return
    click.echo("\n".join(_lines(cause, found)))


def _lines(cause: str, found: Counterfactual) -> list[str]:
    lines = [
        f"Without {cause} ({', '.join(found.removed)} taken out; same seed):",
        *_harm_lines(found.harm),
        "",
        f"What {cause} led to, and what of it comes without:",
        *(_story_line(told) for told in found.story),
        "  and so to the harm above",
        "",
    ]
    gone = [d for d in found.differences if d.n_without == 0]
    new = [d for d in found.differences if d.n_with == 0]
    moved = [d for d in found.differences if d.n_with and d.n_without]
    for heading, group in (
        ("does not happen", gone),
        ("happens at another time", moved),
        ("happens that did not", new),
    ):
        if group:
            lines.append(f"{heading} ({len(group)}):")
            lines += [_line(d) for d in group[:_MOST_LINES]]
            if len(group) > _MOST_LINES:
                lines.append(f"  and {len(group) - _MOST_LINES} more; --json has all")
    lines.append("One run of each: compare with a variant without it tells how sure this is.")
    return lines


def _harm_lines(harm: tuple[HarmDifference, ...]) -> list[str]:
    changed = [d for d in harm if d.change or (d.change is None and d.with_cause)]
    if not changed:
        return ["  no measure of harm changes"]
    return [
        f"  {d.label}: {_number(d.with_cause)} -> {_number(d.without_cause)} {d.unit}".rstrip()
        for d in changed
    ]


def _story_line(told: Told) -> str:
    from impetus_sim.analysis.cause_words import describe_step

    if told.delay_s is None:
        against = "not without it"
    elif told.delay_s == 0.0:
        against = "the same without it"
    else:
        against = f"{abs(told.delay_s):.1f} s {'later' if told.delay_s > 0.0 else 'sooner'} than without it"
    return f"  {told.step.first_s:8.1f} s  {describe_step(told.step)}: {against}"


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:,.4g}".replace(",", " ")


def _line(d: Difference) -> str:
    what = f"{d.kind} {d.subject}".strip()
    if d.delay_s is not None:
        word = "earlier" if d.delay_s > 0.0 else "later"
        return f"  {d.with_s:8.2f} s -> {d.without_s:8.2f} s  {what} ({abs(d.delay_s):.2f} s {word})"
    at, n = (d.with_s, d.n_with) if d.with_s is not None else (d.without_s, d.n_without)
    times = f", {n} times" if n > 1 else ""
    return f"  {at:8.2f} s  {what}{times}"


def _to_document(cause: str, found: Counterfactual) -> dict[str, Any]:
    return {
        "without": cause,
        "removed": list(found.removed),
        "harm": [{**asdict(d), "change": d.change} for d in found.harm],
        "story": [{**asdict(told.step), "delay_s": told.delay_s} for told in found.story],
        "events": [{**asdict(d), "delay_s": d.delay_s} for d in found.differences],
        "digest": str(found.without.summary["digest"]),
    }
