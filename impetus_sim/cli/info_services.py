"""What `impetus info` and `impetus run --json` say of power, water and phones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from impetus_sim.recording.reader import Recording


def describe_services(recording: Recording) -> list[dict[str, Any]]:
    """Return each service that people lost or kept: curve, hours, districts and groups; empty without assets."""
    from impetus_sim.analysis.infrastructure.recorded import CHANNEL, has_infrastructure, read_assets
    from impetus_sim.analysis.infrastructure.service_loss import compute_service_losses

    if not has_infrastructure(recording) or next(recording.series(CHANNEL), None) is None:
        return []
    return [loss.to_dict() for loss in compute_service_losses(recording, read_assets(recording))]


def service_rows(services: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return one line for each service, and one for each district and group that was without it."""
    rows: dict[str, str] = {}
    for found in services:
        name = found["service"]
        if not found["person_hours_without"]:
            rows[name] = "nobody without"
            continue
        back = found["back_s"]
        ended = f"all back at {back:.0f} s" if back is not None else "some still without at the end"
        rows[name] = (
            f"{found['person_hours_without']:.4g} person-hours without, {found['equivalent_outage_hours']:.3g} h"
            f" of full service; at worst {100 * found['least_share']:.0f} % had it; from {found['fell_s']:.0f} s,"
            f" {ended}"
        )
        for by in ("district", "group"):
            for share in found[f"by_{by}"]:
                if share["person_hours"] > 0.0:
                    mark = ", worst off" if share["name"] == found[f"worst_{by}"] else ""
                    rows[f"  {name}, {by} {share['name']}"] = (
                        f"{share['person_hours']:.4g} person-hours, {share['hours_each']:.3g} h a person{mark}"
                    )
    return rows
