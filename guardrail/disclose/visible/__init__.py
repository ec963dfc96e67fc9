"""Labels that people see or hear. Those of media need the extra ``labels``."""

from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

__all__ = ["Bounds", "Labelled", "Unlabelled"]
