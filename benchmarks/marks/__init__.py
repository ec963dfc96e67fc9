"""What marks cost, and whether other programs read them."""
