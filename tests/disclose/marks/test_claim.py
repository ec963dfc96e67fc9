from __future__ import annotations

from dataclasses import replace

import pytest

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks import Claim, Details, aigc, claim
from guardrail.facts import Label


def test_a_claim_has_the_words_of_every_vocabulary(said: Claim, label: Label) -> None:
    assert said.source_type == MARKS[label.level].source_types[0]
    assert said.schema_type == "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
    assert said.created == "2025-11-22T05:00:00Z"
    assert said.members() == {
        "v": 1,
        "id": label.id,
        "level": "ai-generated",
        "class": "synthetic",
        "dst": said.source_type,
        "system": {"name": label.model, "version": "1"},
        "provider": "Example LLP",
        "created": "2025-11-22T05:00:00Z",
    }


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
    one = claim(
        replace(label, id=wild, model=wild, provider=wild, created=10**18),
        Details(version=wild, prompt_writer=wild, notice=wild, manifest=wild, producer=wild),
    )
    texts = [one.label.id, one.label.model, one.version, one.prompt_writer, one.notice]
    assert all(text.isprintable() and 0 < len(text) <= 2_003 for text in texts)
    assert one.manifest.isprintable()
    assert one.created == "9999-12-31T23:59:59Z"


def test_a_notice_of_many_lines_becomes_one(label: Label) -> None:
    assert claim(label, Details(notice="Қазақша\n\n По-русски ")).notice == "Қазақша · По-русски"
