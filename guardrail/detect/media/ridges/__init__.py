"""Skin ridges and irises in pictures: told by statistics of their texture, without a network."""
