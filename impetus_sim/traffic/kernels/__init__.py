"""Compiled code of the traffic system."""
