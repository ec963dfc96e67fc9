"""How the model of intent is made: its sentences, its network, its thresholds."""
