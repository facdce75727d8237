"""Networks that a city lives on: power first; assets, what they need, and how they fail and come back.

Belongs here: sectors that solve their own supply, and what they have in common. Attacks on controllers do not.
"""
