import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose import MARKS, headers, label, origin
from guardrail.facts import Label, Notice, Origin

ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
ANYTHING = st.text(st.characters())


def test_the_headers_read_as_documented() -> None:
    made = label(id=ID, model="demo-model-1", provider="Example LLP", created=1763787600)
    assert headers(made) == (
        (
            b"ai-disclosure",
            b'mode=ai-originated; model="demo-model-1"; provider="Example LLP"; date=@1763787600',
        ),
        (b"guardrail-label", f'id="{ID}", level=ai-generated, class=result'.encode()),
    )


def test_what_is_not_known_is_not_said() -> None:
    assert headers(label(id=ID))[0] == (b"ai-disclosure", b"mode=ai-originated")


def test_a_notice_goes_as_a_display_string() -> None:
    notice = Notice(key="label.short", texts={"kk": "ЖИ", "ru": "ИИ"})
    assert headers(label(id=ID), notice=notice, languages=("kk", "ru"))[2] == (
        b"guardrail-notice",
        b'text=%"%d0%96%d0%98%0a%d0%98%d0%98"',
    )


def test_an_empty_notice_makes_no_header() -> None:
    assert len(headers(label(id=ID), notice=Notice(key="x"))) == 2


@pytest.mark.parametrize(("level", "kind"), [("human", "result"), ("ai-generated", "text")])
def test_an_unknown_level_or_kind_is_an_error(level: str, kind: str) -> None:
    with pytest.raises(ValueError, match="no such level or kind"):
        label(id=ID, level=level, kind=kind)
    with pytest.raises(ValueError, match="no such level or kind"):
        headers(Label(id=ID, level=level, kind=kind))


def test_names_are_bounded_and_printable() -> None:
    made = label(id=ID, model="m\r\n" * 100, provider="p\0\u202e")
    assert made.model == "m" * 43
    assert made.provider == "p"


def test_who_answers_is_bounded_and_printable_and_in_kazakhstan_where_its_packs_apply() -> None:
    made = origin("О\r\n" * 200, "990140000123\0", in_kazakhstan=True, packs=["kz-230-viii@1"])
    assert made == Origin(
        owner="О" * 43, number="990140000123", jurisdiction="KZ", packs=("kz-230-viii@1",)
    )
    assert origin("O", "", in_kazakhstan=False).jurisdiction == ""


def test_there_is_a_class_for_persons() -> None:
    made = label(id=ID, kind="synthetic_person")
    assert headers(made)[1][1].endswith(b"class=synthetic_person")


def test_times_stay_within_what_a_field_can_hold() -> None:
    assert label(id=ID, created=-1).created == 0
    assert label(id=ID, created=10**20).created == 10**15 - 1


def test_every_level_has_full_uris_and_a_mode_of_its_own() -> None:
    assert len({mark.mode for mark in MARKS.values()}) == len(MARKS) == 4
    for mark in MARKS.values():
        assert mark.source_types
        for uri in mark.source_types:
            assert re.fullmatch(r"http://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]+", uri)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, st.integers())
def test_every_text_leaves_headers_of_printable_ascii(
    id_: str, model: str, provider: str, words: str, created: int
) -> None:
    hostile = Label(
        id=id_,
        level="ai-generated",
        kind="result",
        model=model,
        provider=provider,
        created=created,
    )
    for name, value in headers(
        hostile, notice=Notice(key="x", texts={"kk": words}), languages=("kk",)
    ):
        assert re.fullmatch(rb"[a-z-]+", name)
        assert re.fullmatch(rb"[ -~]*", value)
