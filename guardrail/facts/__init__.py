"""The vocabulary that joins the rooms: frozen values, no behaviour beyond looking at them.

This package imports nothing of ours but `guardrail.errors`.
"""

from guardrail.facts.decision import (
    STRICTNESS,
    Action,
    Decision,
    Duty,
    Edit,
    Hit,
    Label,
    Notice,
    Origin,
    Refusal,
    strictest,
)
from guardrail.facts.exchange import (
    Author,
    Direction,
    Exchange,
    Headers,
    Kind,
    Opaque,
    Place,
    RawReply,
    RawRequest,
    Reply,
    Segment,
)
from guardrail.facts.finding import Category, Consent, Finding, Found, Standing, Tier
from guardrail.facts.media import HOLDS_MEDIA, Box, Inspected, Seen, Verdict
from guardrail.facts.usage import NO_USAGE, Usage

__all__ = [
    "HOLDS_MEDIA",
    "NO_USAGE",
    "STRICTNESS",
    "Action",
    "Author",
    "Box",
    "Category",
    "Consent",
    "Decision",
    "Direction",
    "Duty",
    "Edit",
    "Exchange",
    "Finding",
    "Found",
    "Headers",
    "Hit",
    "Inspected",
    "Kind",
    "Label",
    "Notice",
    "Opaque",
    "Origin",
    "Place",
    "RawReply",
    "RawRequest",
    "Refusal",
    "Reply",
    "Seen",
    "Segment",
    "Standing",
    "Tier",
    "Usage",
    "Verdict",
    "strictest",
]
