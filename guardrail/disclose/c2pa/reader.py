"""Read C2PA marks back: whose they are, what they say, and whether they hold.

Nothing is fetched: a file that only names a manifest elsewhere is said to, and its address isn't
followed. No mark proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

import orjson

from guardrail.disclose.c2pa.library import MAX_BYTES, context, elsewhere, library
from guardrail.disclose.c2pa.manifest import AI_DISCLOSURE, OWN, level_of
from guardrail.disclose.c2pa.signer import embeds, plain
from guardrail.disclose.label import KINDS, MARKS, name

_MAX_MANIFESTS = 64
"""Of one file that are told of, the active one first."""
_MAX_CODES = 20
_MAX_JSON = 8 << 20
_ACTIONS = ("c2pa.actions.v2", "c2pa.actions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One mark. All words in it are its writer's: bounded and printable, and no more."""

    valid: bool
    """Its signature holds and the file is what was signed. Of parents: nothing spoke against it."""
    trusted: bool
    """And its certificate leads to a trusted root."""
    level: str = ""
    """Of `guardrail.disclose.MARKS`; empty where it says nothing of AI."""
    producer: str = ""
    """The program or provider that it names."""
    model: str = ""
    signer: str = ""
    """The certificate's organisation: names of untrusted ones are anybody's invention."""
    id: str = ""
    """The manifest's."""
    label_id: str = ""
    """The label's, where guardrail wrote it."""
    kind: str = ""
    """``result`` or ``synthetic``, where guardrail wrote it."""
    owner: str = ""
    """Number or name of the system's owner, where guardrail wrote it."""
    signed_at: int = 0
    """Unix seconds by a time-stamp authority that is trusted; 0 without one, and of parents."""
    active: bool = True
    """The file's own; else one of the works that it was made from."""
    codes: tuple[str, ...] = ()
    """What failed, in C2PA's own words, as ``assertion.dataHash.mismatch``."""
    layer: str = "metadata"
    technique: str = "c2pa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a file says of its origin."""

    conclusion: str
    """``declares_ai``; ``declares_other``: a mark without AI; ``mark_invalid``; ``mark_elsewhere``:
    named but not in the file; ``no_mark``, which proves nothing; ``unsupported_format``."""
    found: tuple[Found, ...] = ()


def verify(data: bytes, mime: str, *, anchors: bytes = b"", sidecar: bytes = b"") -> Verified:
    """Read the marks of a file.

    Args:
        data: The whole file, hostile or not. Native code reads it: in a process that may die.
        mime: Its type by content.
        anchors: PEM of trusted roots.
        sidecar: A manifest store that came beside it; it is read instead of the file's own.
    """
    kind = plain(mime) or "application/octet-stream"
    if max(len(data), len(sidecar)) > MAX_BYTES or not (sidecar or embeds(kind)):
        return Verified(conclusion="unsupported_format")
    lib = library()
    try:
        told = _read(data, kind, anchors, sidecar)
    except lib.C2paError.NotSupported:
        return Verified(conclusion="unsupported_format")
    except lib.C2paError as error:
        return Verified(conclusion="mark_elsewhere" if elsewhere(error) else "mark_invalid")
    return Verified(conclusion="no_mark") if told is None else _told(told)


def _read(data: bytes, kind: str, anchors: bytes, sidecar: bytes) -> str | None:
    reader = library().Reader.try_create(
        kind, BytesIO(data), sidecar or None, context=context(anchors)
    )
    if reader is None:
        return None
    with reader:
        return str(reader.json())


def _told(text: str) -> Verified:
    try:
        root = _mapping(orjson.loads(text)) if len(text) <= _MAX_JSON else {}
    except orjson.JSONDecodeError:
        root = {}
    if not root:
        return Verified(conclusion="mark_invalid")
    manifests = _mapping(root.get("manifests"))
    active = _text(root.get("active_manifest"))
    state = root.get("validation_state")
    results = _mapping(root.get("validation_results"))
    codes = _codes(_mapping(results.get("activeManifest")).get("failure"))
    valid = state in {"Valid", "Trusted"}
    own = _found(
        active, manifests.get(active), valid=valid, trusted=state == "Trusted", codes=codes
    )
    if not _stamped(results):
        own = replace(own, signed_at=0)
    doubts = _doubts(manifests, results)
    others = (
        _found(key, one, valid=valid and key not in doubts, trusted=False, active=False)
        for key, one in list(manifests.items())[:_MAX_MANIFESTS]
        if key != active
    )
    return Verified(conclusion=_conclusion(own), found=(own, *others))


