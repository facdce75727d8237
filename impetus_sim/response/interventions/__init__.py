"""Interventions, one file each: what can be done about a threat, with its staff and lead time."""
