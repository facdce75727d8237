"""Scenario files: text to frozen, typed specs, with every error at once and where it stands.

Belongs here: reading YAML with line and column, extending and overriding, units, distributions, the typed
model of every section, cross-references, the resolved text and its digest, the editor schema, the starter.
Does not belong here: what a hazard, an intervention or a walking model does (their specs live with the
parts and are looked up through the registry), arrays of people, and anything that needs a clock.
"""
