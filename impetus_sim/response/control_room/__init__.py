"""Control rooms: operators who judge alerts, keep a picture of incidents, decide, and tell others.

Belongs here: what operators do with alerts and messages. What raises alerts is `detection` (and callers); what a
decision sets going is `response.playbooks`; how long work takes a tired operator is `response.kernels`.
"""
