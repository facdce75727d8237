"""The commander: watches what has happened and orders each intervention when its trigger holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from impetus_sim.response.base import Intervention


class Commander:
    """Decides at fixed intervals; the engine gives it a body as an agent of the city model.

    Parameters
    ----------
    interventions
        By name.
    ticks_of
        From seconds to ticks.
    began_at
        From a hazard's name to (tick, event) of its beginning, or None.
    is_ordered, order
        Ask whether an intervention has been ordered; order one, with the events that made it necessary.
    """

    name = "commander"

    def __init__(
        self,
        interventions: Mapping[str, Intervention],
        *,
        ticks_of: Callable[[float], int],
        began_at: Callable[[str], tuple[int, int] | None],
        is_ordered: Callable[[str], bool],
        order: Callable[[str, tuple[int, ...]], None],
    ) -> None:
        self._interventions = dict(sorted(interventions.items()))
        self._ticks_of, self._began_at = ticks_of, began_at
        self._is_ordered, self._order = is_ordered, order

    def decide(self, tick: int) -> None:
        """Order every intervention whose trigger holds."""
        for name, intervention in self._interventions.items():
            if self._is_ordered(name):
                continue
            spec = intervention.spec
            if spec.at_time is not None:
                if tick >= self._ticks_of(spec.at_time + spec.delay):
                    self._order(name, ())
            elif spec.after is not None and (began := self._began_at(spec.after)) is not None:
                begun, event = began
                if tick >= begun + self._ticks_of(spec.delay):
                    self._order(name, (event,))
