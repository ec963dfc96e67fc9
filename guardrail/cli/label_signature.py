"""What `guardrail label verify --headers` does: is the text of a saved reply what was signed?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from guardrail.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from guardrail.disclose import Signed
    from guardrail.facts import Headers

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

    stated = dict(headers).get(b"content-type", b"").partition(b";")[0].strip().lower()
    if stated.startswith(b"text/"):
        try:
            return [body.decode()]
        except UnicodeDecodeError:
            raise BadInput("the text isn't UTF-8") from None
    read = load_wires(shipped("adapters")).named(wire).read_reply(body)
    return [one.text for one in read.segments if is_answer(one.author, one.kind) and not one.key]


def checked(signed: Signed, texts: Sequence[str], key: Ed25519PublicKey) -> str:
    """Return what there is to say of a signature."""
    from guardrail.disclose.signature import verify

    return VALID if verify(signed, texts, key) else CHANGED
