"""Films and stills of a recording: what moved, on the map, with clock, counts and what happened."""
