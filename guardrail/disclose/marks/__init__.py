"""Machine-readable labels in files: written into each medium's own place, and read back.

`write` gives `Marked` or `Unmarked`: where a medium can't be marked, give a `sidecar` with it. A
mark is a claim that anybody can write or remove; only a signed manifest over it is more.
"""

from guardrail.disclose.marks.claim import Claim, Details, claim
from guardrail.disclose.marks.found import Found, Layer, Marked, Unmarkable, Unmarked
from guardrail.disclose.marks.media import MEDIA, read, write
from guardrail.disclose.marks.sniff import sniff
from guardrail.disclose.marks.structured import read_sidecar, sidecar

__all__ = [
    "MEDIA",
    "Claim",
    "Details",
    "Found",
    "Layer",
    "Marked",
    "Unmarkable",
    "Unmarked",
    "claim",
    "read",
    "read_sidecar",
    "sidecar",
    "sniff",
    "write",
]
