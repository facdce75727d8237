"""Speed of single outages beside lightsim2grid's contingency analysis."""
