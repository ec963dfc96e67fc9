"""A container with other parts in place of some: for what is to be taken out of its pictures.

Only formats that can be written anew without a byte of what was there: ZIP archives and what is one
inside (Office's formats, OpenDocument, EPUB), and PDF.
"""

from __future__ import annotations

from collections.abc import Callable

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers import zipped_anew
from guardrail.detect.media.containers.embedded import is_zipped

Change = Callable[[bytes], bytes | None]
"""Takes a part as it stands there; returns what stands in its place, None where that stays."""


def rewritten(data: bytes, mime: str, change: Change, budget: Budget) -> bytes:
    """Return a container whose parts went through `change`, without thumbnails of its own.

    Args:
        data: the container.
        mime: what it is by its content, as `sniff` says.
        change: called for each part that may be a medium or hold some.
        budget: bounds on bytes, parts and growth.

    Raises:
        Uninspectable: ``cannot_redact`` for a container that isn't written here, or one of whose
            parts can't be replaced; what its reader says; what `change` raises.
    """
    if is_zipped(mime):
        return zipped_anew.rewritten(data, change, budget)
    if mime == "application/pdf":
        from guardrail.detect.media.containers import pdf_anew  # noqa: PLC0415 - 100 ms, for few

        return pdf_anew.rewritten(data, change, budget)
    raise Uninspectable("cannot_redact")
