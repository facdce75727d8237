"""Blast of a charge on the ground: incident pressure and impulse by distance, and what they do to people and glass.

Pressure P (kPa) and impulse I (kPa ms) at the scaled distance Z = R / W^(1/3) (m/kg^(1/3), W in kg of TNT):

    ln P = sum a_k (ln Z)^k,    ln (I / W^(1/3)) = sum b_k (ln Z)^k

Swisdak (1994), Simplified Kingery airblast calculations, 26th DoD Explosives Safety Seminar: a fit to Kingery and
Bulmash (1984, ARBRL-TR-02555), hemispherical charge, sea level. 10 t at 500 m: 5.055 kPa, 295.9 kPa ms, as
published.

Chances from probits, Phi(Y - 5), P in Pa. Eardrum: Y = -12.6 + 1.524 ln P. Death by lungs: Y = 5 - 5.74 ln S,
S = 4.2 / p + 1.3 / i, with p = (P + Q) / P0, i = I / (P0^(1/2) m^(1/3)), Q = 5 P^2 / (2 P + 14 P0) the dynamic
pressure on somebody who stands, m body mass. Panes: Y = -11.97 + 2.12 ln P (houses before 1975), -16.58 + 2.53 ln P
(later). All from the TNO Green Book (CPR 16E, 1992), recalled, not read anew.

Lungs are hurt from a fifth of the pressure that half survive, at one duration (Bowen, Fletcher and Richmond 1968,
DASA 2113): the law of death with p and i five times as high, its half at 69 kPa (10 psi) for a long blast. That
life is in danger from half of the lethal load on is chosen. The older probit of Eisenberg and others (1975, USCG
CG-D-136-75), -77.1 + 6.91 ln P, leaves duration out, and so says far more than this for charges below some tonnes:
not used.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.hazards.probit import Probit

Floats = npt.NDArray[np.float64]

AMBIENT_KPA: Final = 101.325
PA_PER_KPA: Final = 1e3
BODY_KG: Final = 70.0
"""Mass of a body, chosen for all; of a child of 25 kg the chances are as of an adult at 1.4 times the impulse."""
IN_DANGER: Final = 0.5
LUNGS_HURT: Final = 0.2
"""Shares of the lethal load at which life is in danger, and lungs are hurt."""
NEAREST_Z: Final = 0.2
"""The fit begins here, m/kg^(1/3); who is nearer is taken to be here. It ends at 198.5 (0.25 kPa, which hurts
nobody): its last power law goes on."""

PRESSURE: Final = (
    (2.9, (7.2106, -2.1069, -0.3229, 0.1117, 0.0685)),
    (23.8, (7.5938, -3.0523, 0.40977, 0.0261, -0.01267)),
    (np.inf, (6.0536, -1.4066)),
)
"""Upper end of each range of Z, and its coefficients."""
IMPULSE: Final = (
    (0.96, (5.522, 1.117, 0.6, -0.292, -0.087)),
    (2.38, (5.465, -0.308, -1.464, 1.362, -0.432)),
    (33.7, (5.2749, -0.4677, -0.2499, 0.0588, -0.00554)),
    (np.inf, (5.9825, -1.062)),
)
EARDRUM: Final = Probit(-12.6, 1.524)
PANES: Final = {"old": Probit(-11.97, 2.12), "new": Probit(-16.58, 2.53)}
"""Of broken panes by age of the house: before 1975, later. Doses of these and of eardrums: P in Pa."""
LUNGS: Final = Probit(5.0, -5.74)
"""Of death; dose: S."""


def scaled_distance(distance_m: Floats, charge_kg: float) -> Floats:
    """Return Z, m/kg^(1/3), at least `NEAREST_Z`."""
    return np.maximum(np.asarray(distance_m, np.float64) / np.cbrt(charge_kg), NEAREST_Z)


def overpressure_kpa(z: Floats) -> Floats:
    """Return the peak incident overpressure at scaled distances, kPa, same shape."""
    return _fit(z, PRESSURE)


def impulse_kpa_ms(z: Floats, charge_kg: float) -> Floats:
    """Return the incident impulse at scaled distances, kPa ms, same shape."""
    return np.asarray(_fit(z, IMPULSE) * np.cbrt(charge_kg), np.float64)


def _fit(z: Floats, ranges: tuple[tuple[float, tuple[float, ...]], ...]) -> Floats:
    z = np.asarray(z, np.float64)
    log_z, out = np.log(z), np.zeros_like(z)
    low = 0.0
    for high, coefficients in ranges:
        within = (z > low) & (z <= high)
        out[within] = np.exp(np.polynomial.polynomial.polyval(log_z[within], coefficients))
        low = high
    return out


def kinney_graham_kpa(z: Floats) -> Floats:
    """Return the peak overpressure of a charge in free air, kPa: for comparison.

    Source: Kinney and Graham (1985), Explosive shocks in air, 2nd ed.
    """
    z = np.asarray(z, np.float64)
    falls = (1.0 + (z / 0.048) ** 2) * (1.0 + (z / 0.32) ** 2) * (1.0 + (z / 1.35) ** 2)
    return np.asarray(AMBIENT_KPA * 808.0 * (1.0 + (z / 4.5) ** 2) / np.sqrt(falls), np.float64)


def eardrum_chance(pressure_kpa: Floats) -> Floats:
    """Return the chance of a ruptured eardrum, same shape."""
    return EARDRUM.probability(np.asarray(pressure_kpa) * PA_PER_KPA)


def lung_chance(
    pressure_kpa: Floats, impulse: Floats, *, share_of_lethal: float = 1.0, body_kg: float = BODY_KG
) -> Floats:
    """Return the chance of a harm to the lungs of somebody who stands in the open, same shape.

    Parameters
    ----------
    pressure_kpa, impulse
        Peak incident overpressure, kPa, and impulse, kPa ms, shape (n,).
    share_of_lethal
        The harm comes at this share of the load that kills: 1 death, `IN_DANGER`, `LUNGS_HURT`.
    """
    p = np.maximum(np.asarray(pressure_kpa, np.float64), 1e-9)
    dynamic = 5.0 * p**2 / (2.0 * p + 14.0 * AMBIENT_KPA)
    scaled_p = (p + dynamic) / AMBIENT_KPA
    impulse_pa_s = np.maximum(np.asarray(impulse, np.float64), 1e-9)  # 1 kPa ms is 1 Pa s
    scaled_i = impulse_pa_s / (np.sqrt(AMBIENT_KPA * PA_PER_KPA) * np.cbrt(body_kg))
    load = share_of_lethal * (4.2 / scaled_p + 1.3 / scaled_i)
    return LUNGS.probability(load)


def pane_chance(pressure_kpa: Floats, panes: str) -> Floats:
    """Return the chance that a pane breaks, same shape; `panes` of `PANES`."""
    return PANES[panes].probability(np.asarray(pressure_kpa) * PA_PER_KPA)


def reach_m(pressure_kpa: float, charge_kg: float) -> float:
    """Return the distance within which a pressure is reached, m."""
    near, far = NEAREST_Z, 1e5
    for _ in range(100):
        middle = np.sqrt(near * far)
        if overpressure_kpa(np.array([middle]))[0] >= pressure_kpa:
            near = middle
        else:
            far = middle
    return float(near * np.cbrt(charge_kg))
