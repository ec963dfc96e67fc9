"""Tell people that an AI answers, and mark for machines what it made.

Words for people come from policy packs as notices; marks are made and read back here.
"""

from guardrail.disclose.label import MARKS, Mark, headers, label
from guardrail.disclose.notice import (
    accept_language,
    first_turn,
    language_of,
    order_languages,
    render,
)
from guardrail.disclose.verify import read_label, read_notice

__all__ = [
    "MARKS",
    "Mark",
    "accept_language",
    "first_turn",
    "headers",
    "label",
    "language_of",
    "order_languages",
    "read_label",
    "read_notice",
    "render",
]
