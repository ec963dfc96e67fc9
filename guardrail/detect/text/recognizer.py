"""What all our recognizers are: Presidio's, with bounds that make cost linear and streams exact.

A recognizer here promises four things, which tests check:

- its patterns have a bounded length, and all but `SHARP` hold no look-around, so RE2 takes them;
- a finding is no longer than `LONGEST` code points of the view;
- the verdict on a finding depends on at most `LOOK_BEHIND` code points before it, and behind it
  only on what `BACKWARD` (or the unfinished token at the edge) keeps together with it;
- whether a match starts at a position doesn't depend on matches that were tried and rejected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from guardrail.detect.text.digit_runs import around
from guardrail.detect.text.framework import (
    LANGUAGE,
    AnalysisExplanation,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.stretches import stretches

if TYPE_CHECKING:
    from guardrail.detect.text.framework import NlpArtifacts

LOOK_BEHIND = 96
"""Code points before a finding that may matter to it: context words, introductions, boundaries."""

CONTEXT = 40
"""Code points before a finding in which context words count. Nothing behind a finding ever counts
as context: a stream would have to wait for it."""

NUMBER_BACKWARD = r"[0-9 ().+/\-]*[0-9(+]"
"""An unfinished run of digit groups, read backwards."""

SEPARATOR = r"[ .\-/]"
"""What people put between the digit groups of a number."""

STARTS = r"(?<![0-9]{2})(?<![0-9]\.[0-9])"
"""That a number starts with the digit right before: behind no digit, and no digit with a point.
For `SHARP`, behind a first digit: Python's search leaps to what a pattern starts with if that is a
single character, and creeps where look-around comes first."""

ENDS = r"(?![0-9])(?!\.[0-9])"
"""Where a number ends: before no digit, and before no point with a digit. For `SHARP`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a recognizer says of a match: where exactly, how sure, why."""

    start: int
    end: int
    score: float
    reason: str


class TextRecognizer(PatternRecognizer):
    """A recognizer made of data and one `judge` function."""

    ENTITY: ClassVar[str]
    VERSION: ClassVar[str] = "1"
    PATTERN: ClassVar[str]
    """The shape, for RE2 and for Python's `re` alike."""
    SHARP: ClassVar[str] = ""
    """`PATTERN` with look-around of a few code points, which Python's `re` alone takes; what
    it rejects costs no call of `judge`. `blunt` makes `PATTERN` of it."""
    TRIGGERS: ClassVar[tuple[str, ...]]
    """RE2 patterns that all occur in any text with a finding, or shortly before it."""
    BACKWARD: ClassVar[str] = NUMBER_BACKWARD
    """An unfinished match, with spaces in it, read backwards from the edge of what is known."""
    LONGEST: ClassVar[int]
    """Code points of the longest finding."""
    SIGHT: ClassVar[int] = LOOK_BEHIND
    """Code points before a finding that it sees; more than `LOOK_BEHIND` costs every stream."""
    NEAR: ClassVar[tuple[int, int] | None] = None
    """From how many code points before a match of the last trigger to how many behind it matches
    start; None where they may start anywhere. Only there is looked for them."""
    DIGITS: ClassVar[tuple[int, int] | None] = None
    """How many digits a match has at least, with no more than `digit_runs.GAP` code points between
    two of them, and how many code points of it stand before the first of them at most. Where that
    isn't so, nothing is looked for; None where nothing can be said."""
    OPENS: ClassVar[bool] = False
    """Whether `opens` tells better than `BACKWARD` what is unfinished."""

    name: str
    patterns: list[Pattern]

    def __init__(self) -> None:
        super().__init__(
            supported_entity=self.ENTITY,
            supported_language=LANGUAGE,
            patterns=[Pattern(name=self.ENTITY.lower(), regex=self.PATTERN, score=0.5)],
            version=self.VERSION,
        )
        self._pattern = lazily(self.SHARP or self.PATTERN)

    @property
    def label(self) -> str:
        """Name and version, as ``KzIinRecognizer@1``."""
        return f"{self.name}@{self.version}"

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - Presidio's signature
        regex_flags: int | None = None,  # noqa: ARG002 - Presidio's signature
    ) -> list[RecognizerResult]:
        """Return all findings in `text`, as Presidio calls for them."""
        return list(self.scan(text, 0)) if self.ENTITY in entities else []

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield findings that start at `start` or later; what stands before is only looked at."""
        position = start
        for first, last in self._stretches(text, start):
            position, end = max(position, first), last + 2 * self.LONGEST
            while (match := self._pattern.search(text, position, end)) and match.start() < last:
                verdict = self.judge(text, match)
                if verdict is None or verdict.start < start:
                    position = self.resume(text, match)
                else:
                    yield self.result(verdict)
                    position = verdict.end

    def _stretches(self, text: str, start: int) -> Iterable[tuple[int, int]]:
        """Return where matches may start."""
        if self.DIGITS is not None:
            fewest, lead = self.DIGITS
            return around(text, start, fewest, lead)
        if self.NEAR is None:
            return ((start, len(text) + 1),)
        before, behind = self.NEAR
        return stretches(self.TRIGGERS[-1], text, start, before=before, behind=behind)

    def opens(self, text: str, start: int) -> int:  # noqa: ARG002 - for those that know better
        """Return the first position from `start` on that text still unknown could matter to."""
        return len(text)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Return the verdict on `match` in `text`, or None."""
        raise NotImplementedError

    def resume(self, text: str, match: re.Match[str]) -> int:
        """Return where to look on after a rejected match: behind the digits it starts with."""
        digits = _DIGITS.match(text, match.start())
        return digits.end() if digits else match.start() + 1

    def result(self, verdict: Verdict) -> RecognizerResult:
        """Return `verdict` in Presidio's words."""
        explanation = AnalysisExplanation(
            recognizer=self.name,
            original_score=verdict.score,
            pattern_name=self.patterns[0].name,
            pattern=self.PATTERN,
            textual_explanation=verdict.reason,
        )
        return RecognizerResult(
            entity_type=self.ENTITY,
            start=verdict.start,
            end=verdict.end,
            score=verdict.score,
            analysis_explanation=explanation,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )


