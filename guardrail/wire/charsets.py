"""Charsets of pages that aren't in UTF-8: the old ones of one byte a character, and no others.

In all of them ASCII means ASCII, so that tags are where they seem to be, and each character is one
byte that it alone is written as: what isn't edited leaves as it came. Pages of Kazakhstan are still
found in windows-1251, and its own standard is KZ-1048.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from guardrail.wire.media_types import MediaType

_BOM = b"\xef\xbb\xbf"
_LOOKED_AT = 1_024
"""Octets in which browsers look for what a page says of its charset (WHATWG HTML 13.2.3.2)."""
_SAID = re.compile(
    rb"<meta\s[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{1,40})",
    re.IGNORECASE,
)

CHARSETS: Mapping[str, str] = MappingProxyType(
    {
        **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
        **{f"cp{number}": f"cp{number}" for number in range(1250, 1259)},
        **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 7, 10, 13, 14, 15)},
        # Browsers take these for more than they are (WHATWG Encoding 4.2).
        **dict.fromkeys(("us-ascii", "ascii", "iso-8859-1", "latin1"), "cp1252"),
        "iso-8859-9": "cp1254",
        **dict.fromkeys(("kz-1048", "kz1048", "rk1048", "strk1048-2002"), "kz1048"),
        **{name: name for name in ("koi8-r", "koi8-u")},
        **dict.fromkeys(("ibm866", "cp866"), "cp866"),
        "x-mac-cyrillic": "mac-cyrillic",
    }
)
"""What pages call a charset → Python's codec."""


def page_codec(media: MediaType, page: bytes) -> str:
    """Return the codec that reads a page in one of `CHARSETS`; empty for UTF-8, and for others.

    Its header goes before what it says of itself, as in browsers; a mark of the byte order goes
    before both. What says only of itself that it is in such a charset, and is UTF-8, is read as
    that: so programs do.
    """
    if page.startswith(_BOM):
        return ""
    stated = media.parameters.get("charset", "").lower()
    codec = CHARSETS.get(stated or _said_in(page), "")
    if not codec or (not stated and not page.isascii() and _is_in(page, "utf-8")):
        return ""
    return codec if _is_in(page, codec) else ""


def _said_in(page: bytes) -> str:
    found = _SAID.search(page[:_LOOKED_AT])
    return found[1].decode("ascii").lower() if found else ""


def _is_in(page: bytes, codec: str) -> bool:
    try:
        page.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
