"""Recognizers that an operator writes in YAML, in Presidio's own form.

What of Presidio's form has no meaning here is refused rather than passed over; languages are read
and don't matter, since every recognizer looks at every text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import re2

from guardrail.detect.entities import ENTITIES
from guardrail.detect.text.framework import CATEGORY, RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.normalise import fold
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, said, words
from guardrail.detect.text.shape import LONGEST, Shape, shape_of
from guardrail.errors import ConfigError, nearest
from guardrail.facts import Category

BOOST = 0.35
"""What a context word adds to a score, as Presidio's enhancer has it."""
LEAST_WITH_CONTEXT = 0.4
"""What a score is at least where a context word stands before."""

MAX_RECOGNIZERS = 100
MAX_WORDS = 500
"""Of one deny list, or one list of context words."""

Item: TypeAlias = Mapping[str, object]

_KEYS = (
    *("name", "supported_entity", "supported_entities", "supported_language"),
    *("supported_languages", "patterns", "context", "deny_list", "deny_list_score", "category"),
    *("score_thresholds", "enabled", "type", "version", "country_code"),
)
_TOP = ("recognizers", "supported_languages", "global_regex_flags")
_ENTITY = lazily(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_NAME = lazily(r"[^\W_](?:[\w .()\-]{0,62}[\w)])?")
_EDGE = lazily(r"\b")
_PRESIDIOS_FLAGS = 26
"""DOTALL, MULTILINE and IGNORECASE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spec:
    """One recognizer as its author wrote it."""

    name: str
    version: str
    entity: str
    category: Category | None
    context: re.Pattern[str] | None
    least: float
    """What the author's own threshold is."""


class CustomRecognizer(TextRecognizer):
    """One pattern of an operator's recognizer: RE2 finds, so cost is linear whatever it says."""

    TRIGGERS = ()
    LONGEST = LONGEST
    spec: _Spec
    shape: Shape
    certainty: float

    def __init__(self) -> None:
        super().__init__()
        self.name, self.version = self.spec.name, self.spec.version
        options = re2.Options()
        options.log_errors = False
        self._finder = re2.compile(f"(?is:{self.shape.regex})", options)

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield findings that start at `start` or later; what stands before is only looked at."""
        position = start
        while match := self._finder.search(text, position):
            begin, end = match.span()
            if self.shape.starts_at_word and not _is_edge(text, begin):
                position = _next_edge(text, begin + 1)
                continue
            if self.shape.ends_at_word and not _is_edge(text, end):
                position = begin + 1
                continue
            position = end
            score, reason = self._score(text, begin)
            if score >= self.spec.least:
                verdict = Verdict(start=begin, end=end, score=score, reason=reason)
                yield self.result(verdict)

    def result(self, verdict: Verdict) -> RecognizerResult:
        """Return `verdict` in Presidio's words, with the category of the entity."""
        made = super().result(verdict)
        if self.spec.category is not None:
            made.recognition_metadata[CATEGORY] = self.spec.category.value
        return made

    def _score(self, text: str, start: int) -> tuple[float, str]:
        context = self.spec.context
        if context is not None and said(context, text, start):
            return with_context(self.certainty), "pattern, context"
        return self.certainty, "pattern"


def with_context(score: float) -> float:
    """Return what a score becomes where a context word stands before."""
    return min(1.0, max(score + BOOST, LEAST_WITH_CONTEXT))


def context_of(stems: Sequence[str]) -> re.Pattern[str] | None:
    r"""Return the pattern of context words with their endings, or None for no words."""
    if not stems:
        return None
    return words(*(rf"{re.escape(fold(one).text.casefold())}\w{{0,5}}" for one in stems))


def _is_edge(text: str, place: int) -> bool:
    return _is_word(text[max(0, place - 1) : place]) != _is_word(text[place : place + 1])


def _next_edge(text: str, place: int) -> int:
    edge = _EDGE.search(text, place)
    return edge.start() if edge else len(text)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def recognizers_from(document: object, source: str) -> tuple[TextRecognizer, ...]:
    """Return the recognizers of a document in Presidio's form.

    Args:
        document: what its YAML says.
        source: how errors call the file.

    Raises:
        ConfigError: it says what can't be used; names the recognizer, the key, and what mends it.
    """
    if not isinstance(document, dict) or not isinstance(document.get("recognizers"), list):
        raise ConfigError(f"{source}: a list is expected under `recognizers:`")
    _check_keys(document, _TOP, source)
    if document.get("global_regex_flags", _PRESIDIOS_FLAGS) != _PRESIDIOS_FLAGS:
        raise ConfigError(f"{source}: global_regex_flags: only {_PRESIDIOS_FLAGS} can be used")
    items = document["recognizers"]
    if len(items) > MAX_RECOGNIZERS:
        raise ConfigError(f"{source}: more than {MAX_RECOGNIZERS} recognizers")
    made: list[CustomRecognizer] = []
    for number, item in enumerate(items, 1):
        name = item.get("name") if isinstance(item, dict) else None
        where = f"{source}: recognizer {name!r}" if name else f"{source}: recognizer {number}"
        try:
            made += _recognizers(item)
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}", fix=error.fix) from None
    _check_agreement(made, source)
    return tuple(made)


