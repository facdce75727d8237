"""Speed of attack episodes beside mal-simulator."""
