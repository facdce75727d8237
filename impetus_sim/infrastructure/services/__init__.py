"""Who needs what of whom: levels of assets as needs are met, buffers run out, and links are lost and found.

Belongs here: the dependency layer. Networks that solve their own supply (power, water, radio) do not.
"""
