"""The shells: the only places with sockets, clocks, randomness and awaits.

A shell moves bytes and keeps order; it decides nothing. What is decided comes from the engine.
"""
