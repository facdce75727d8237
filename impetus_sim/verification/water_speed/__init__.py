"""Speed of water networks beside WNTR's EpanetSimulator."""
