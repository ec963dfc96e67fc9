"""Looks at what people, system prompts and tools ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from guardrail.detect.intent.asks import Ask, asks_of
from guardrail.detect.intent.injection import evasions
from guardrail.detect.intent.minors import of_minors
from guardrail.detect.intent.reading import Reader, Reading, shipped
from guardrail.detect.intent.reply_keys import uses_in_reply
from guardrail.detect.intent.shown import USES as SHOWN
from guardrail.detect.intent.shown import mentions_a_person
from guardrail.detect.memo import Memo
from guardrail.facts import Category, Finding, Kind, Segment, Tier

VERSION = "IntentDetector@3"

LOW = 0.01
"""Scores below aren't told of."""

BESIDE = 0.5
"""What another use of the same text scores at the least to be told of, as a share of the first."""

CSAM = "CSAM"

OF_SHOWN = "intent, of somebody shown"
"""The reason of what is asked only if somebody is to be seen or heard in the media beside it."""

ALLOWED = 0.5
"""How likely a text is about protection or the law for words alone to tell nothing."""


class IntentDetector:
    """Finds prohibited uses in the segments of a request. Safe to share between threads."""

    def __init__(
        self, memo_key: bytes = b"", reader: Reader | None = None, *, embedded: bool = True
    ) -> None:
        """Read no weights yet.

        Args:
            memo_key: for digests of remembered texts, up to 64 bytes.
            reader: reads texts; by default what ships.
            embedded: whether what ships reads with sentence embeddings, too.
        """
        self._key = memo_key
        self._own = reader
        self._embedded = embedded
        self._memo: Memo[tuple[Finding, ...]] = Memo()

    @property
    def _reader(self) -> Reader:
        return self._own or shipped(embedded=self._embedded)

    def load(self) -> None:
        """Read all weights now, a second or two, rather than at the first request.

        Raises:
            ConfigError: other embeddings are installed than those measured.
        """
        _ = self._reader

    @property
    def version(self) -> str:
        """Who finds: `VERSION`, and behind a plus sign the embeddings that read, too."""
        return "+".join((VERSION, *self._reader.others))

    @property
    def digest(self) -> str:
        """SHA-256 of all weights and thresholds, those of embeddings too, in hexadecimal digits."""
        return self._reader.digest

    def examine(
        self, segments: Sequence[Segment], *, with_media: bool = False
    ) -> tuple[Finding, ...]:
        """Return the uses that are asked for, one finding each; texts seen before are free.

        Args:
            segments: of one request.
            with_media: whether pictures or sound come along: then "who is this?" says more.
        """
        best: dict[str, Finding] = {}
        for ask in asks_of(segments):
            beside = with_media and not ask.joined
            for finding in self._remembered(ask, with_media=beside):
                known = best.get(finding.entity)
                if known is None or known.score < finding.score:
                    best[finding.entity] = replace(finding, segment=ask.segment)
        return tuple(best.values())

    def scores(
        self, text: str, *, kind: Kind = Kind.TEXT, with_media: bool = False
    ) -> Mapping[str, float]:
        """Return how likely `text` asks for each use, low scores included, the highest first.

        Args:
            text: what a person, a system prompt or the definition of a tool says.
            kind: what it is for; what tools return asks for nothing.
            with_media: whether pictures or sound come along.
        """
        if kind in {Kind.TOOL_RESULT, Kind.METADATA, Kind.NAME}:
            return {}
        reading = self._reader.read(text, with_media=with_media, gated=False)
        told = self._with_minors(text, reading)
        order = sorted(told, key=lambda use: -told[use])
        return {use: told[use] for use in order if told[use] >= LOW}

    def reply_uses(
        self,
        segments: Sequence[Segment],
        documents: Sequence[Segment] = (),
        tree: object = None,
    ) -> tuple[Finding, ...]:
        """Return the uses that a reply shows by the keys of the data in it, one finding each.

        See `uses_in_reply`.
        """
        return uses_in_reply(segments, documents, tree)

    def _remembered(self, ask: Ask, *, with_media: bool) -> tuple[Finding, ...]:
        said = f"{with_media} {ask.joined} {ask.end} {ask.text}".encode("utf-8", "surrogatepass")
        digest = blake2b(said, key=self._key, digest_size=16).digest()
        found = self._memo.get(digest)
        if found is None:
            found = (*self._uses(ask, with_media=with_media), *self._evasions(ask))
            self._memo.put(digest, found)
        return found

    def _uses(self, ask: Ask, *, with_media: bool) -> Iterator[Finding]:
        reading = self._reader.read(ask.text)
        alone = told = self._with_minors(ask.text, reading)
        if with_media and mentions_a_person(ask.text):
            beside = self._reader.read(ask.text, with_media=True)
            more = {use: score for use, score in beside.scores.items() if use in SHOWN}
            if max(more.values(), default=0.0) > max(told.values(), default=0.0):
                reading, told = beside, {**told, **more}
        first = max(told.values(), default=0.0)
        for use, score in told.items():
            if score >= self._reader.suspect and score >= BESIDE * first:
                certain = score >= self._reader.certain
                start, end = (0, ask.end) if ask.joined else (reading.start, reading.end)
                yield self._finding(
                    ask,
                    use,
                    score,
                    tier=Tier.CERTAIN if certain else Tier.SUSPECT,
                    span=(start, end) if end > start else (0, ask.end),
                    reason="intent" if alone.get(use, 0.0) >= self._reader.suspect else OF_SHOWN,
                )

    def _with_minors(self, text: str, reading: Reading) -> Mapping[str, float]:
        surely = of_minors(text)
        asked = reading.scores.get("INTIMATE_IMAGERY", 0.0) >= self._reader.suspect
        if not surely or (reading.allowed >= ALLOWED and not asked):
            return reading.scores
        return {**reading.scores, CSAM: 0.99 if asked else max(surely, self._reader.suspect)}

    def _evasions(self, ask: Ask) -> Iterator[Finding]:
        for one in evasions(ask.text):
            span = (0, ask.end) if ask.joined else (one.start, one.end)
            yield self._finding(
                ask, one.entity, one.score, tier=one.tier, span=span, reason=one.reason
            )

    def _finding(
        self,
        ask: Ask,
        entity: str,
        score: float,
        *,
        tier: Tier,
        span: tuple[int, int],
        reason: str = "intent",
    ) -> Finding:
        return Finding(
            segment=ask.segment,
            start=span[0],
            end=span[1],
            entity=entity,
            category=Category.PROHIBITED,
            score=round(score, 4),
            recognizer=self.version,
            reason=reason,
            tier=tier,
        )
