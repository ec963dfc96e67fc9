from __future__ import annotations

import pytest

from guardrail.disclose.visible.office.lines import Line, joined, lines_of
from guardrail.disclose.visible.unlabelled import Unlabelled


def test_each_line_is_told_to_be_in_its_language() -> None:
    words = "Жасанды интеллект жасаған\n\n Создано ИИ \nAI-generated\n人工智能生成\nAI 생성"
    assert [line.language for line in lines_of(words)] == [
        "kk-KZ",
        "ru-RU",
        "en-US",
        "zh-CN",
        "ko-KR",
    ]
    assert lines_of(words)[1] == Line("Создано ИИ", "ru-RU")
    assert joined(lines_of("а\nb")) == "а · b"


def test_letters_that_xml_has_no_place_for_are_left_out() -> None:
    assert lines_of("a\x01b\ud800c")[0].text == "abc"


@pytest.mark.parametrize("words", ["", " \n\t", "\x01"])
def test_without_words_there_is_no_label(words: str) -> None:
    with pytest.raises(Unlabelled, match="no_letters"):
        lines_of(words)
