"""What `guardrail label verify --headers` does: is the text of a saved reply what was signed?

A whole reply's signature stands in its header, a stream's in itself: in its last comment, or in the
events that its format has room in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from guardrail.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from guardrail.disclose import Signed
    from guardrail.facts import Headers
    from guardrail.wire import Adapter, Delta
    from guardrail.wire.framing import Framing

    Told = tuple[Signed, Sequence[str]]
    """A signed label, unchecked, and the texts that it must be of."""

VALID, CHANGED, UNSIGNED = "valid", "changed", "unsigned"
"""What there is to say: it is what was signed; text or label isn't; nobody signed any."""


def headers_in(data: bytes) -> Headers:
    """Return the fields of a saved reply's head, as ``curl --dump-header`` writes it."""
    # Of several heads, of redirects or an early answer, the last is the reply's.
    heads = [head for head in data.replace(b"\r\n", b"\n").split(b"\n\n") if head.strip()]
    lines = heads[-1].split(b"\n") if heads else []
    pairs = (line.partition(b":") for line in lines if not line.startswith(b"HTTP/"))
    return tuple((name.strip().lower(), value.strip()) for name, _, value in pairs if value)


def key_in(data: bytes, kid: str, made: int = 0) -> Ed25519PublicKey:
    """Return the key of a name in a JSON Web Key Set, or the one key in a JWK or PEM file.

    Args:
        data: of the file.
        kid: the name.
        made: when the label says that it was made, in Unix seconds.

    Raises:
        BadInput: there is none, or it signed no more by then.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    try:
        tree = None if data.lstrip().startswith(b"-----") else orjson.loads(data)
        held = [data] if tree is None else tree.get("keys", [tree])
        for one in held:
            key = OKPKey.import_key(one)
            public = key.public_key
            if isinstance(public, Ed25519PublicKey) and (tree is None or key.thumbprint() == kid):
                _expect_signing(one, made)
                return public
    except (JoseError, ValueError, TypeError, AttributeError):
        raise BadInput("the key can't be read: give a JSON Web Key Set or a PEM file") from None
    raise BadInput("the label was signed with another key than any of these")


def _expect_signing(key: object, made: int) -> None:
    ended = key.get("exp") if isinstance(key, dict) else None
    if isinstance(ended, int) and made > ended:
        raise BadInput("the label says that it was made when its key signed no more")


def signed_in(body: bytes, headers: Headers, wire: str) -> list[Told]:
    """Return the signed labels of a saved reply, each with its texts; none where nobody signed it.

    Args:
        body: the reply, whole or a stream.
        headers: its fields.
        wire: the format that it is in, as ``openai-chat``.

    Raises:
        ConfigError: no format has this name.
        GuardrailError: the body can't be read.
    """
    from guardrail.disclose import read_signed
    from guardrail.shipped import shipped
    from guardrail.wire import load_wires
    from guardrail.wire.framing import framing_of

    framing = framing_of(_stated(headers), array=body.lstrip()[:1] == b"[")
    if framing is not None:
        return _signed_events(body, load_wires(shipped("adapters")).named(wire), framing)
    signed = read_signed(headers)
    return [] if signed is None else [(signed, texts_in(body, headers, wire))]


def _signed_events(body: bytes, adapter: Adapter, framing: Framing) -> list[Told]:
    from guardrail.disclose import read_member

    codec = adapter.stream(framing)
    places = codec.labels
    texts: dict[str, str] = {}
    labels = _in_comments(body, framing)
    alone: list[Told] = []
    for event in (*codec.feed(body), *codec.close()):
        said = [one for one in event.deltas if _is_said(one)]
        for one in said:
            if not (one.repeats and codec.repeats and one.channel in texts):
                texts[one.channel] = texts.get(one.channel, "") + one.text
        held = places.label_in(event.data, event.name) if places is not None else None
        signed = read_member(held)
        if signed is not None:
            labels.append(signed)
            alone.append((signed, [one.text for one in said]))
    if places is not None and places.own:
        return alone
    # The last label is of all that left.
    return [(one, tuple(texts.values())) for one in labels[-1:]]


def _in_comments(body: bytes, framing: Framing) -> list[Signed]:
    """Return the signed labels in a stream's comments."""
    from guardrail.disclose import read_member

    splitter = framing.splitter()
    raws = [*splitter.feed(body), splitter.close()]
    held = (_loaded(raw[raw.find(b"{") :]) for raw in raws if framing.is_label(raw))
    return [signed for one in held if (signed := read_member(one)) is not None]


def _is_said(delta: Delta) -> bool:
    from guardrail.engine.text_labels import is_answer

    return bool(delta.text) and is_answer(delta.author, delta.kind) and not delta.key


def _loaded(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except ValueError:
        return None


def _stated(headers: Headers) -> str:
    return (
        dict(headers).get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    )


def _codec(body: bytes, headers: Headers) -> str:
    """Return what a text is read with: pages may be in an old charset."""
    from guardrail.wire.charsets import page_codec
    from guardrail.wire.media_types import media_type

    media = media_type(dict(headers).get(b"content-type", b"").decode("latin-1"))
    return (page_codec(media, body) if media.kind == "html" else "") or "utf-8"


def texts_in(body: bytes, headers: Headers, wire: str) -> list[str]:
    """Return the texts that a label is of.

    Args:
        body: the reply.
        headers: its fields; what is text by its type is one text.
        wire: the format that the reply is in else, as ``openai-chat``.

    Raises:
        ConfigError: no format has this name.
        GuardrailError: the body can't be read.
    """
    from guardrail.engine.text_labels import is_answer
    from guardrail.shipped import shipped
    from guardrail.wire import load_wires

    if _stated(headers).startswith("text/"):
        try:
            return [body.decode(_codec(body, headers))]
        except UnicodeDecodeError:
            raise BadInput("the text isn't UTF-8") from None
    read = load_wires(shipped("adapters")).named(wire).read_reply(body)
    return [one.text for one in read.segments if is_answer(one.author, one.kind) and not one.key]


def checked(signed: Signed, texts: Sequence[str], key: Ed25519PublicKey) -> str:
    """Return what there is to say of a signature."""
    from guardrail.disclose.signature import verify

    return VALID if verify(signed, texts, key) else CHANGED
