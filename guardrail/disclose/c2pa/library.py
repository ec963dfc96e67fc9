"""The one door to c2pa-python: loaded when it is first needed, set up without a network.

A guard without the extra ``labels`` runs without it.
"""

from __future__ import annotations

import os
from functools import lru_cache
from types import ModuleType

from guardrail.disclose.c2pa.certificates import USAGES
from guardrail.errors import ConfigError

MAX_BYTES = 256 << 20
"""Of a file that is signed or read: hashing takes about a second for it."""
_MAX_MANIFEST_MB = 16


class Unsigned(Exception):  # noqa: N818 - it is a verdict, not an error
    """A medium can't be signed. `reason` is a slug, as ``unsupported_format``."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason


@lru_cache(maxsize=1)
def library() -> ModuleType:
    """Import c2pa-python.

    Raises:
        ConfigError: It isn't installed.
    """
    try:
        import c2pa  # noqa: PLC0415 - 23 MB that only labels of media need
    except ImportError as error:
        raise ConfigError(
            "Signing media needs c2pa-python, which isn't installed.",
            code="labels_not_installed",
            fix="pip install 'guardrail-gateway[labels]'",
        ) from error
    found: ModuleType = c2pa
    return found


def elsewhere(error: Exception) -> bool:
    """Tell whether an error of the library says that the mark isn't in the file, but named there.

    Version 0.38 has a class for it and doesn't use it.
    """
    return isinstance(error, library().C2paError.RemoteManifest) or str(error).startswith("Remote")


def settings(anchors: bytes) -> dict[str, object]:
    """Return the library's settings: no network, no thumbnails, everything signed is read back.

    Args:
        anchors: PEM of the roots that are trusted; empty: none is.
    """
    return {
        "core": {
            "allowed_network_hosts": [],
            "max_decompressed_manifest_size_in_mb": _MAX_MANIFEST_MB,
        },
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {
            "verify_after_sign": True,
            "verify_trust": bool(anchors),
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "trust": {"trust_config": "\n".join(USAGES)}
        | ({"trust_anchors": anchors.decode("ascii", "replace")} if anchors else {}),
    }


def context(anchors: bytes) -> object:
    """Return this process's context for `anchors`, made once: a fork makes its own."""
    return _context(anchors, os.getpid())


@lru_cache(maxsize=4)
def _context(anchors: bytes, _process: int) -> object:
    lib = library()
    return lib.Context(lib.Settings.from_dict(settings(anchors)))
