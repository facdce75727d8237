"""Compiled code of the response: the queue of a control room and the laws of who works there.

Belongs here: functions over arrays. What an alert is, and what follows from it, stands in `response.control_room`.
"""
