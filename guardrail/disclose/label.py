"""Make labels of what an AI made, and write them into HTTP headers.

``ai-disclosure`` follows draft-abaris-aicdh-01 (expired, experimental); ``guardrail-label`` and
``guardrail-notice`` are ours. All three are statements that anybody can forge: they inform
machines and are never a security control.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from guardrail.disclose.fields import binary, dictionary, display, string
from guardrail.disclose.notice import render
from guardrail.disclose.signature import Signed
from guardrail.facts import Headers, Label, Notice, Origin

_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MAX_NAME = 128
"""Characters of a model's or provider's name: names come from requests and have no bound there."""

_NOBODY = Origin()
_MAX_SECONDS = 10**15 - 1
"""The largest integer, and so date, of a structured field (RFC 9651, 3.3.1)."""

ASSISTED = "ai-assisted"
RESULT, SYNTHETIC, PERSON = "result", "synthetic", "synthetic_person"
KINDS = frozenset({RESULT, SYNTHETIC, PERSON})
"""What a reply is: any result, one that imitates or invents (Law 230-VIII art. 1), or one of these
in which a face was seen or a voice was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One level of AI's part in a work, in the words of each vocabulary."""

    mode: str
    """The ``mode`` of an ``ai-disclosure`` header."""
    source_types: tuple[str, ...]
    """IPTC digital source types, as full URIs (XMP and C2PA want nothing shorter)."""
    oversight: str = ""
    """C2PA 2.4 ``humanOversightLevel``."""
    aigc: str = ""
    """``Label`` of GB 45438-2025 Annex E."""


MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "none": Mark(
            mode="none", source_types=(f"{_SOURCE}digitalCapture", f"{_SOURCE}digitalCreation")
        ),
        "ai-assisted": Mark(
            mode="ai-modified",
            source_types=(f"{_SOURCE}compositeWithTrainedAlgorithmicMedia",),
            oversight="human_validated",
            aigc="1",
        ),
        "ai-generated": Mark(
            mode="ai-originated",
            source_types=(f"{_SOURCE}trainedAlgorithmicMedia",),
            oversight="prompt_guided",
            aigc="1",
        ),
        "ai-autonomous": Mark(
            mode="machine-generated",
            source_types=(f"{_SOURCE}trainedAlgorithmicMedia",),
            oversight="fully_autonomous",
            aigc="1",
        ),
    }
)
"""Level (W3C CG draft of 11 May 2026) → its other names. No mark means unknown, never "human"."""


def is_plain(one: Label, last: int) -> bool:
    """Tell whether nothing has to change in a label: known words, printable and bounded names.

    Args:
        one: the label.
        last: the last second that dates are written up to.
    """
    return (
        one.level in MARKS
        and one.kind in KINDS
        and is_name(one.model)
        and is_name(one.provider)
        and 0 <= one.created <= last
    )


def is_name(text: str) -> bool:
    """Tell whether a name is printable and bounded already."""
    return len(text) <= _MAX_NAME and text.isprintable()


def name(text: str) -> str:
    """Return a model's or provider's name as labels have it: printable and bounded."""
    short = text[:_MAX_NAME]
    # Nearly all are printable, which is quickly told.
    return short if short.isprintable() else "".join(filter(str.isprintable, short))


def label(  # noqa: PLR0913 - one for each field of a label
    *,
    id: str,  # noqa: A002 - the field's own name
    level: str = "ai-generated",
    kind: str = "result",
    model: str = "",
    provider: str = "",
    created: int = 0,
    origin: Origin = _NOBODY,
) -> Label:
    """Return a label whose names are printable and bounded.

    Raises:
        ValueError: for a level or kind that isn't in `MARKS` or `KINDS`.
    """
    if level not in MARKS or kind not in KINDS:
        msg = f"no such level or kind of label: {level!r}, {kind!r}"
        raise ValueError(msg)
    return Label(
        id=id,
        level=level,
        kind=kind,
        model=name(model),
        provider=name(provider),
        created=min(max(created, 0), _MAX_SECONDS),
        origin=origin,
    )


def origin(
    owner: str,
    number: str,
    *,
    in_kazakhstan: bool,
    packs: Sequence[str] = (),
    text_watermark: str = "",
) -> Origin:
    """Return who answers for a system, as labels have it: printable and bounded.

    Args:
        owner: name of the owner or possessor.
        number: the owner's business identification number.
        in_kazakhstan: whether a pack of Kazakhstan's applies.
        packs: in force, as ``id@version``.
        text_watermark: what the model's provider says is in its texts, by its name.
    """
    return Origin(
        owner=name(owner),
        number=name(number),
        jurisdiction="KZ" if in_kazakhstan else "",
        packs=tuple(packs),
        text_watermark=name(text_watermark),
    )


def headers(
    label: Label,
    *,
    signed: Signed | None = None,
    notice: Notice | None = None,
    languages: Sequence[str] = (),
) -> Headers:
    """Return ``ai-disclosure``, ``guardrail-label`` and, with a notice, ``guardrail-notice``.

    With the signature of this label, ``guardrail-label`` has it, and what it covers: `signature`
    tells how to check it.

    ``content-language`` isn't among them: what language the body is in, nobody here knows. A
    notice of 500 Kazakh and Russian letters makes a header of 3,000 octets, and some servers
    take 4,096 in all: give the short one.

    Raises:
        ValueError: for a level or kind that isn't in `MARKS` or `KINDS`.
    """
    label = _checked(label)
    disclosure = _disclosure(label.level, label.model, label.provider)
    if label.created:
        disclosure += f"; date=@{label.created}"
    own = f"id={string(label.id)}, level={label.level}, class={label.kind}"
    if signed is not None:
        sig, kid = binary(signed.signature), string(signed.kid)
        own += f", created={label.created}, sig={sig}, kid={kid}"
    written = (
        (b"ai-disclosure", disclosure.encode("ascii")),
        (b"guardrail-label", own.encode("ascii")),
    )
    text = render(notice, languages) if notice else ""
    if not text:
        return written
    return (*written, (b"guardrail-notice", dictionary({"text": display(text)}, ", ")))


@lru_cache(maxsize=256)  # a few models make nearly all replies; names are bounded
def _disclosure(level: str, model: str, provider: str) -> str:
    said = f"mode={MARKS[level].mode}"
    said += f"; model={string(model)}" if model else ""
    return said + (f"; provider={string(provider)}" if provider else "")


def _checked(one: Label) -> Label:
    if is_plain(one, _MAX_SECONDS):
        return one
    return label(
        id=one.id,
        level=one.level,
        kind=one.kind,
        model=one.model,
        provider=one.provider,
        created=one.created,
    )
