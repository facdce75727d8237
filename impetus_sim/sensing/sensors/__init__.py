"""Kinds of sensors, one file each; the registry finds them (family ``sensors``)."""
