"""How good detectors are: the measures of practice, and of the BATADAL competition."""
