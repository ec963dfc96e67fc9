"""The address of a manifest that goes beside its medium, as the reply's head names it (C2PA).

A page names it in its own head, too, so the address is known before the manifest is.
"""

from __future__ import annotations

import re
from urllib.parse import quote

MANIFESTS = "/.well-known/guardrail/m/"
"""Below it are manifests of what has no place for one, by the UUID of their label."""


_MOST_HEAD = 64 << 10
"""Bytes of a page in which its link is looked for."""
_IN_A_PAGE = re.compile(
    rb'<link rel="c2pa-manifest" type="application/c2pa" href="[^"<>]{0,2000}?'
    rb"/\.well-known/guardrail/m/"
    rb'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.c2pa">'
)
"""As labels of pages have it."""


def uuid_of(label_id: str) -> str:
    """Return the UUID in a label's id."""
    return label_id.removeprefix("urn:uuid:")


def address(label_id: str, prefix: str = "") -> str:
    """Return where a manifest is: the path of a URL, in ASCII; arguments as for `link`."""
    return quote(f"{prefix}{MANIFESTS}{uuid_of(label_id)}.c2pa")


def link(label_id: str, prefix: str = "") -> tuple[bytes, bytes]:
    """Return the header field (RFC 8288) that leads to a manifest.

    Args:
        label_id: of the label that the manifest speaks of.
        prefix: stands before `MANIFESTS`, where these aren't served at the root.
    """
    return b"link", f'<{address(label_id, prefix)}>; rel="c2pa-manifest"'.encode()


def named_in(page: bytes) -> str:
    """Return the UUID of the manifest that a page which a guard has labelled names; empty for none.

    Nothing is fetched by it: whose guard that was, only the manifest can say.
    """
    found = _IN_A_PAGE.search(page, 0, _MOST_HEAD)
    return found[1].decode() if found else ""
