"""How well and how fast personal data in text is found."""