def _recognizers(item: object) -> list[CustomRecognizer]:
    if not isinstance(item, dict):
        raise ConfigError("a mapping is expected, as `name: …`")
    _check_keys(item, _KEYS, "")
    if item.get("type", "custom") != "custom":
        raise ConfigError(
            "type: Presidio's predefined recognizers aren't used here",
            fix="leave it out: most of what they find is found anyway",
        )
    spec = _spec(item)
    made = [_made(spec, *pattern) for pattern in _patterns(item)]
    if not made:
        raise ConfigError("it has neither `patterns` nor a `deny_list`")
    return made if item.get("enabled", True) is True else []


def _made(spec: _Spec, name: str, shape: Shape, score: float) -> CustomRecognizer:
    wide = rf"(?i){shape.letters}{{1,{shape.longest}}}"
    members = {
        "ENTITY": spec.entity,
        "VERSION": spec.version,
        "PATTERN": shape.regex,
        "TRIGGERS": (shape.start,),
        "BACKWARD": wide,
        "LONGEST": shape.longest,
        "spec": spec,
        "shape": shape,
        "certainty": score,
    }
    kind = type("CustomRecognizer", (CustomRecognizer,), members)
    made: CustomRecognizer = kind()
    made.patterns[0].name = name
    return made


def _spec(item: Item) -> _Spec:
    name = item.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigError("name: letters, digits, spaces, dots and dashes are expected")
    entity = _entity(item)
    thresholds = item.get("score_thresholds") or {}
    if not isinstance(thresholds, dict):
        raise ConfigError("score_thresholds: a mapping of entities to scores is expected")
    least = thresholds.get(entity, thresholds.get("default", 0.0))
    content = hashlib.sha256(repr(sorted(item.items(), key=str)).encode()).hexdigest()[:8]
    return _Spec(
        name=name,
        version=str(item.get("version") or content),
        entity=entity,
        category=_category(item, entity),
        context=context_of(_context(item)),
        least=_number("score_thresholds", least),
    )


def _entity(item: Item) -> str:
    several = item.get("supported_entities")
    entity = item.get("supported_entity")
    if entity is None and isinstance(several, list) and len(several) == 1:
        entity = several[0]
    if entity is None or (several is not None and item.get("supported_entity") is not None):
        raise ConfigError("supported_entity: one entity is expected, as EMPLOYEE_ID")
    if not isinstance(entity, str) or not _ENTITY.fullmatch(entity) or len(entity) > 64:
        raise ConfigError(f"supported_entity: {entity!r} isn't capitals, as EMPLOYEE_ID")
    return entity