def _stamped(results: Mapping[str, object]) -> bool:
    """Tell whether the time is an authority's that is trusted, and not the signer's own word."""
    active = _mapping(results.get("activeManifest"))
    return any(
        _mapping(one).get("code") == "timeStamp.trusted" for one in _list(active.get("success"))
    )


def _conclusion(own: Found) -> str:
    if not own.valid:
        return "mark_invalid"
    return "declares_ai" if own.level not in {"", "none"} else "declares_other"


def _found(
    key: str,
    manifest: object,
    *,
    valid: bool,
    trusted: bool,
    active: bool = True,
    codes: tuple[str, ...] = (),
) -> Found:
    told = _mapping(manifest)
    signature = _mapping(told.get("signature_info"))
    assertions = {
        _text(one.get("label")): _mapping(one.get("data"))
        for one in map(_mapping, _list(told.get("assertions")))
    }
    own = assertions.get(OWN, {})
    source, agent = _origin(assertions)
    profile = _mapping(assertions.get(AI_DISCLOSURE, {}).get("contentProfile"))
    level = level_of(source, _text(profile.get("humanOversightLevel")))
    declared, kind = _text(own.get("level")), _text(own.get("class"))
    generators = [_mapping(one) for one in _list(told.get("claim_generator_info"))]
    generator = _text(generators[0].get("name")) if generators else ""
    return Found(
        valid=valid,
        trusted=trusted,
        level=declared if declared in MARKS else level,
        producer=_text(own.get("provider")) or generator,
        model=_text(assertions.get(AI_DISCLOSURE, {}).get("modelName")) or agent,
        signer=_text(signature.get("issuer")),
        id=_text(key),
        label_id=_text(own.get("id")),
        kind=kind if kind in KINDS else "",
        owner=_text(own.get("ownerNumber")) or _text(own.get("owner")),
        signed_at=_seconds(signature.get("time")) if active else 0,
        active=active,
        codes=codes,
    )


def _origin(assertions: Mapping[str, Mapping[str, object]]) -> tuple[str, str]:
    """Return the source type that says most of AI, and the program of that action."""
    best = ("", "")
    for label in _ACTIONS:
        for action in map(_mapping, _list(assertions.get(label, {}).get("actions"))):
            source = _text(action.get("digitalSourceType"))
            agent = action.get("softwareAgent")
            program = agent if isinstance(agent, str) else _mapping(agent).get("name")
            if source and (not best[0] or level_of(source, "") not in {"", "none"}):
                best = (source, _text(program))
    return best


def _doubts(manifests: Mapping[str, object], results: Mapping[str, object]) -> set[str]:
    """Return the parents of which something failed, now or when they were taken in."""
    doubts = set()
    for manifest in map(_mapping, manifests.values()):
        for parent in map(_mapping, _list(manifest.get("ingredients"))):
            then = _mapping(_mapping(parent.get("validation_results")).get("activeManifest"))
            if _list(then.get("failure")) and not _only_untrusted(then.get("failure")):
                doubts.add(_text(parent.get("active_manifest")))
    for delta in map(_mapping, _list(results.get("ingredientDeltas"))):
        for one in map(_mapping, _list(_mapping(delta.get("validationDeltas")).get("failure"))):
            url = _text(one.get("url"))
            doubts.update(key for key in manifests if key in url)
    return doubts


def _only_untrusted(failures: object) -> bool:
    return all(code == "signingCredential.untrusted" for code in _codes(failures))


def _codes(failures: object) -> tuple[str, ...]:
    return tuple(_text(_mapping(one).get("code")) for one in _list(failures)[:_MAX_CODES])


def _seconds(time: object) -> int:
    try:
        return int(datetime.fromisoformat(_text(time)).timestamp())
    except (ValueError, OverflowError):
        return 0


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(value: object) -> str:
    return name(value) if isinstance(value, str) else ""
