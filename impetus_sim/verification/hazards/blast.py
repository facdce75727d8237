"""Cases of blasts: the fit against printed values, people against their own law."""

from __future__ import annotations

import numpy as np

from impetus_sim.engine.couplings.blasts import find_severity
from impetus_sim.hazards import blast_law
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.hazards.printed import off_printed
from impetus_sim.world.injuries import Severity

_SWISDAK = "Swisdak (1994), Simplified Kingery airblast calculations"
PRINTED_KPA = {
    0.5: 4887.6,
    1.0: 1353.70,
    2.0: 283.75,
    2.9: 124.49,
    2.9 + 1e-9: 124.42,
    5.0: 43.23,
    10.0: 14.89,
    20.0: 6.102,
    40.0: 2.375,
}
"""Scaled distance to pressure; both sides of the join at 2.9."""
FREE_AIR_KPA = {1.0: 1008.8, 2.0: 207.9, 5.0: 29.24, 10.0: 9.985, 20.0: 4.393}
N_PEOPLE = 200_000


def pressure_table(effort: Effort) -> Measured:
    """Compare pressures in all ranges of the fit."""
    del effort
    found = blast_law.overpressure_kpa(np.array(list(PRINTED_KPA)))
    return off_printed(
        {
            f"Z {z:.10g}": (float(p), printed)
            for (z, printed), p in zip(PRINTED_KPA.items(), found, strict=True)
        }
    )


def published_point(effort: Effort) -> Measured:
    """Compare pressure and impulse of 10 t at 500 m."""
    del effort
    z = blast_law.scaled_distance(np.array([500.0]), 10_000.0)
    return off_printed(
        {
            "pressure": (float(blast_law.overpressure_kpa(z)[0]), 5.05496),
            "impulse": (float(blast_law.impulse_kpa_ms(z, 10_000.0)[0]), 295.88),
        }
    )


def free_air(effort: Effort) -> Measured:
    """Compare the form of Kinney and Graham."""
    del effort
    found = blast_law.kinney_graham_kpa(np.array(list(FREE_AIR_KPA)))
    return off_printed(
        {f"Z {z:g}": (float(p), printed) for (z, printed), p in zip(FREE_AIR_KPA.items(), found, strict=True)}
    )


def halves_of_probits(effort: Effort) -> Measured:
    """Find where probits are one half, by bisection of the chances, and compare with their closed form."""
    del effort
    kpa = np.geomspace(0.5, 2000.0, 400_001)
    long = np.full_like(kpa, 1e12)
    chances = {
        "eardrum": (blast_law.eardrum_chance(kpa), np.exp(17.6 / 1.524) / 1e3),
        "panes, old": (blast_law.pane_chance(kpa, "old"), np.exp(16.97 / 2.12) / 1e3),
        "panes, new": (blast_law.pane_chance(kpa, "new"), np.exp(21.58 / 2.53) / 1e3),
        "death by a long blast": (blast_law.lung_chance(kpa, long), _pressure_at_body(4.2)),
        "lungs hurt by a long blast": (
            blast_law.lung_chance(kpa, long, share_of_lethal=blast_law.LUNGS_HURT),
            _pressure_at_body(4.2 * blast_law.LUNGS_HURT),
        ),
    }
    return off_printed(
        {
            name: (float(kpa[np.searchsorted(chance, 0.5)]), float(half))
            for name, (chance, half) in chances.items()
        }
    )


def _pressure_at_body(scaled: float) -> float:
    # P + 5 P^2 / (2 P + 14 P0) = scaled P0, solved for P: 7 P^2 + (14 - 2 s) P0 P - 14 s P0^2 = 0
    b, c = 14.0 - 2.0 * scaled, -14.0 * scaled
    return blast_law.AMBIENT_KPA * (-b + float(np.sqrt(b * b - 28.0 * c))) / 14.0


def shares_of_people(effort: Effort) -> Measured:
    """Hurt many people at two distances; the shares of severities in standard errors from the law."""
    del effort
    off = {}
    for charge, distance in ((500.0, 11.0), (50.0, 12.0)):
        found = find_severity(
            np.full(N_PEOPLE, distance),
            charge,
            np.random.default_rng(1).random((N_PEOPLE, 4)),
            beside_wall=np.ones(N_PEOPLE, bool),
            panes="old",
            glass_share=0.1,
        )
        for kind, chance in _at_least(charge, distance).items():
            share = float((found >= kind).mean())
            error = np.sqrt(chance * (1.0 - chance) / N_PEOPLE)
            if error > 0.0:
                off[f"{kind.name.lower()} or worse, {charge:g} kg"] = (
                    abs(share - chance) / error,
                    share,
                    chance,
                )
    worst = max(off, key=lambda name: off[name][0])
    z, share, chance = off[worst]
    return Measured(
        value=float(z),
        text=f"{N_PEOPLE} people; farthest {worst}: {share:.4f} for {chance:.4f} ({z:.1f} standard errors)",
    )


def _at_least(charge: float, distance: float) -> dict[Severity, float]:
    """Return the chance of each severity or a worse one, beside a wall."""
    z = blast_law.scaled_distance(np.array([distance]), charge)
    pressure, impulse = blast_law.overpressure_kpa(z), blast_law.impulse_kpa_ms(z, charge)
    lungs = {
        Severity.DELAYED: blast_law.LUNGS_HURT,
        Severity.IMMEDIATE: blast_law.IN_DANGER,
        Severity.DEAD: 1.0,
    }
    chances = {
        kind: float(blast_law.lung_chance(pressure, impulse, share_of_lethal=share)[0])
        for kind, share in lungs.items()
    }
    spared = 1.0 - float(blast_law.eardrum_chance(pressure)[0])
    spared *= 1.0 - 0.1 * float(blast_law.pane_chance(pressure, "old")[0])
    return {Severity.MINOR: 1.0 - (1.0 - chances[Severity.DELAYED]) * spared, **chances}


CASES = (
    Case(
        id="blast-pressure", standard="Kingery-Bulmash", title="Pressure of a charge on the ground",
        source=_SWISDAK, low=0.0, high=1e-3, expected="9 printed values, to 1e-3", run=pressure_table,
    ),
    Case(
        id="blast-published", standard="Kingery-Bulmash", title="10 t of TNT at 500 m: pressure, impulse",
        source="Published calculation: 5.05496 kPa, 295.88 kPa ms", low=0.0, high=1e-3,
        expected="both to 1e-3", run=published_point,
    ),
    Case(
        id="blast-free-air", standard="Kinney-Graham", title="Pressure of a charge in free air",
        source="Kinney and Graham (1985), Explosive shocks in air", low=0.0, high=1e-3,
        expected="5 printed values, to 1e-3", run=free_air,
    ),
    Case(
        id="blast-halves", standard="probit", title="Pressures at which half are hurt",
        source="TNO Green Book (1992), Bowen and others (1968)", low=0.0, high=1e-3,
        expected="closed forms of 5 probits, to 1e-3", run=halves_of_probits,
    ),
    Case(
        id="blast-people", standard="law", title="Severities of many people",
        source="Binomial band of the law, 99.9 %", low=0.0, high=3.29,
        expected="within 3.29 standard errors", run=shares_of_people,
    ),
)  # fmt: skip
"""Cases of this file."""
