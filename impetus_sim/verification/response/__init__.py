"""Cases of the response: the queue of control rooms against queueing theory, units against cases solved by hand."""
