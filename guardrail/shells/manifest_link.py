"""The address of a manifest that goes beside its medium, as the reply's head names it (C2PA)."""

from __future__ import annotations

from urllib.parse import quote

MANIFESTS = "/.well-known/guardrail/m/"
"""Below it are manifests of media that have no place for one, by the UUID of their label."""


def uuid_of(label_id: str) -> str:
    """Return the UUID in a label's id."""
    return label_id.removeprefix("urn:uuid:")


def link(label_id: str, prefix: str = "") -> tuple[bytes, bytes]:
    """Return the header field (RFC 8288) that leads to a manifest.

    Args:
        label_id: of the label that the manifest speaks of.
        prefix: stands before `MANIFESTS`, where these aren't served at the root.
    """
    address = f"{prefix}{MANIFESTS}{uuid_of(label_id)}.c2pa"
    return b"link", f'<{quote(address)}>; rel="c2pa-manifest"'.encode()
