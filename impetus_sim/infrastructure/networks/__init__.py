"""How abstract networks fall apart: two that need each other node by node, and one whose load moves on.

Belongs here: the published models that flows and needs of a city are compared with. They know no service, no buffer
and no time.
"""
