"""Made-up texts that the detector is judged on: own templates, own names, own numbers.

Nothing here may be used in training: figures taken on what was trained on are worth nothing.
"""
