"""Names of parts: a format's own are told, those that people gave are numbers."""

from __future__ import annotations

import re

_OWN = re.compile(
    r"(?:(?:word|xl|ppt|visio)/(?:media|embeddings|activeX|charts|drawings|diagrams|theme|fonts)/"
    r"(?:image|audio|video|media|oleObject|package|drawing|activeX|hdphoto|font)[0-9]{0,6}"
    r"|(?:word|xl|ppt)/vbaProject|docProps/thumbnail|Thumbnails/thumbnail)\.[A-Za-z0-9]{1,5}"
)


def named(name: str, number: int) -> str:
    """Return the name of an entry if its format gave it, else ``entry`` and its number."""
    return name if _OWN.fullmatch(name) else f"entry {number}"
