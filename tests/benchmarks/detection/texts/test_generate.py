from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import stdnum.iban
import stdnum.luhn
import stdnum.ru.inn

from benchmarks.detection.texts import generate
from benchmarks.detection.texts.drawing import PARTS, half
from benchmarks.detection.texts.evasion import EVASIONS
from benchmarks.detection.texts.generate import SLICES, Sliced, texts
from guardrail.detect.entities import ENTITIES
from guardrail.detect.text.identifiers.kz import (
    has_bin_structure,
    has_iin_structure,
    is_checked,
)

DATA = Path(generate.__file__).with_name("data")


@pytest.fixture(scope="module")
def made() -> list[Sliced]:
    return [one for part in PARTS for one in texts(seed=1, count=1500, part=part)]


def test_the_same_seed_makes_the_same_texts() -> None:
    assert list(texts(seed=3, count=200, part="held-back")) == list(
        texts(seed=3, count=200, part="held-back")
    )
    assert list(texts(seed=3, count=200, part="held-back")) != list(
        texts(seed=4, count=200, part="held-back")
    )


def test_every_slice_is_there_and_no_text_comes_twice_in_one(made: list[Sliced]) -> None:
    assert {one.slice for one in made} == set(SLICES)
    counted = Counter(
        (one.slice, one.text.text) for one in texts(seed=9, count=3000, part="held-back")
    )
    assert max(counted.values()) == 1


def test_every_span_lies_within_its_text_and_names_entities_there_are(made: list[Sliced]) -> None:
    for one in made:
        for start, end, label in one.text.spans:
            assert 0 <= start < end <= len(one.text.text)
            assert one.text.text[start:end].strip() == one.text.text[start:end]
            assert set(label.split("|")) <= set(ENTITIES)


def test_negatives_have_no_spans_and_all_others_have(made: list[Sliced]) -> None:
    for one in made:
        assert bool(one.text.spans) == (one.slice != "negatives"), one


def test_no_slot_stays_empty(made: list[Sliced]) -> None:
    assert [one for one in made if re.search("[⟨⟩]", one.text.text)] == []


def test_identifiers_pass_their_checks(made: list[Sliced]) -> None:
    checks = {
        "KZ_IIN": lambda v: is_checked(v) and has_iin_structure(v),
        "KZ_BIN": lambda v: is_checked(v) and has_bin_structure(v),
        "IBAN_CODE": stdnum.iban.is_valid,
        "CREDIT_CARD": stdnum.luhn.is_valid,
        "RU_INN": stdnum.ru.inn.is_valid,
    }
    seen = Counter[str]()
    for one in made:
        if one.slice in ("identifiers", "more identifiers"):
            for start, end, label in one.text.spans:
                if label in checks:
                    seen[label] += 1
                    assert checks[label](re.sub(r"\W", "", one.text.text[start:end]))
    assert set(seen) == set(checks)


def test_persons_stand_where_the_spans_say_in_lower_case_and_latin_too(made: list[Sliced]) -> None:
    for one in made:
        if "lower case" in one.slice:
            assert one.text.text == one.text.text.lower()
        if one.slice == "kk names, Latin":
            assert not re.search("[а-яәғқңөұүһі]", one.text.text.lower())
        for start, end, label in one.text.spans:
            if label == "PERSON":
                before, behind = one.text.text[start - 1 : start], one.text.text[end : end + 1]
                assert not before.isalnum() or start == 0
                assert not behind.isalnum()


def test_every_evasion_changes_the_value(made: list[Sliced]) -> None:
    for name in EVASIONS:
        values = [
            one.text.text[span.start : span.end]
            for one in made
            for span in one.text.spans
            if one.slice == f"evasion: {name}"
        ]
        assert values
        assert not [value for value in values if re.fullmatch(r"[0-9]{11,16}", value)]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.txt")), ids=lambda path: path.stem)
def test_the_halves_of_a_file_share_nothing(path: Path) -> None:
    between = "\n%%%\n" if path.stem == "clean_blocks" else "\n"
    first, second = (set(half(path.name, between, part)) for part in PARTS)
    assert first
    assert not first & second


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_uncommon_names_are_many_and_none_is_among_the_common(lang: str) -> None:
    def read(name: str) -> set[str]:
        return set((DATA / name).read_text("utf-8").split())

    given = read(f"{lang}_male.txt") | read(f"{lang}_female.txt")
    surnames = read(f"{lang}_surnames.txt")
    assert len(given) >= 150
    assert len(surnames) >= 200
    assert not surnames & read(f"{lang}_common_surnames.txt")
    common = read(f"{lang}_common_male.txt") | read(f"{lang}_common_female.txt")
    assert not given & common
