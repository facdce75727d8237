"""Cases of attack graphs: closed forms of times to compromise, and what a defence must do to them."""
