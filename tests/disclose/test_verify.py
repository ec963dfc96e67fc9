import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose import MARKS, headers, label, read_label, read_notice
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
