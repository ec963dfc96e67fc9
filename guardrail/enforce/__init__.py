"""Carry out decisions: hide values, put pseudonyms' values back, refuse.

Nothing here decides, and nothing here touches a message's bytes: `guardrail.wire` applies edits.
"""

from guardrail.enforce.mask import Masker
from guardrail.enforce.refuse import param, refuse, refuse_error
from guardrail.enforce.restore import Restorer

__all__ = ["Masker", "Restorer", "param", "refuse", "refuse_error"]
