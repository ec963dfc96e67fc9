"""Names of people, places and organisations, told by one small network for three languages."""
