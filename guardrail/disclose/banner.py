"""A notice as the banner of a page: words at its beginning, which screen readers read, too.

It is plain text in the page, neither an icon nor drawn by a script, and has no style that a content
security policy could forbid. All that is put in is ASCII, so it is right in any encoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from guardrail.disclose.marks.html import body_begins
from guardrail.facts import Notice

MARK = b"data-guardrail-notice"
"""The attribute by which a banner is known again."""
_BEGIN = b'<aside role="note" ' + MARK + b">"


def banner(notice: Notice, languages: Sequence[str]) -> bytes:
    """Return an ``aside`` with a paragraph for each language; empty for an empty notice.

    Each paragraph says its language (WCAG 2.2, 3.1.2), since a voice reads it by that.
    """
    chosen = [tag for tag in languages if notice.texts.get(tag)]
    tags = chosen or [tag for tag, text in notice.texts.items() if text]
    if not tags:
        return b""
    said = "".join(f'<p lang="{tag}">{escape(notice.texts[tag])}</p>' for tag in tags)
    return b"%b%b</aside>" % (_BEGIN, said.encode("ascii", "xmlcharrefreplace"))


def with_banner(page: bytes, notice: Notice, languages: Sequence[str]) -> bytes:
    """Return a page with the banner behind ``<body …>``.

    The very same bytes return for a piece of a page, which has no body, and for a page that has the
    banner already.
    """
    at = body_begins(page)
    # Only there: words of the page's own may name the attribute, and keep nobody from being told.
    if at is None or page[at:].lstrip().startswith(_BEGIN):
        return page
    return page[:at] + banner(notice, languages) + page[at:]
