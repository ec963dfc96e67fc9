"""Tell people that an AI answers, and mark for machines what it made.

Words for people come from policy packs as notices; marks are made and read back here.
"""

from guardrail.disclose.label import MARKS, Mark, headers, label, origin
from guardrail.disclose.notice import (
    accept_language,
    first_turn,
    language_of,
    notice_header,
    order_languages,
    render,
    together,
)
from guardrail.disclose.signature import LabelSigner, Signed, Texts, hash_of, hash_of_octets
from guardrail.disclose.verify import read_label, read_member, read_notice, read_signed

__all__ = [
    "MARKS",
    "LabelSigner",
    "Mark",
    "Signed",
    "Texts",
    "accept_language",
    "first_turn",
    "hash_of",
    "hash_of_octets",
    "headers",
    "label",
    "language_of",
    "notice_header",
    "order_languages",
    "origin",
    "read_label",
    "read_member",
    "read_notice",
    "read_signed",
    "render",
    "together",
]
