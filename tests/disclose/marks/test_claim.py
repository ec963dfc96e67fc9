from __future__ import annotations

from dataclasses import replace

import pytest

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks import Claim, Details, aigc, claim
from guardrail.facts import Label, Origin


def test_a_claim_has_the_words_of_every_vocabulary(said: Claim, label: Label) -> None:
    assert said.source_type == MARKS[label.level].source_types[0]
    assert said.created == "2025-11-22T05:00:00Z"
    assert said.members() == {
        "v": 1,
        "id": label.id,
        "level": "ai-generated",
        "class": "synthetic",
        "dst": said.source_type,
        "system": {"name": label.model, "version": "1"},
        "provider": "Example LLP",
        "oversight": "prompt_guided",
        "created": "2025-11-22T05:00:00Z",
    }


def test_a_claim_names_who_answers_and_by_which_packs(label: Label) -> None:
    packs = ("kz-230-viii@1", "eu-ai-act@2")
    who = Origin(owner="Мысал ЖШС", number="990140000123", jurisdiction="KZ", packs=packs)
    said = claim(replace(label, origin=who)).members()
    assert said["owner"] == {"name": "Мысал ЖШС", "bin": "990140000123", "jur": "KZ"}
    assert said["packs"] == packs
    nobody = claim(replace(label, origin=Origin(jurisdiction="KZ"))).members()
    assert not {"owner", "packs", "watermark"} & nobody.keys()


def test_a_watermark_of_texts_is_told_as_the_providers_word_and_never_of_media(
    label: Label,
) -> None:
    who = Origin(text_watermark="Example\nMark-1")
    text = claim(replace(label, kind="result", origin=who)).members()
    assert text["watermark"] == {"name": "ExampleMark-1", "basis": "asserted_by_provider"}
    assert "watermark" not in claim(replace(label, kind="synthetic", origin=who)).members()


@pytest.mark.parametrize(
    ("level", "oversight"),
    [
        ("ai-assisted", "human_validated"),
        ("ai-generated", "prompt_guided"),
        ("ai-autonomous", "fully_autonomous"),
    ],
)
def test_each_level_says_who_watched_over_it(label: Label, level: str, oversight: str) -> None:
    assert claim(replace(label, level=level)).members()["oversight"] == oversight


def test_what_isnt_known_isnt_said(other: Label) -> None:
    members = claim(replace(other, model="", provider="")).members()
    assert not {"system", "provider", "created"} & members.keys()


def test_the_producers_code_goes_before_the_providers_name(label: Label) -> None:
    assert aigc.read(claim(label, Details(producer="000000000000")).aigc).producer == "0" * 12


@pytest.mark.parametrize("level", ["none", "wrong"])
def test_without_a_level_of_ai_there_is_nothing_to_claim(label: Label, level: str) -> None:
    with pytest.raises(ValueError, match="no such level"):
        claim(replace(label, level=level))


def test_an_unknown_kind_is_an_error(label: Label) -> None:
    with pytest.raises(ValueError, match="no such kind"):
        claim(replace(label, kind="wrong"))


def test_every_text_is_printable_and_bounded(label: Label) -> None:
    wild = "a\r\n\0\u202e" + "b" * 9_000
    who = Origin(owner=wild, number=wild, jurisdiction=wild, packs=(wild,) * 99)
    one = claim(
        replace(label, id=wild, model=wild, provider=wild, created=10**18, origin=who),
        Details(version=wild, prompt_writer=wild, notice=wild, manifest=wild, producer=wild),
    )
    texts = [one.label.id, one.label.model, one.version, one.prompt_writer, one.notice]
    texts += [one.label.origin.owner, one.label.origin.number, *one.label.origin.packs]
    assert len(one.label.origin.packs) == 64
    assert all(text.isprintable() and 0 < len(text) <= 2_003 for text in texts)
    assert one.manifest.isprintable()
    assert one.created == "9999-12-31T23:59:59Z"


def test_a_notice_of_many_lines_becomes_one(label: Label) -> None:
    assert claim(label, Details(notice="Қазақша\n\n По-русски ")).notice == "Қазақша · По-русски"
