"""Consent: records, the tokens that prove them, and what they cover.

Pure: stores keep the records, shells bring the clock and the randomness.
"""

from guardrail.consent.coverage import Terms, coverage
from guardrail.consent.document import SCHEMA_VERSION, document, receipt
from guardrail.consent.draft import ConsentDraft, grant
from guardrail.consent.headers import SUBJECT_HEADER, TOKEN_HEADER, Query, pseudonym, query
from guardrail.consent.persons import normalised, own_digest
from guardrail.consent.printed import receipt_text
from guardrail.consent.record import (
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Method,
    Operator,
    ShownNotice,
    end,
    withdraw,
)
from guardrail.consent.registry import ConsentRegistry
from guardrail.consent.token import (
    Claims,
    Peeked,
    Signer,
    TokenFault,
    TrustedKey,
    issue,
    keyring,
    peek,
    verify,
)

__all__ = [
    "SCHEMA_VERSION",
    "SUBJECT_HEADER",
    "TOKEN_HEADER",
    "Claims",
    "ConsentDraft",
    "ConsentEvent",
    "ConsentRecord",
    "ConsentRegistry",
    "ConsentState",
    "Method",
    "Operator",
    "Peeked",
    "Query",
    "ShownNotice",
    "Signer",
    "Terms",
    "TokenFault",
    "TrustedKey",
    "coverage",
    "document",
    "end",
    "grant",
    "issue",
    "keyring",
    "normalised",
    "own_digest",
    "peek",
    "pseudonym",
    "query",
    "receipt",
    "receipt_text",
    "verify",
    "withdraw",
]
