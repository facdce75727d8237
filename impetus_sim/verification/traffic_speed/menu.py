"""Cases and sides by the names that the command line gives them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from impetus_sim.errors import InvalidInputError
from impetus_sim.verification.traffic_speed.cases import TrafficCase, build_grid
from impetus_sim.verification.traffic_speed.city_case import build_city
from impetus_sim.verification.traffic_speed.ours import OurSide
from impetus_sim.verification.traffic_speed.outcome import Side
from impetus_sim.verification.traffic_speed.peer_sumo import SumoSide, sumo_version
from impetus_sim.verification.traffic_speed.peer_uxsim import UxsimSide, uxsim_version
from impetus_sim.verification.traffic_speed.tntp_cases import build_chicago, build_sioux_falls


def _tntp_folder() -> Path:
    return Path(os.environ.get("IMPETUS_DATA", "")) / "traffic" / "tntp"


CASES: dict[str, Callable[[], TrafficCase]] = {
    "grid10": lambda: build_grid(10, 10_000, horizon_s=4800.0),
    "grid20": lambda: build_grid(20, 30_000, horizon_s=7200.0),
    "grid20-jam": lambda: build_grid(20, 60_000, horizon_s=14_400.0),
    "grid40": lambda: build_grid(40, 60_000, horizon_s=7200.0),
    "grid60": lambda: build_grid(60, 300_000, horizon_s=36_000.0),
    "sioux-falls": lambda: build_sioux_falls(_tntp_folder()),
    "chicago-sketch": lambda: build_chicago(_tntp_folder()),
    "city": build_city,
}
WITHOUT_PEER = ("grid60", "city")
"""UXsim does not finish these."""
LONG_SAMPLE_S = 60.0


def list_pairs(
    name: str, peers: Sequence[str], *, threads: int, say: Callable[[str], None]
) -> Iterator[tuple[OurSide, Side | None]]:
    """Yield our side of a case beside each peer that is installed and can run it, or alone where there is none."""
    say(f"{name}: network and demand")
    case = CASES[name]()
    is_alone = name in WITHOUT_PEER
    platoon = 1 if case.group is not None or is_alone else case.peer_platoon
    ours = OurSide(
        case, platoon=platoon, threads=threads, sample_s=LONG_SAMPLE_S if is_alone else case.peer_platoon
    )
    found = [] if is_alone else [side for side in (_peer(peer, case, threads, say) for peer in peers) if side]
    for side in found:
        yield ours, side
    if not found:
        yield ours, None


def _peer(name: str, case: TrafficCase, threads: int, say: Callable[[str], None]) -> Side | None:
    is_sumo = name.startswith("sumo")
    if not (sumo_version() if is_sumo else uxsim_version()):
        say(f'{name} is not installed: pip install "impetus_sim[bench]"')
        return None
    if is_sumo and case.group is None:
        say(f"{case.name}: {name} is left out, since its network is written for grids with signals only")
        return None
    match name:
        case "uxsim":
            return UxsimSide(case, platoon=case.peer_platoon, threads=threads)
        case "uxsim-single":
            return UxsimSide(case, platoon=1, threads=threads)
        case "uxsim-python":
            return UxsimSide(case, platoon=case.peer_platoon, is_compiled=False)
        case "sumo-meso" | "sumo-micro":
            return SumoSide(case, is_meso=name == "sumo-meso")
    raise InvalidInputError(f"there is no peer '{name}'")


def warm_up_traffic() -> None:
    """Compile the kernels of traffic by a tiny run, so that no measured one does."""
    OurSide(build_grid(3, 1000, horizon_s=1200.0), sample_s=60.0).prepare()()
