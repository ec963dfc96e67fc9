"""The ``strings`` of a wire spec: which places hold text, which media, which neither."""

from __future__ import annotations

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Author, Kind
from guardrail.wire.codecs import CODECS
from guardrail.wire.fields import Fields, one_of
from guardrail.wire.naming import channel_name
from guardrail.wire.shape import ANY, DEEP, Pattern, Rule, Verdict
from guardrail.wire.template import check_template

_SPEAKER = "speaker"
_MEMBERS = ("text", "opaque", "inert", "sealed", "author", "kind", "kinds", "codec", "medium",
            "base64", "whole")  # fmt: skip
_IN_STREAMS = ("of", "repeats", "carry")
CARRIED = frozenset({"text"})
"""What the template of a carried event may name."""


def pattern(path: str, where: str) -> Pattern:
    """Return the parts of a path pattern such as ``messages.*.content``.

    Raises:
        ConfigError: a part is empty, or mixes a wildcard with letters.
    """
    parts = tuple(path.split("."))
    for part in parts:
        if not part or (ANY in part and part not in {ANY, DEEP}):
            raise ConfigError(f"{where}: {path!r} is no path: write names, * or ** between dots")
    return parts


def parse_rules(fields: Fields, *, streamed: bool = False) -> list[tuple[Pattern, Rule]]:
    """Return the rules in the member ``strings`` by path pattern, in the file's order.

    Args:
        fields: what has the member.
        streamed: whether they are of a stream's events.

    Raises:
        ConfigError: a rule says something that isn't known.
    """
    known = (*_MEMBERS, *_IN_STREAMS) if streamed else _MEMBERS
    return [
        pair
        for raw, where in fields.items("strings")
        for pair in _rules(Fields(raw, where, known=known))
    ]


def _rules(fields: Fields) -> list[tuple[Pattern, Rule]]:
    where = fields.where
    verdicts = [verdict for verdict in Verdict if verdict.value in fields]
    if len(verdicts) != 1:
        raise ConfigError(f"{where} must have exactly one of text, opaque, inert, sealed")
    verdict = verdicts[0]
    places = fields.raw(verdict.value)
    if isinstance(places, dict):
        channels = fields.mapping(verdict.value)
    else:
        channels = dict.fromkeys(fields.texts(verdict.value), "")
    return [
        (pattern(path, where), _rule(fields, verdict, path, channel))
        for path, channel in channels.items()
    ]


def _rule(fields: Fields, verdict: Verdict, path: str, channel: str) -> Rule:
    where = fields.where
    stars = tuple(at for at, part in enumerate(path.split(".")) if part == ANY)
    named = channel_name(channel) if channel else None
    if named is not None and (DEEP in path or named.stars != len(stars)):
        raise ConfigError(f"{where}: the channel {channel!r} needs one * for each * of {path!r}")
    repeats = fields.flag("repeats", default=False)
    if repeats and named is None:
        raise ConfigError(f"{where}: what {path!r} repeats must be a channel")
    author = fields.text("author", _SPEAKER)
    codec = fields.text("codec", "")
    if codec and codec not in CODECS:
        raise ConfigError(f"{where}: unknown codec {codec!r}{nearest(codec, CODECS)}")
    carry = fields.raw("carry")
    check_template(carry, CARRIED, f"{where}.carry")
    kinds = fields.mapping("kinds").items()
    return Rule(
        verdict=verdict,
        author=None if author == _SPEAKER else one_of(Author, author, f"{where}.author"),
        kind=one_of(Kind, fields.text("kind", "text"), f"{where}.kind"),
        kinds={
            one_of(Author, who, f"{where}.kinds"): one_of(Kind, kind, f"{where}.kinds.{who}")
            for who, kind in kinds
        },
        codec=codec,
        medium=fields.text("medium", ""),
        base64=fields.flag("base64", default=False),
        whole=fields.flag("whole", default=False),
        channel=named,
        stars=stars,
        repeats=repeats,
        events=frozenset(fields.texts("of")),
        carry=carry,
    )
