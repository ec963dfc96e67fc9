from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.consent import normalised, own_digest
from guardrail.consent.persons import crowded
from guardrail.facts import Category, Finding

KEY = b"k" * 32


def finding(entity: str) -> Finding:
    return Finding(
        segment=0,
        start=0,
        end=1,
        entity=entity,
        category=Category.PERSONAL,
        score=1.0,
        recognizer="T@1",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+7 (701) 123-45-67", "+77011234567"),
        ("A@Example.KZ", "a@example.kz"),
        ("\uff18\uff17\uff10\uff14", "8704"),
        ("ИВАНОВ", "Иванов"),
    ],
)
def test_writings_of_one_value_are_one_value(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_a_value_without_letters_is_compared_as_it_stands() -> None:
    assert normalised("--") != normalised("++")


@given(st.text())
def test_composed_and_decomposed_text_are_one_value(text: str) -> None:
    assert normalised(unicodedata.normalize("NFC", text)) == normalised(
        unicodedata.normalize("NFD", text)
    )


def test_a_digest_depends_on_key_and_entity() -> None:
    digests = {
        own_digest(KEY, "KZ_IIN", "870412300123"),
        own_digest(KEY, "RU_INN", "870412300123"),
        own_digest(b"other", "KZ_IIN", "870412300123"),
    }
    assert len(digests) == 3
    assert own_digest(KEY, "KZ_IIN", "870412 300123") in digests


def test_a_lone_surrogate_has_a_digest_too() -> None:
    assert len(own_digest(KEY, "NAME", "\ud800")) == 64


def test_two_values_of_one_entity_are_a_crowd_and_two_writings_are_not() -> None:
    findings = [finding("KZ_IIN"), finding("PHONE"), finding("KZ_IIN"), finding("PHONE")]
    assert crowded(findings, ["1", "7 1", "2", "71"]) == {"KZ_IIN"}
