"""C2PA marks: signed statements of origin inside of media, or beside them. Extra ``labels``."""

from guardrail.disclose.c2pa.certificates import Credential, development
from guardrail.disclose.c2pa.library import Unsigned
from guardrail.disclose.c2pa.manifest import Generator, Owner
from guardrail.disclose.c2pa.reader import Found, Verified, verify
from guardrail.disclose.c2pa.signer import Parent, Signed, Signer, embeds, sign

__all__ = [
    "Credential",
    "Found",
    "Generator",
    "Owner",
    "Parent",
    "Signed",
    "Signer",
    "Unsigned",
    "Verified",
    "development",
    "embeds",
    "sign",
    "verify",
]
