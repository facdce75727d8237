"""Cases of hazards: published equations and tables, one file for each hazard."""
