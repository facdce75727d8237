"""Compiled code of the world's fields: concentrations of puffs at points."""
