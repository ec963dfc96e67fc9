"""The text detector: Presidio's recognizers, run only where they could find something."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from guardrail.detect.entities import ENTITIES
from guardrail.detect.memo import Memo
from guardrail.detect.text.choosing import ChoosingSweeper
from guardrail.detect.text.framework import CATEGORY, RecognizerResult, join_presidio
from guardrail.detect.text.normalise import View, fold
from guardrail.detect.text.options import Choice, Options
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers import Tier, recognizers_of
from guardrail.detect.text.sweep import Sweeper
from guardrail.errors import ConfigError
from guardrail.facts import Category, Finding, Segment

if TYPE_CHECKING:
    from guardrail.detect.text.facade import Analyzer

_MEMO_LENGTH = 64 * 1024
"""Code points of a text beyond which its findings aren't remembered: it won't come often."""


class TextDetector:
    """Finds personal data in text. Build one, share it between threads."""

    def __init__(
        self,
        recognizers: Sequence[TextRecognizer],
        *,
        memo_key: bytes,
        options: Options | None = None,
    ) -> None:
        """Take the recognizers, the key of remembered texts' digests, and what is asked for.

        Raises:
            ConfigError: `options` can't be, or two recognizers have one name.
        """
        join_presidio()
        self.options = options or Options()
        self.recognizers = (*recognizers, *self.options.custom)
        self._key = memo_key
        choice = Choice(self.options, self.known)
        self._use(ChoosingSweeper(self.recognizers, choice))

    @property
    def known(self) -> frozenset[str]:
        """Entities that the recognizers find, looked for or not."""
        return frozenset(name for one in self.recognizers for name in one.supported_entities)

    def but(
        self,
        options: Options,
        *,
        guests: Sequence[TextRecognizer] = (),
        muted: frozenset[str] = frozenset(),
    ) -> TextDetector:
        """Return a detector with other options that shares all that is heavy with this one.

        Args:
            options: what is asked for. Recognizers stay: `options.custom` doesn't count.
            guests: further recognizers, which run on every text.
            muted: names of recognizers whose results don't count.

        Raises:
            ConfigError: `options` can't be, or two recognizers have one name.
        """
        twin = copy.copy(self)
        twin.options = replace(options, custom=self.options.custom)
        new = frozenset(name for one in guests for name in one.supported_entities)
        choice = Choice(twin.options, self.known | new)
        twin._use(self._choosing.but(choice, guests=guests, muted=muted))  # noqa: SLF001 - its own
        return twin

    def _use(self, sweeper: ChoosingSweeper) -> None:
        choice = self.choice = sweeper.choice
        self._choosing = sweeper
        self.sweeper: Sweeper = sweeper
        self.entities = choice.entities
        """Entities that are looked for."""
        self._labels = _labels((*self.recognizers, *sweeper.guests))
        self._memo: Memo[tuple[Finding, ...]] = Memo()
        allow = "\0".join(choice.allow).encode()
        # Allowed values may be personal: without the key nobody shall test guesses of them.
        hidden = [f"allow {hmac.digest(self._key, allow, 'sha256').hex()}"] if allow else []
        lines = "\n".join([*sorted(self._labels.values()), *choice.lines, *hidden])
        self.digest = hashlib.sha256(lines.encode()).hexdigest()
        """SHA-256 over the names and versions of the recognizers and over what is asked for."""

    def find(self, text: str) -> tuple[Finding, ...]:
        """Return the findings in `text` as of segment 0, by position, without overlaps."""
        return tuple(self.finding(result, view) for result, view in self.results(text))

    def results(self, text: str) -> list[tuple[RecognizerResult, View]]:
        """Return what `find` does in Presidio's words; offsets are those of the view beside."""
        view = fold(text)
        swept = self.sweeper.sweep(view.text, 0, final=True)
        return [(result, view) for result in swept.results]

    def examine(self, segments: Sequence[Segment]) -> tuple[Finding, ...]:
        """Return the findings in `segments`, in order; texts seen before are free."""
        return tuple(
            found if number == 0 else replace(found, segment=number)
            for number, segment in enumerate(segments)
            for found in self._remembered(segment.text)
        )

    def finding(self, result: RecognizerResult, view: View) -> Finding:
        """Return `result`, found in `view`, with offsets of the view's original."""
        start, end = view.span(result.start, result.end)
        explanation = result.analysis_explanation
        return Finding(
            segment=0,
            start=start,
            end=end,
            entity=result.entity_type,
            category=_category(result),
            score=result.score,
            recognizer=self._labels[explanation.recognizer],
            reason=explanation.textual_explanation,
        )

    def analyzer_engine(self) -> Analyzer:
        """Return this detector as a Presidio engine, for code that speaks Presidio."""
        facade = import_module("guardrail.detect.text.facade")
        made: Analyzer = facade.Analyzer(self)
        return made

    def _remembered(self, text: str) -> tuple[Finding, ...]:
        if not text:
            return ()
        if len(text) > _MEMO_LENGTH:
            return self.find(text)
        encoded = text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(encoded, key=self._key, digest_size=16).digest()
        found = self._memo.get(digest)
        if found is None:
            found = self.find(text)
            self._memo.put(digest, found)
        return found


def text_detector(
    *, memo_key: bytes, tier: Tier = "standard", options: Options | None = None
) -> TextDetector:
    """Return a detector with every recognizer of a tier, and those of `options`.

    Args:
        memo_key: up to 64 secret bytes, so that nobody who sees a memory dump can test guesses
            against the digests of remembered texts.
        tier: ``fast`` or ``standard``, which asks a larger model about English names, too.
        options: what is asked for; nothing in particular where None.

    Raises:
        ConfigError: `options` can't be.
    """
    return TextDetector(recognizers_of(tier), memo_key=memo_key, options=options)


def _category(result: RecognizerResult) -> Category:
    said = (result.recognition_metadata or {}).get(CATEGORY)
    return Category(said) if said else ENTITIES[result.entity_type].category


def _labels(recognizers: Sequence[TextRecognizer]) -> Mapping[str, str]:
    labels: dict[str, str] = {}
    for one in recognizers:
        if labels.setdefault(one.name, one.label) != one.label:
            raise ConfigError(
                f"two recognizers are called {one.name!r}", fix="give yours a name of its own"
            )
    return labels