_DIGITS = lazily("[0-9]+")


def run(count: int, separator: str = SEPARATOR) -> str:
    """Return the trigger of `count` digits in groups.

    It starts at any digit on purpose: the automaton of all triggers then counts digits. Told apart
    by their values, the digits of a long number would make it a state for every combination.
    """
    return f"[0-9](?:{separator}?[0-9]){{{count - 1}}}"


def blunt(sharp: str) -> str:
    """Return `sharp` without its look-around: a pattern that RE2 takes and that matches more."""
    return _LOOK_AROUND.sub("", sharp)


_LOOK_AROUND = lazily(r"\(\?<?[!=](?:\[[^\]]*\]|\\.|[^()\[\]\\])*\)")


def grouped(*shapes: tuple[int, ...], separator: str = SEPARATOR) -> str:
    """Return the pattern of digits in groups but for the first digit, one alternative a shape."""
    written = (separator.join(f"[0-9]{{{size}}}" for size in shape) for shape in shapes)
    return f"(?:{'|'.join(map(_tail, written))})"


def spelt(count: int, size: int = 1, separator: str = SEPARATOR) -> str:
    """Return the sharp pattern of `count` groups of `size` digits but for the first digit.

    No more of such groups stand beside: in a table of them every place would else be a candidate.
    """
    group, before = f"[0-9]{{{size}}}", f"(?<![0-9]{separator}[0-9])"
    behind = f"(?!{separator}{group}[^0-9])(?!{separator}{group}\\Z)"
    return f"{before}{_tail(separator.join([group] * count))}{behind}"


def _tail(pattern: str) -> str:
    """Return `pattern` of a group of digits and more, without its first digit."""
    size, rest = pattern[len("[0-9]{") :].split("}", 1)
    return f"[0-9]{{{int(size) - 1}}}{rest}"


def loose(stem: str) -> str:
    """Return `stem` with Kazakhstan's own letters also as the Russian ones they are typed as."""
    return _OWN_LETTERS.sub(_either, stem)


_TYPED_AS: Mapping[str, str] = dict(zip("әғқңөұүһі", "агкноуухи", strict=True))
_OWN_LETTERS = lazily(r"\[[^\]]*\]|[әғқңөұүһі]")


def _either(found: re.Match[str]) -> str:
    letters = found[0].strip("[]")
    return f"[{letters}{''.join(_TYPED_AS.get(letter, '') for letter in letters)}]"


def words(*stems: str) -> re.Pattern[str]:
    r"""Return the pattern of context words: whole words, upper or lower case, ``_`` between words.

    A stem may end in ``\w{0,4}``-like endings of its own; they must be bounded. Kazakh letters
    match as `loose` has them.
    """
    return lazily(rf"(?i)(?:^|[\W_])(?:{loose('|'.join(stems))})(?:$|[\W_])")


