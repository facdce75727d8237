"""Water supply: the EPANET toolkit where there is a network file, zones and tanks where there is none."""
