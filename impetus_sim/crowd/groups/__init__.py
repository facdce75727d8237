"""Groups and families: how they are formed, stand together, walk together and look for each other."""
