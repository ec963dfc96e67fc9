from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.c2pa.certificates import from_chain
from guardrail.disclose.c2pa.claim import checked
from guardrail.disclose.c2pa.local import local
from guardrail.disclose.c2pa.reader import verify
from guardrail.disclose.c2pa.signer import Signed, Signer, raw, sign
from guardrail.disclose.c2pa.timestamps import BadStampError, request, request_of, stamp, token
from guardrail.facts import Label

Authority = Callable[[bytes], bytes]


def unreachable(message: bytes) -> bytes:
    raise TimeoutError


@pytest.fixture(scope="module")
def waiting(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> Callable[[str], Signed]:
    """Return a signed picture whose authority didn't answer."""
    late = replace(signer, authority=unreachable)
    return lambda name: sign(picture(name), f"image/{name.lower()}", said, late, now)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_a_mark_is_stamped_later_without_its_key(
    name: str,
    waiting: Callable[[str], Signed],
    authority: Authority,
    signer: Signer,
    now: datetime,
) -> None:
    done = waiting(name)
    assert done.why_not == "authority_failed"
    found = token(authority(request(done.store)), done.store)
    data, store = stamp(done.data, done.store, found)
    assert len(data) == len(done.data)
    roots = signer.anchors + authority.root  # type: ignore[attr-defined]
    for told in (
        verify(data, f"image/{name.lower()}", anchors=roots),
        verify(data, f"image/{name.lower()}", anchors=roots, sidecar=store),
    ):
        assert told.found[0].trusted
        assert told.found[0].signed_at == int(now.timestamp())


def test_a_sidecar_is_stamped(
    signer: Signer, said: Label, now: datetime, authority: Authority
) -> None:
    stamping = replace(signer, authority=authority)
    done = sign(b"words", "text/plain", said, stamping, now, embed=False)
    assert done.timestamped
    roots = signer.anchors + authority.root  # type: ignore[attr-defined]
    told = verify(b"words", "text/plain", anchors=roots, sidecar=done.store)
    assert told.found[0].signed_at == int(now.timestamp())


def test_a_request_is_small_and_the_same_for_the_same_signature(
    waiting: Callable[[str], Signed],
) -> None:
    one, other = waiting("PNG"), waiting("PNG")
    assert request(one.store) == request(one.store) != request(other.store)
    assert len(request(one.store)) == 69


def test_an_answer_to_another_question_is_not_taken(
    waiting: Callable[[str], Signed], authority: Authority
) -> None:
    one, other = waiting("PNG"), waiting("PNG")
    with pytest.raises(BadStampError, match="of_another"):
        token(authority(request(other.store)), one.store)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (b"", "malformed"),
        (b"\x30\x05\x30\x03\x02\x01\x02", "refused"),
        (b"\x30\x05\x30\x03\x02\x01\x00", "malformed"),
        (b"\x30\x85\x01\x01\x01\x01\x01", "malformed"),
        (b"\x30\x80", "malformed"),
        (b"\x30\x82\xff\xff\x30", "malformed"),
        (b"<html>", "malformed"),
        (b"x" * 9_001, "too_large"),
    ],
)
def test_an_answer_that_is_none_is_told(
    response: bytes, reason: str, waiting: Callable[[str], Signed]
) -> None:
    with pytest.raises(BadStampError) as caught:
        token(response, waiting("PNG").store)
    assert caught.value.reason == reason


def test_there_must_be_a_signature_with_room(
    picture: Callable[[str], bytes],
    signer: Signer,
    said: Label,
    now: datetime,
    waiting: Callable[[str], Signed],
    authority: Authority,
) -> None:
    tight = sign(picture("PNG"), "image/png", said, signer, now)
    found = token(authority(request(tight.store)), tight.store)
    with pytest.raises(BadStampError, match="no_room"):
        stamp(tight.data, tight.store, found)
    done = waiting("PNG")
    found = token(authority(request(done.store)), done.store)
    stamped = stamp(done.data, done.store, found)
    with pytest.raises(BadStampError, match="no_room"):  # twice
        stamp(*stamped, found)
    with pytest.raises(BadStampError, match="not_in_one_piece"):
        stamp(b"another file", done.store, found)
    with pytest.raises(BadStampError, match="not_in_one_piece"):
        stamp(done.data * 2, done.store, found)
    with pytest.raises(BadStampError, match="no_signature"):
        request(b"")


@pytest.mark.no_cover
def test_every_cut_or_changed_store_is_a_clear_error(waiting: Callable[[str], Signed]) -> None:
    store = waiting("JPEG").store
    for end in range(0, len(store), 101):
        with pytest.raises(BadStampError):
            request(store[:end])
    at = store.rindex(b"c2pa.signature\0")
    for place in range(at, at + 1_500):
        for bits in (0x01, 0xFF):
            changed = store[:place] + bytes((store[place] ^ bits,)) + store[place + 1 :]
            try:
                stamp(b"", changed, b"token")
            except BadStampError as error:
                assert error.reason in {"no_signature", "no_room"}  # noqa: PT017


@given(st.binary(max_size=200))
def test_every_nonsense_of_an_authority_is_refused(
    waiting: Callable[[str], Signed], response: bytes
) -> None:
    with pytest.raises(BadStampError):
        token(response, waiting("PNG").store)


def test_who_signed_makes_the_same_request_without_the_manifest(
    picture: Callable[[str], bytes], signer: Signer, said: Label, now: datetime
) -> None:
    seen: list[tuple[bytes, bytes]] = []
    key = local(signer.credentials[0])

    def remote(message: bytes) -> bytes:
        signature = raw(key(message), "es256")
        seen.append((message, signature))
        return signature

    public = from_chain(signer.credentials[0].chain, now)
    done = sign(
        picture("PNG"),
        "image/png",
        said,
        replace(signer, credentials=(public,), remote=remote),
        now,
    )
    [(message, signature)] = seen
    claim = checked(message, (public,), signer.generator, said.id)
    assert request_of(claim.protected, signature) == request(done.store)
    assert request_of(claim.protected, signature[::-1]) != request(done.store)
