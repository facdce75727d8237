"""Compiled code of the infrastructure sectors."""
