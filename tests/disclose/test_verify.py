import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose import (
    MARKS,
    LabelSigner,
    hash_of,
    headers,
    label,
    read_label,
    read_member,
    read_notice,
)
from guardrail.disclose.marks.claim import members
from guardrail.disclose.signature import verify
from guardrail.facts import Headers, Label, Notice

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.uuids(),
    st.sampled_from(sorted(MARKS)),
    st.sampled_from(["result", "synthetic"]),
    TEXTS,
    TEXTS,
    st.integers(0, 10**15 - 1),
)
def test_every_label_is_read_as_it_was_written(
    uuid: object, level: str, kind: str, model: str, provider: str, created: int
) -> None:
    made = label(
        id=f"urn:uuid:{uuid}",
        level=level,
        kind=kind,
        model=model,
        provider=provider,
        created=created,
    )
    assert read_label(headers(made)) == made


@given(TEXTS)
def test_every_notice_is_read_as_it_was_written(words: str) -> None:
    notice = Notice(key="x", texts={"kk": words})
    assert read_notice(headers(label(id="urn:uuid:1"), notice=notice, languages=("kk",))) == words


@pytest.mark.parametrize("separator", ["; ", ", ", ";", ","])
def test_both_forms_of_the_draft_are_read(separator: str) -> None:
    field = separator.join(["mode=ai-modified", 'model="m"', 'provider="p"', "date=@5"])
    assert read_label(((b"AI-Disclosure", field.encode()),)) == Label(
        id="", level="ai-assisted", kind="", model="m", provider="p", created=5
    )


@pytest.mark.parametrize(
    "none",
    [
        (),
        ((b"content-type", b"text/plain"),),
        ((b"ai-disclosure", b"mode=perhaps"),),
        ((b"ai-disclosure", b'mode="'),),
        ((b"guardrail-label", b"level=human"),),
    ],
)
def test_no_known_mark_is_no_label(none: Headers) -> None:
    assert read_label(none) is None
    assert read_notice(none) == ""


def test_lines_of_one_field_are_read_as_one() -> None:
    lines = ((b"ai-disclosure", b"mode=none"), (b"ai-disclosure", b'model="m"'))
    assert read_label(lines) == Label(id="", level="none", kind="", model="m")


def test_a_foreign_marks_oddities_do_not_get_through() -> None:
    field = b'mode=ai-originated; model="a%0d%0ab"; date=yesterday'
    own = b"level=ai-generated, class=poem"
    assert read_label(((b"ai-disclosure", field), (b"guardrail-label", own))) == Label(
        id="", level="ai-generated", kind="", model="ab"
    )


@given(st.lists(st.tuples(st.sampled_from([b"ai-disclosure", b"guardrail-label"]), st.binary())))
def test_every_header_can_be_read(lines: list[tuple[bytes, bytes]]) -> None:
    read_label(tuple(lines))


def test_a_signed_label_in_json_is_read_as_it_was_signed() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    made = label(id="urn:uuid:1", level="ai-assisted", kind="synthetic", created=1763787600)
    signed = LabelSigner(key, "kid-1").sign(made, hash_of(["Сәлем"]))
    read = read_member({**members(made), **signed.members()})
    assert read is not None
    assert read.kid == "kid-1"
    assert verify(read, ["Сәлем"], key.public_key())
    assert not verify(read, ["Салем"], key.public_key())


@pytest.mark.parametrize(
    "held",
    [
        None,
        [],
        "ai-generated",
        {},
        members(label(id="urn:uuid:1")),
        {**members(label(id="urn:uuid:1")), "sig": "?"},
        {"level": "human", "class": "result", "sig": "AAAA"},
        {"level": "none", "class": "poem", "sig": "AAAA"},
    ],
)
def test_what_nobody_signed_is_no_signed_label(held: object) -> None:
    assert read_member(held) is None


@pytest.mark.parametrize("created", ["", "yesterday", "9999-99-99", 5, None])
def test_a_label_without_a_known_time_was_made_at_none(created: object) -> None:
    read = read_member({"level": "none", "class": "result", "sig": "AAAA", "created": created})
    assert read is not None
    assert read.label.created == 0
