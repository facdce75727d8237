"""Compiled code of sensors: keyed draws of counts, and who is in view."""
