"""The control network of a city: how it is attacked, and how it is defended.

Belongs here: control networks as graphs of attack steps with times, attackers and defenders on the clock, and what
an attack surface is made of. An attack is the state that it leaves an asset in, and when: nothing here says how one
is carried out. What assets then do belongs to `infrastructure`.
"""