def _category(item: Item, entity: str) -> Category | None:
    known = tuple(one.value for one in Category)
    given = item.get("category")
    if given is not None and given not in known:
        hint = nearest(str(given), known)
        raise ConfigError(f"category: {given!r} isn't one of {', '.join(known)}{hint}")
    if entity not in ENTITIES:
        return Category(given or Category.PERSONAL)
    if given is not None and given != ENTITIES[entity].category:
        raise ConfigError(
            f"category: {entity} is {ENTITIES[entity].category} here", fix="leave the category out"
        )
    return None


def _context(item: Item) -> list[str]:
    stems = _words("context", item.get("context"))
    languages = item.get("supported_languages") or []
    if not isinstance(languages, list):
        raise ConfigError("supported_languages: a list is expected")
    for language in languages:
        if isinstance(language, dict):
            _check_keys(language, ("language", "context"), "supported_languages: ")
            stems += _words("context", language.get("context"))
    return stems


def _patterns(item: Item) -> Iterator[tuple[str, Shape, float]]:
    patterns = item.get("patterns") or []
    if not isinstance(patterns, list):
        raise ConfigError("patterns: a list is expected")
    for number, pattern in enumerate(patterns, 1):
        where = f"patterns: {number}: "
        if not isinstance(pattern, dict):
            raise ConfigError(f"{where}a mapping is expected, with name, regex and score")
        _check_keys(pattern, ("name", "regex", "score"), where)
        regex = pattern.get("regex")
        if not isinstance(regex, str):
            raise ConfigError(f"{where}regex: a regular expression in quotes is expected")
        score = _number(f"{where}score", pattern.get("score"))
        try:
            yield str(pattern.get("name") or f"pattern {number}"), shape_of(regex), score
        except ConfigError as error:
            raise ConfigError(f"{where}regex: {error}", fix=error.fix) from None
    if listed := _words("deny_list", item.get("deny_list")):
        score = _number("deny_list_score", item.get("deny_list_score", 1.0))
        for shape in _listed(listed):
            yield "deny_list", shape, score


def _listed(listed: Sequence[str]) -> Iterator[Shape]:
    """Yield the shapes of the words, the longest first, as whole words; alike ends together."""
    folded = sorted({fold(one).text.strip() for one in listed}, key=lambda one: (-len(one), one))
    ends = {one: (_is_word(one[0]), _is_word(one[-1])) for one in folded if one}
    for starts, stops in sorted(set(ends.values())):
        alike = [re.escape(one) for one in folded if ends.get(one) == (starts, stops)]
        edges = (r"\b" if starts else "", r"\b" if stops else "")
        try:
            yield shape_of(f"{edges[0]}(?:{'|'.join(alike)}){edges[1]}")
        except ConfigError as error:
            raise ConfigError(f"deny_list: {error}", fix="split the list") from None


def _words(key: str, given: object) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MAX_WORDS:
        raise ConfigError(f"{key}: a list of up to {MAX_WORDS} words is expected")
    for one in given:
        if not isinstance(one, str) or not one.strip() or len(one) > LONGEST:
            raise ConfigError(f"{key}: {one!r} isn't a word: put quotes around it")
    return list(given)


def _number(key: str, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise ConfigError(f"{key}: a number from 0 to 1 is expected")
    return float(given)


def _check_keys(item: Item, known: Sequence[str], where: str) -> None:
    for key in item:
        if key not in known:
            hint = nearest(str(key), known)
            raise ConfigError(f"{where}unknown key {key!r}{hint}")


def _check_agreement(made: Sequence[CustomRecognizer], source: str) -> None:
    names: dict[str, str] = {}
    categories: dict[str, Category | None] = {}
    for one in made:
        spec = one.spec
        if names.setdefault(spec.name, one.label) != one.label:
            raise ConfigError(f"{source}: two recognizers are called {spec.name!r}")
        if categories.setdefault(spec.entity, spec.category) != spec.category:
            raise ConfigError(f"{source}: {spec.entity} has two categories")
