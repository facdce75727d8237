"""The control network of a city: how it is attacked, and how it is defended."""