def right_before(*stems: str, between: int = 2) -> re.Pattern[str]:
    """Return the pattern of context words with up to `between` words from them to the finding.

    For `said`. The words between hold no digits: ``ИИН клиента: ``, ``"iin":"``, ``жсн-ім ``.
    """
    gap = rf"(?:[\W_]{{1,3}}[^\W\d_]{{1,16}}){{0,{between}}}[\W_]{{0,5}}"
    return lazily(rf"(?i)(?:^|[\W_])(?:{loose('|'.join(stems))}){gap}\Z")


def spoken(*stems: str) -> str:
    """Return the trigger of context words, any part of a word: `loose`, upper or lower case."""
    return f"(?i){loose('|'.join(stems))}"


def said(context: re.Pattern[str], text: str, start: int) -> bool:
    """Tell whether a context word stands within `CONTEXT` code points before `start`."""
    return context.search(text[max(0, start - CONTEXT) : start]) is not None


COUNTED = right_before(
    r"заказ\w{0,3}", r"накладн\w{2,3}", r"артикул\w{0,2}", r"штрих-?код\w{0,2}", r"инвойс\w{0,2}",
    r"транзакци\w{1,2}", r"трек\w{0,3}", r"тапсырыс\w{0,5}", r"сумм\w{1,2}", r"договор\w{0,2}",
    "order", "invoice", "id", "sku", "ean", "isbn", "barcode", "transaction", "trace", "span",
    "offset", "seq", "sequence", "hash", "nonce", "imei", "rrn", "ts", "time", "timestamp",
    "tracking", "build", "version", "size", "bytes", between=1,
)  # fmt: skip
"""Other things that have long numbers: right behind them digits in one piece need more to be taken
for a person's."""


def digits_of(text: str) -> str:
    """Return the digits in `text`."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(_DIGITS.findall(text))


def groups_of(text: str) -> tuple[int, ...]:
    """Return how many digits each group in `text` has: ``990101 350123`` is (6, 6)."""
    return tuple(map(len, _DIGITS.findall(text)))


def runs_of(match: re.Match[str], lengths: range) -> Iterator[tuple[str, tuple[int, ...], int]]:
    """Yield the runs of whole digit groups that `match` starts with, the longest first.

    Digits spelt out one by one are one value or none: in a table of digits every place would else
    be a candidate.

    Args:
        match: of something that starts with a digit.
        lengths: how many digits a run may have.

    Yields:
        The digits, their groups' lengths, and where in the text the run ends.
    """
    text, start = match.string, match.start()
    spelt_on = _MORE_BEFORE.search(text[max(0, start - 2) : start]) is not None
    if spelt_on and _SINGLES.fullmatch(match[0]):
        return
    shape = groups_of(match[0])
    ends = [group.end() for group in _DIGITS.finditer(text, start, match.end())]
    number = digits_of(match[0])
    total = len(number)
    for count in range(len(shape), 0, -1):
        end = ends[count - 1]
        singles = count > 1 and max(shape[:count]) == 1
        if total in lengths and not (singles and (spelt_on or _MORE_BEHIND.match(text, end))):
            yield number[:total], shape[:count], end
        total -= shape[count - 1]


_SINGLES = lazily(r"[0-9](?:[ ().\-]{1,3}[0-9])*")
_MORE_BEHIND = lazily(r"[ ().\-]{1,3}[0-9](?:[^0-9]|$)")
_MORE_BEFORE = lazily(r"[0-9][ \-]\Z")


def starts_clean(text: str, start: int) -> bool:
    """Tell whether no digit, and no digit with a decimal point, stands right before `start`."""
    before = text[max(0, start - 2) : start]
    return not (before[-1:].isdigit() or (before[-1:] == "." and before[0].isdigit()))


def ends_clean(text: str, end: int) -> bool:
    """Tell whether no digit, and no decimal point with a digit, stands right behind `end`."""
    behind = text[end : end + 2]
    return not (behind[:1].isdigit() or (behind[:1] == "." and behind[1:].isdigit()))


def is_glued(text: str, start: int, end: int) -> bool:
    """Tell whether the span is part of a longer code: Latin letters, ``_``, or a dash and those."""
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    return _JOINS_LEFT.search(before) is not None or _JOINS_RIGHT.match(behind) is not None


_JOINS_LEFT = lazily(r"[A-Za-z_]\Z|[0-9A-Za-z]-\Z")
_JOINS_RIGHT = lazily(r"[A-Za-z_]|-[0-9A-Za-z]")
