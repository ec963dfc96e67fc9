"""The ``strings`` of a wire spec: which places hold text, which media, which neither.

A rule has its paths under ``text``, ``opaque``, ``inert`` or ``sealed``; with ``under`` they go on
from each of those. In streams a text's path may have a channel, and ``of`` names types of events.
"""

from __future__ import annotations

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Author, Kind
from guardrail.wire.codecs import CODECS
from guardrail.wire.fields import Fields, one_of
from guardrail.wire.naming import channel_name
from guardrail.wire.shape import ANY, DEEP, OF_TYPE, Pattern, Rule, Verdict
from guardrail.wire.template import check_template

ROOT = "$"
"""The path of a whole document, where it is one text."""
_SPEAKER = "speaker"
_MEMBERS = ("text", "opaque", "inert", "sealed", "under", "author", "kind", "kinds", "codec",
            "medium", "base64", "whole", "tokens", "numbers")  # fmt: skip
_IN_STREAMS = ("of", "repeats", "joins", "alone", "carry")
CARRIED = frozenset({"text"})
"""What the template of a carried event may name."""


def pattern(path: str, where: str) -> Pattern:
    """Return the parts of a path pattern such as ``messages.*.content``.

    Raises:
        ConfigError: a part is empty, or mixes a wildcard with letters.
    """
    parts: list[str] = []
    if path == ROOT:
        return ()
    for part in path.split("."):
        name, test = _part(part)
        if not name or (ANY in name and name not in {ANY, DEEP}):
            raise ConfigError(f"{where}: {path!r} is no path: write names, * or ** between dots")
        parts += (name, test) if test else (name,)
    return tuple(parts)


def _part(part: str) -> tuple[str, str]:
    """Return the name in a part of a path, and which types of objects it goes on in."""
    name, begun, types = part.partition(OF_TYPE)
    return (name, begun + types) if types.endswith(">") else (part, "")


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
    paths = [
        (f"{head}.{path}" if head else path, channel)
        for head in fields.texts("under") or ("",)
        for path, channel in channels.items()
    ]
    return [
        (pattern(path, where), _rule(fields, verdict, path, channel)) for path, channel in paths
    ]


def _rule(fields: Fields, verdict: Verdict, path: str, channel: str) -> Rule:
    where = fields.where
    stars = tuple(at for at, part in enumerate(path.split(".")) if _part(part)[0] == ANY)
    named = channel_name(channel) if channel else None
    joins = fields.flag("joins", default=False)
    wanted = range(len(stars)) if joins else (len(stars),)
    if named is not None and (DEEP in path or named.stars not in wanted):
        least = "fewer * than" if joins else "one * for each * of"
        raise ConfigError(f"{where}: the channel {channel!r} needs {least} {path!r}")
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
        tokens=fields.flag("tokens", default=False),
        channel=named,
        numbers=fields.flag("numbers", default=False),
        stars=stars,
        repeats=repeats,
        alone=fields.flag("alone", default=False),
        events=frozenset(fields.texts("of")),
        carry=carry,
    )
