"""Phones: cells with coverage and lines, who is with which cell, calls that get through, alerts that arrive."""
