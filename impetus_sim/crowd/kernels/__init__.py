"""Compiled code of the crowd: desired direction, velocity models, moving with walls, placing people."""
