"""Playbooks at work: started by decisions, carried out step by step by the rooms that own the steps.

Belongs here: when a step is due, what it sets going, and what became of it. Who decides is `response.control_room`;
the bundled texts are in `bundled/playbooks`.
"""
