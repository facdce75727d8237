"""At which strength of a hazard an asset fails: lognormal curves with their sources.

Belongs here: curves and draws. How strong a hazard is at a place is said by the hazard; repair follows in
`infrastructure.repair`.
"""
