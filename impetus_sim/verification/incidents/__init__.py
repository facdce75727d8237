"""Replays of real incidents against the published figures, by order of magnitude; docs/incidents.md."""
