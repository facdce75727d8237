"""Detectors of a shift beside those of other libraries, on the same readings."""
