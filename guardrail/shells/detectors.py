"""Puts detectors together from settings: one for all routes, and one for each that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from guardrail.detect import Options, TextDetector, recognizers_from, text_detector
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.errors import ConfigError
from guardrail.policy.document import MAX_BYTES, read_document
from guardrail.settings import Detection, Looking


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectors:
    """What looks at text."""

    usual: TextDetector
    routes: Mapping[str, TextDetector] = field(default_factory=dict)
    """By the key of `detect.routes`; all share the recognizers of `usual`."""


def detectors_for(
    settings: Detection, *, key: bytes, floors: Mapping[str, float] | None = None
) -> Detectors:
    """Return the detectors that `settings` ask for.

    Args:
        settings: the section `detect`.
        key: for digests of remembered texts, up to 64 bytes.
        floors: entity or ``*`` to the score from which on law packs want it found.

    Raises:
        ConfigError: something in `settings` can't be; names the key.
    """
    custom = recognizers_file(settings.recognizers) if settings.recognizers else ()
    options = Options(
        profile=settings.profile,
        allow=settings.allow,
        thresholds=settings.thresholds,
        only=frozenset(settings.entities.only),
        without=frozenset(settings.entities.without),
        custom=custom,
        floors=floors or {},
    )
    with _named("detect"):
        usual = text_detector(memo_key=key, tier=settings.tier, options=options)
    routes = {}
    for route, looking in settings.routes.items():
        with _named(f"detect.routes.{route}"):
            routes[route] = usual.but(_for_route(options, looking))
    return Detectors(usual=usual, routes=routes)


def recognizers_file(path: Path) -> tuple[TextRecognizer, ...]:
    """Return the recognizers in a YAML file of Presidio's form.

    Raises:
        ConfigError: it can't be read, or says what can't be used.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    return recognizers_from(read_document(raw, str(path)), str(path))


def _for_route(options: Options, looking: Looking) -> Options:
    """Return the options of a route: what isn't said there is as everywhere; `allow` adds up."""
    said = looking.model_fields_set
    entities = looking.entities if "entities" in said else None
    return Options(
        profile=looking.profile if "profile" in said else options.profile,
        allow=(*options.allow, *looking.allow),
        thresholds={**options.thresholds, **looking.thresholds},
        only=frozenset(entities.only) if entities else options.only,
        without=frozenset(entities.without) if entities else options.without,
        floors=options.floors,
    )


@contextmanager
def _named(key: str) -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{key}.{error}", fix=error.fix) from None
