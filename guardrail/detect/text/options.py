"""What an operator may ask of the detector, and what that comes to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import re2

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.normalise import fold
from guardrail.detect.text.profiles import PROFILES, REGEX
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.sweep import MIN_SCORE
from guardrail.errors import ConfigError, nearest

ALL = "*"
"""In thresholds: every entity that isn't named."""

MAX_ALLOWED = 10_000
"""Allowed values, and …"""
MAX_VALUE = 512
"""… code points of each; no finding is longer."""
MAX_REGEXES = 200
"""Allowed values that are regular expressions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is looked for, and from when on it is found."""

    profile: str = "default"
    """A key of `PROFILES`, which everything else here adds to."""
    allow: tuple[str, ...] = ()
    """Values that are never findings, as the company's own phone; behind ``regex:`` RE2 patterns
    of whole values. Case, and how digits are grouped, don't matter."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Entity, or ``*`` for all that aren't named, to the least score of a finding."""
    only: frozenset[str] = frozenset()
    """Look for these entities only; empty for all."""
    without: frozenset[str] = frozenset()
    """Don't look for these entities."""
    custom: tuple[TextRecognizer, ...] = ()
    """Recognizers beside our own."""
    floors: Mapping[str, float] = field(default_factory=dict)
    """What law packs ask for: entity or ``*`` to the score from which on it is found. Thresholds
    here may be lower, never higher."""


class Choice:
    """Options and their profile made ready: says of results which of them count."""

    def __init__(self, options: Options, entities: Iterable[str]) -> None:
        """Settle `options` for a detector that knows `entities`.

        Raises:
            ConfigError: an unknown profile or entity, a score that is none, a bad expression, or
                something that a law pack doesn't leave to the operator.
        """
        known = frozenset(entities)
        if options.profile not in PROFILES:
            hint = nearest(options.profile, PROFILES)
            raise ConfigError(
                f"profile: no profile {options.profile!r}{hint}",
                fix=f"profiles: {', '.join(PROFILES)}",
            )
        profile = PROFILES[options.profile]
        _check_names("entities", options.only | options.without, known)
        _check_thresholds(options.thresholds, known)
        _check_names("thresholds of a policy pack", options.floors.keys() - {ALL}, known)
        _check_floors(options)
        self.thresholds = _floored({**profile.thresholds, **options.thresholds}, options.floors)
        self.without = (profile.without - options.only - options.floors.keys()) | options.without
        self.only = options.only
        self.entities = frozenset(name for name in known if self._wants(name))
        """What can be found."""
        allow = (*profile.allow, *options.allow)
        self._exact, self._pattern = _allowed(allow)
        self._all = not (self.thresholds or self.without or self.only)
        self.allow = tuple(sorted(set(allow)))
        self.lines = _lines(self)
        """What the choice comes to but for allowed values, for digests; empty for no choice."""

    def score(self, entity: str, score: float) -> float:
        """Return what `score` counts for: 0 where it is no finding, else `MIN_SCORE` at least."""
        least = self.thresholds.get(entity, self.thresholds.get(ALL, MIN_SCORE))
        if score <= 0 or score < least or not self._wants(entity):
            return 0
        return max(score, MIN_SCORE)

    def weigh(self, results: Sequence[RecognizerResult], text: str) -> None:
        """Take the score from those of `results` in `text` that don't count.

        They keep their places: how far verdicts are settled mustn't depend on what was chosen,
        else a stream could let go of the beginning of something that does count.
        """
        if not self._all:
            for one in results:
                one.score = self.score(one.entity_type, one.score)
        if not (self._exact or self._pattern):
            return
        spans = [span for span in _spans(results) if self.allows(text[slice(*span)])]
        for one in results:
            if any(start <= one.start and one.end <= end for start, end in spans):
                one.score = 0

    def allows(self, value: str) -> bool:
        """Tell whether the folded `value` is allowed."""
        if plain(value) in self._exact:
            return True
        return self._pattern is not None and self._pattern.fullmatch(value) is not None

    def _wants(self, entity: str) -> bool:
        return entity not in self.without and (not self.only or entity in self.only)


