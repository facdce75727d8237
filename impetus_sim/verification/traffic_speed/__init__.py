"""Speed of traffic beside its peers: the same network, demand and fundamental diagram on all sides."""
