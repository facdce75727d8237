"""Speed beside a peer: the same ground, people, model and step in our engine and in JuPedSim."""
