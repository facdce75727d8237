"""One control loop: what is read, who decides, what is commanded."""

from __future__ import annotations

from dataclasses import dataclass

from impetus_sim.errors import InvalidInputError

WHEN_BLIND = ("hold", "low", "high")


@dataclass(frozen=True, kw_only=True)
class Loop:
    """A two-point controller or an operator who does the same by hand.

    Parameters
    ----------
    sensor
        Id of the asset whose telemetry is read, such as a tank.
    controller
        Id of the asset that decides: a cabinet, or a control centre with its operators. Without it (level below one
        half) nothing is decided.
    actuator
        Id of the asset commanded, such as a pump.
    low, high
        At or below `low` the command is `level_at_low`; at or above `high` it is `level_at_high`; between them the
        last one holds.
    period_s
        How often it is read. Polling of outstations over a shared line commonly takes tens of seconds.
    delay_s
        From reading to command: 0 for an automatic controller, minutes for an operator.
    when_blind
        What is done when nothing has been read for `blind_after_s`: ``hold`` the last decision, or act as if the
        reading were ``low`` or ``high``.

    Raises
    ------
    InvalidInputError
        When a number is out of its range.
    """

    sensor: str
    controller: str
    actuator: str
    low: float
    high: float
    level_at_low: float = 1.0
    level_at_high: float = 0.0
    period_s: float = 60.0
    delay_s: float = 0.0
    when_blind: str = "hold"
    blind_after_s: float = 900.0

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise InvalidInputError(
                f"loop of '{self.actuator}': low {self.low} is not below high {self.high}"
            )
        if not (0.0 <= self.level_at_low <= 1.0 and 0.0 <= self.level_at_high <= 1.0):
            raise InvalidInputError(f"loop of '{self.actuator}': levels are between 0 and 1")
        if not (self.period_s > 0.0 and self.delay_s >= 0.0 and self.blind_after_s >= 0.0):
            raise InvalidInputError(f"loop of '{self.actuator}': a period above 0, delays not below 0")
        if self.when_blind not in WHEN_BLIND:
            raise InvalidInputError(
                f"loop of '{self.actuator}': when_blind is '{self.when_blind}'",
                hint=f"one of {', '.join(WHEN_BLIND)}",
            )
