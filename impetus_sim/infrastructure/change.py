"""What happens inside an infrastructure at an instant, and what led to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

MAX_KIND_LENGTH: Final = 32
MAX_SUBJECT_LENGTH: Final = 64
NO_CAUSE: Final = -1


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that happened to an asset or a branch; the engine makes an event of the world from it.

    Parameters
    ----------
    at_us
        When, integer microseconds since the start of the run.
    kind
        Kind of event in snake_case, such as ``breaker_tripped`` or ``battery_empty``, at most 32 characters.
    subject
        Id of the asset or branch, at most 64 characters.
    cause
        Id of the event of the world that led to it; -1 when there is none, or when `cause_in_batch` names it.
    cause_in_batch
        Index of an earlier change of the same list that led to it; -1 when there is none. It goes before `cause`.
    data
        Further facts: plain numbers, truth values and texts.

    Raises
    ------
    ValueError
        When kind or subject is empty or too long: events of the world hold them in columns of fixed width.
    """

    at_us: int
    kind: str
    subject: str
    cause: int = NO_CAUSE
    cause_in_batch: int = NO_CAUSE
    data: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < len(self.kind) <= MAX_KIND_LENGTH:
            raise ValueError(f"kind '{self.kind}' of a change: 1 to {MAX_KIND_LENGTH} characters")
        if not 0 < len(self.subject) <= MAX_SUBJECT_LENGTH:
            raise ValueError(f"subject '{self.subject}' of a change: 1 to {MAX_SUBJECT_LENGTH} characters")

    def after(self, index: int) -> Change:
        """Return the same change, caused by the change at `index` of the list in which it stands."""
        return replace(self, cause=NO_CAUSE, cause_in_batch=index)


def concatenate(first: list[Change], second: list[Change]) -> list[Change]:
    """Return two lists of changes as one; indices of causes within `second` move along with it."""
    shift = len(first)
    return first + [
        replace(change, cause_in_batch=change.cause_in_batch + shift)
        if change.cause_in_batch >= 0
        else change
        for change in second
    ]
