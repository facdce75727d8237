"""The section of a run's brief about what the city runs on: what failed, who was without, because of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from impetus_sim.analysis.cause_words import describe_subjects
from impetus_sim.analysis.causes import read_trace
from impetus_sim.analysis.infrastructure.cascade_tree import Branch, build_cascades
from impetus_sim.analysis.infrastructure.recorded import (
    CHANNEL,
    RecordedAssets,
    has_infrastructure,
    read_assets,
)
from impetus_sim.analysis.infrastructure.service_loss import ServiceLoss, compute_service_losses
from impetus_sim.analysis.metric import format_number
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.brief.content import Figure, Twig
from impetus_sim.report.brief.figures import encode
from impetus_sim.report.lacks_picture import plot_lacks
from impetus_sim.report.restoration_picture import plot_restoration
from impetus_sim.world.assets import ASSET_KINDS, WORKS

MOST_DISTRICTS: Final = 12
MOST_CAUSES: Final = 6
NONE: Final = "\N{EN DASH}"
KIND_WORDS: Final = {
    "block": "blocks of buildings",
    "street_lights": "street lighting cabinets",
    "siren": "sirens",
    "sign": "displays",
    "police": "police stations",
}
"""Kinds whose plural is not the kind with an s."""
LOSS_WORDS: Final = {"level_fell": "out or weaker", "mode_changed": "showing what nobody ordered"}


@dataclass(frozen=True, kw_only=True)
class InfrastructureSection:
    """What the section shows; rows are texts, one tuple a row, in the order of the columns of the page."""

    lead: str
    services: tuple[tuple[str, ...], ...]
    failed: tuple[tuple[str, ...], ...]
    page: Figure | None
    curve: Figure | None
    cascades: tuple[Twig, ...]
    n_more_causes: int
    district_services: tuple[str, ...]
    districts: tuple[tuple[str, ...], ...]
    worst: str


def describe_infrastructure(recording: Recording) -> InfrastructureSection | None:
    """Return the section; None for runs without infrastructure, or cut before its first state.

    Figures are drawn in the style that is set (`style.page_style`).
    """
    if not has_infrastructure(recording) or next(recording.series(CHANNEL), None) is None:
        return None
    assets = read_assets(recording)
    losses = compute_service_losses(recording, assets)
    lost = [loss for loss in losses if loss.person_hours > 0.0]
    cascades = build_cascades(read_trace(recording), assets)
    return InfrastructureSection(
        lead=_lead(losses, lost, cascades),
        services=tuple(_service_row(loss) for loss in losses),
        failed=tuple(_failed_rows(assets)),
        page=_draw_page(recording, lost),
        curve=_draw_curve(recording, losses) if lost else None,
        cascades=tuple(_twig(branch) for branch in cascades[:MOST_CAUSES]),
        n_more_causes=max(len(cascades) - MOST_CAUSES, 0),
        district_services=tuple(loss.service for loss in lost),
        districts=tuple(_district_rows(lost)),
        worst=_worst(lost),
    )


def _lead(losses: Sequence[ServiceLoss], lost: Sequence[ServiceLoss], cascades: Sequence[Branch]) -> str:
    if not losses:
        return "The map shows nobody whom these assets supply."
    if not lost:
        *first, last = (loss.service for loss in losses)
        kept = f"{', '.join(first)} or {last}" if first else last
        return f"Nobody was without {kept}." + (" Assets failed all the same." if cascades else "")
    worst = max(lost, key=lambda loss: loss.person_hours)
    most = worst.people * (1.0 - worst.restoration.lowest)
    return (
        f"At worst {style.format_count(most)} of {style.format_count(worst.people)} people were without "
        f"{worst.service}; together {_hours(worst.person_hours)} person-hours."
    )


def _service_row(loss: ServiceLoss) -> tuple[str, ...]:
    if not loss.person_hours > 0.0:
        return (loss.service, style.format_count(loss.people), "nobody", NONE, NONE, NONE)
    found = loss.restoration
    back = f"to {style.format_time(found.back_s)}" if np.isfinite(found.back_s) else "not over at the end"
    return (
        loss.service,
        style.format_count(loss.people),
        style.format_count(loss.people * (1.0 - found.lowest)),
        f"{style.format_time(found.fell_s)} {back}",
        style.format_time(3600.0 * found.lost_h),
        _hours(loss.person_hours),
    )


def _failed_rows(assets: RecordedAssets) -> list[tuple[str, ...]]:
    """Return kind, how many were out at some time of how many, the longest time, those out at the end."""
    rows: list[tuple[str, ...]] = []
    is_out = assets.level < WORKS
    out_s = is_out.T.astype(np.float64) @ assets.spans_s
    for kind in ASSET_KINDS:
        mine = assets.of_kind(kind)
        n_out = int(is_out[:, mine].any(axis=0).sum())
        if n_out:
            rows.append(
                (
                    _plural(kind),
                    f"{style.format_count(n_out)} of {style.format_count(len(mine))}",
                    style.format_time(float(out_s[mine].max())),
                    style.format_count(int(is_out[-1, mine].sum())),
                )
            )
    return rows


def _plural(kind: str) -> str:
    return KIND_WORDS.get(kind, f"{kind.replace('_', ' ')}s")


def _draw_page(recording: Recording, lost: Sequence[ServiceLoss]) -> Figure | None:
    if not lost:
        return None
    worst = max(lost, key=lambda loss: loss.person_hours)
    where = "" if worst.worst_district is None else f" Most hours a person: {worst.worst_district.name}."
    return encode(
        plot_lacks(recording, of=worst.service),
        alt=f"Map of the people who were without {worst.service}, circles by number, coloured by how long."
        f"{where} {_hours(worst.person_hours)} person-hours in all.",
        caption=f"Who was without {worst.service}, and for how long; crosses are traffic signals that went out.",
    )


def _draw_curve(recording: Recording, losses: Sequence[ServiceLoss]) -> Figure:
    said = "; ".join(f"{loss.service} fell to {100 * loss.restoration.lowest:.0f} %" for loss in losses)
    return encode(
        plot_restoration(losses, credit=str(recording.attributes.get("map_credit", ""))),
        alt=f"Share of people with power, water and phones over time: {said}.",
        caption="Share of people with each service. The filled area, in hours of full service, is the equivalent "
        "outage time: as if everybody had been without for so long.",
    )


def _district_rows(lost: Sequence[ServiceLoss]) -> list[tuple[str, ...]]:
    """Return name, people, and person-hours with hours a person for each service lost, the most hours first."""
    names = [share.name for loss in lost[:1] for share in loss.districts]
    table = {loss.service: {share.name: share for share in loss.districts} for loss in lost}
    hours = {
        name: sum(shares[name].person_hours for shares in table.values() if name in shares) for name in names
    }
    rows = []
    for name in sorted(names, key=lambda name: (-hours[name], name))[:MOST_DISTRICTS]:
        if not hours[name] > 0.0:
            break
        found = [table[loss.service].get(name) for loss in lost]
        people = max(share.people for share in found if share is not None)
        cells = [
            NONE if share is None else f"{_hours(share.person_hours)} ({_each(share.hours_each)})"
            for share in found
        ]
        rows.append((name, style.format_count(people), *cells))
    return rows


def _worst(lost: Sequence[ServiceLoss]) -> str:
    told = []
    for loss in lost:
        if loss.worst_district is not None:
            told.append(f"{loss.service}: {loss.worst_district.name}")
        if loss.worst_group is not None:
            told.append(f"{loss.service}, of the people followed: {loss.worst_group.name.replace('_', ' ')}")
    return "; ".join(told)


def _hours(value: float) -> str:
    return format_number(float(value))


def _each(hours: float) -> str:
    return f"{style.format_time(3600.0 * hours)} a person"


def _twig(branch: Branch) -> Twig:
    n = len(branch.subjects)
    named = _plural(branch.asset_kind) if branch.asset_kind and n > 1 else ""
    who = f"{style.format_count(n)} {named}" if named else describe_subjects(branch.subjects)
    what = LOSS_WORDS.get(branch.kind, branch.kind.replace("_", " "))
    told = f"{who} {what}" if branch.asset_kind else f"{what} ({who})"
    people = f", {style.format_count(branch.people)} people" if branch.is_loss and branch.people else ""
    until = f" to {style.format_time(branch.last_s)}" if round(branch.last_s) > round(branch.first_s) else ""
    return Twig(
        text=f"{style.format_time(branch.first_s)}{until}: {told}{people}",
        is_loss=branch.is_loss,
        twigs=tuple(_twig(below) for below in branch.branches),
    )
