"""Power: networks, DC flow, outages and overload cascades."""