def plain(value: str) -> str:
    """Return what makes two spellings of a value one: case, spaces, and in numbers all but digits.

    ``+7 (727) 250-00-00`` and ``77272500000`` are one value, ``Ali`` and ``ALI`` too.
    """
    folded = fold(value).text.casefold()
    digits = "".join(filter(str.isdigit, folded))
    if digits and not any(map(str.isalpha, folded)):
        return digits
    return "".join(folded.split())


def _spans(results: Sequence[RecognizerResult]) -> list[tuple[int, int]]:
    """Return the spans of what counts, overlapping ones of one entity joined as `resolve` does."""
    joined: dict[str, list[tuple[int, int]]] = {}
    for one in sorted(results, key=lambda one: one.start):
        if one.score < MIN_SCORE:
            continue
        spans = joined.setdefault(one.entity_type, [])
        if spans and one.start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], one.end)
        else:
            spans.append((one.start, one.end))
    return [span for spans in joined.values() for span in spans]


def _allowed(allow: Sequence[str]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    if len(allow) > MAX_ALLOWED:
        raise ConfigError(f"allow: {len(allow)} values, at most {MAX_ALLOWED} can be allowed")
    for number, value in enumerate(allow, 1):
        if not value.strip() or len(value) > MAX_VALUE:
            # The value itself may be personal: it isn't quoted.
            raise ConfigError(f"allow: value {number} is empty or longer than {MAX_VALUE}")
    regexes = [value.removeprefix(REGEX) for value in allow if value.startswith(REGEX)]
    exact = frozenset(plain(value) for value in allow if not value.startswith(REGEX))
    return exact, _compiled(regexes) if regexes else None


def _compiled(regexes: Sequence[str]) -> re.Pattern[str]:
    if len(regexes) > MAX_REGEXES:
        raise ConfigError(f"allow: {len(regexes)} expressions, at most {MAX_REGEXES} are taken")
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    for number, regex in enumerate(regexes, 1):
        try:
            re2.compile(regex, options)
        except re2.error as error:
            # RE2 quotes the expression, which may hold a value.
            said = re2_said(error).partition(":")[0]
            raise ConfigError(
                f"allow: expression {number} isn't one that RE2 takes: {said}",
                fix="leave out look-around and back-references",
            ) from None
    compiled: re.Pattern[str] = re2.compile("|".join(f"(?:{one})" for one in regexes), options)
    return compiled


def re2_said(error: Exception) -> str:
    """Return what RE2 says is wrong with an expression."""
    said = error.args[0]
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _check_names(key: str, names: Iterable[str], known: frozenset[str]) -> None:
    for name in sorted(names):
        if name not in known:
            raise ConfigError(
                f"{key}: nothing finds {name!r}{nearest(name, known)}",
                fix="see docs/detection.md for what there is",
            )


def _check_thresholds(thresholds: Mapping[str, float], known: frozenset[str]) -> None:
    _check_names("thresholds", thresholds.keys() - {ALL}, known)
    for name, score in thresholds.items():
        if not 0 < score <= 1:
            raise ConfigError(f"thresholds: {name}: {score} isn't a score above 0 and up to 1")


def _check_floors(options: Options) -> None:
    for name, score in sorted(options.thresholds.items()):
        floor = options.floors.get(name, options.floors.get(ALL, 1.0))
        if score > floor:
            raise ConfigError(
                f"thresholds: {name}: {score} is above the {floor} that a policy pack asks for",
                fix=f"set it to {floor} or less",
            )
    asked = options.floors.keys() - {ALL}
    lost = (asked - options.only) | options.without if options.only else options.without
    for name in sorted(lost & asked):
        raise ConfigError(f"entities: a policy pack asks for {name}: it can't be left out")


def _floored(thresholds: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """Return what `floors` ask for, where `thresholds` don't ask for less."""
    settled = {}
    for name in {*thresholds, *floors}:
        asked = thresholds.get(name, thresholds.get(ALL)), floors.get(name, floors.get(ALL))
        settled[name] = min(score for score in asked if score is not None)
    return settled


def _lines(choice: Choice) -> tuple[str, ...]:
    return (
        *(f"threshold {name} {score}" for name, score in sorted(choice.thresholds.items())),
        *(f"without {name}" for name in sorted(choice.without)),
        *(f"only {name}" for name in sorted(choice.only)),
    )
