"""Words on films: read, drawn on, encoded, and put back among sound that stays as it is."""
