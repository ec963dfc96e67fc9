"""Made-up fingerprints and what resembles them, and the training of their recognizer."""
