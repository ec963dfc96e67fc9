from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.visible.office.names import is_called, sheet_name


def test_a_name_is_one_that_no_other_sheet_has() -> None:
    assert sheet_name("ЖИ · ИИ · AI", ["Данные"]) == "ЖИ · ИИ · AI"
    assert sheet_name("ai", ["AI", "ai (2)"]) == "ai (3)"
    assert sheet_name("[?]", []) == "AI"


@given(st.text(), st.lists(st.text(max_size=40), max_size=4))
def test_every_name_is_one_that_excel_takes(words: str, taken: list[str]) -> None:
    name = sheet_name(words, taken)
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\")
    assert is_called(name, words)
    assert name.lower() not in {one.lower() for one in taken}


def test_a_sheet_of_another_name_isnt_taken_for_the_label() -> None:
    assert is_called("ЖИ · ИИ (12)", "ЖИ · ИИ")
    assert not is_called("ЖИ", "ЖИ · ИИ")
    assert not is_called("Данные (2)", "ЖИ · ИИ")
