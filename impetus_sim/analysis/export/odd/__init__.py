"""The model described by the ODD protocol, generated from the code: parameters, tables, phases, parts.

Source: Grimm et al. (2020), The ODD protocol for describing agent-based and other simulation models: a second
update, Journal of Artificial Societies and Social Simulation 23(2) 7.
"""
