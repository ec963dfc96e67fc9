"""Check digits and structures of identifiers: pure functions over strings of ASCII digits."""
