"""What the guard costs, measured against the same upstream without it. Ratios, never times."""
