"""Looks at what people, system prompts and tools ask for."""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.facts import Finding, Segment


class IntentDetector:
    """Finds prohibited uses in the segments of a request."""

    def examine(
        self, segments: Sequence[Segment], *, with_media: bool = False
    ) -> tuple[Finding, ...]:
        """Return the uses that are asked for, one finding each; low scores are left out.

        Args:
            segments: of one request.
            with_media: whether pictures or sound come along: then "who is this?" says more.
        """
        del segments, with_media
        return ()
