"""What phones ask of a cell, and what signalling and broadcasts can carry, each with its source.

[S] read in the source, [R] recalled from the literature: check the source before a figure is cited.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from impetus_sim.errors import InvalidInputError

MAY_BE_ZERO: Final = ("recall_share", "erlang_per_person", "broadcast_delay_s", "message_share")


@dataclass(frozen=True, kw_only=True)
class PhoneRules:
    """Rules of a phone network.

    Parameters
    ----------
    erlang_per_person
        Calls of a person in the busy hour: 25 mErl, a usual figure of network planning [R].
    call_s
        Mean length of a call, s: 2 min [R].
    recall_share
        Share of failed attempts that are tried again at once: the recall factor of extended Erlang B; 50-70 % in
        emergencies [R].
    signalling_per_line
        Signalling channels for each line: 8 for 29 lines of a cell of four carriers (GSM, one SDCCH/8) [R].
    setup_s, message_s
        How long a call's set-up and a text message hold a signalling channel: about 3 s and 4 s on SDCCH [R].
    message_share
        Share of signalling that messages have at least while some wait; calls have the rest. Networks differ.
    capable_share
        Share of people with a phone that is on, has the service and takes the alert: about 0.9 (NL-Alert, surveys
        of its control messages) [R].
    broadcast_delay_s, broadcast_every_s, broadcast_times
        From the order to the first broadcast, between repetitions, and how many: a cell broadcast reaches a network
        in some ten seconds [S: Wikipedia, Cell Broadcast] and is repeated on its own channel whatever the load [S:
        3GPP TS 23.041]; repetition every 30 s [R].
    broadcast_heard
        Share of capable phones still without the alert that receive one repetition [R].
    """

    erlang_per_person: float = 0.025
    call_s: float = 120.0
    recall_share: float = 0.6
    signalling_per_line: float = 8.0 / 29.0
    setup_s: float = 3.0
    message_s: float = 4.0
    message_share: float = 0.25
    capable_share: float = 0.9
    broadcast_delay_s: float = 10.0
    broadcast_every_s: float = 30.0
    broadcast_times: int = 10
    broadcast_heard: float = 0.8

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            most = 1.0 if field.name.endswith(("_share", "_heard")) else float("inf")
            is_small = value < 0.0 or (value == 0.0 and field.name not in MAY_BE_ZERO)
            if is_small or not value <= most or value == float("inf"):
                raise InvalidInputError(f"rule '{field.name}' of phones is {value}", hint="0 to 1 for shares")
        if self.recall_share == 1.0 or self.message_share == 1.0:
            raise InvalidInputError("recall_share and message_share must be below 1")
