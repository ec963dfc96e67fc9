from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from guardrail.consent import ConsentRecord, ConsentState, Method, Operator, receipt_text, withdraw
from guardrail.consent.words import DATA, METHODS, STATES, WORDS
from guardrail.errors import BadInput

Make = Callable[..., ConsentRecord]


def test_kazakh_comes_first_then_russian_then_english(make_record: Make) -> None:
    text = receipt_text(make_record())
    places = [text.index(title) for title in WORDS["title"]]
    assert places == sorted(places)
    assert places[0] == 0


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_receipt_says_all_of_article_8_4(make_record: Make, language: str) -> None:
    column = ["kk", "ru", "en"].index(language)
    text = receipt_text(make_record(), [language])
    for item in (
        "Мысал ЖШС",
        "990140000123",
        "p:" + "a" * 64,
        "2026-11-22T05:00:00Z – 2027-02-20T05:00:00Z",
        f"{WORDS['third_parties'][column]}: {WORDS['yes'][column]} (llm1)",
        f"{WORDS['cross_border'][column]}: {WORDS['yes'][column]} (KZ, US)",
        f"{WORDS['public_sources'][column]}: {WORDS['no'][column]}",
        f"{DATA['KZ_IIN'][column]} (KZ_IIN)",
        "https://ops.example.kz/withdraw",
    ):
        assert item in text


def test_the_receipt_tells_what_happened_since(make_record: Make, now: datetime) -> None:
    text = receipt_text(withdraw(make_record(), now=now), ["ru"])
    assert "Состояние: отозвано" in text
    assert "2026-11-22T05:00:00Z  дано\n  2026-11-22T05:00:00Z  отозвано" in text


def test_purposes_are_told_in_the_words_the_person_saw(make_record: Make) -> None:
    record = make_record(purpose_texts={"support.answer": {"kk": "сұраққа жауап беру"}})
    assert "Мақсаттары: сұраққа жауап беру (support.answer)" in receipt_text(record, ["kk"])
    assert "Цели: support.answer" in receipt_text(record, ["ru"])


def test_unknown_data_contact_and_guardian_are_printed_too(make_record: Make) -> None:
    record = make_record(
        pii=frozenset({"SHOE_SIZE"}),
        operator=Operator(name="A", bin="1" * 12, contact="a@example.kz"),
        minor=True,
        guardian="p:" + "b" * 64,
    )
    text = receipt_text(record, ["en"])
    assert "Data collected: SHOE_SIZE" in text
    assert "Contact: a@example.kz" in text
    assert "Guardian (pseudonym): p:bbb" in text


def test_no_third_party_reads_as_no(make_record: Make) -> None:
    record = make_record(third_parties=False, recipients=frozenset())
    assert "Passed to third parties: no\n" in receipt_text(record, ["en"])


def test_a_language_without_words_is_refused(make_record: Make) -> None:
    with pytest.raises(BadInput, match="kk, ru, en"):
        receipt_text(make_record(), ["de"])


def test_every_state_and_method_has_words_in_three_languages() -> None:
    assert STATES.keys() == set(ConsentState)
    assert METHODS.keys() == set(Method)
    tables = (WORDS, STATES, METHODS, DATA)
    assert all(word for table in tables for words in table.values() for word in words)
