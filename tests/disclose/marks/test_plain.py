from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Details, Layer, Unmarkable, claim, plain
from guardrail.facts import Label

LINE = "Жасанды интеллект жасаған · Создано искусственным интеллектом · AI-generated"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a\n", f"{LINE}\n\na\n"),
        ("a\r\nb", f"{LINE}\r\n\r\na\r\nb"),
        ("", f"{LINE}\n\n"),
        ("\ufeffa", f"\ufeff{LINE}\n\na"),
    ],
)
def test_the_line_stands_first_and_lines_end_as_they_did(
    said: Claim, text: str, after: str
) -> None:
    marked = plain.write(text.encode(), said)
    assert marked.decode() == after
    assert plain.write(marked, said) == marked


def test_a_notice_of_ones_own_stands_instead(label: Label) -> None:
    own = claim(label, Details(notice="ЖИ · ИИ"))
    assert plain.write(b"a", own) == "ЖИ · ИИ\n\na".encode()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (f"{LINE}\nтекст", "ai-generated"),
        ("текст\n\nСоздано искусственным интеллектом.\n", "ai-generated"),
        ("*AI-generated*\n\ntext", "ai-generated"),
        ("【由人工智能生成】\n文", "ai-generated"),
        ("text\nИзменено искусственным интеллектом", "ai-assisted"),
        ("Prepared with AI assistance\nx", "ai-assisted"),
    ],
)
def test_lines_for_people_are_found_at_both_ends(text: str, level: str) -> None:
    (found,) = plain.read(text.encode())
    assert (found.layer, found.level, found.valid) == (Layer.VISIBLE, level, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "текст",
        "疑似AI生成",
        "AI-generated images are a growing problem for courts, and for newspapers too.",
        "a\n" * 300 + LINE + "\n" + "a\n" * 300,
    ],
)
def test_other_texts_say_nothing(text: str) -> None:
    assert list(plain.read(text.encode())) == []


def test_what_isnt_utf_8_isnt_marked(said: Claim) -> None:
    with pytest.raises(Unmarkable, match="not_utf8"):
        plain.write(b"\xff", said)
