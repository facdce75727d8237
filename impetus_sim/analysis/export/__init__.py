"""Recordings in the formats that others read; one file for each format, and `impetus_sim.cli.export` for all."""
