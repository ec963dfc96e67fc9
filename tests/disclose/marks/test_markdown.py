from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, markdown

LINE = "Жасанды интеллект жасаған · Создано искусственным интеллектом · AI-generated"


def _written(text: str, said: Claim) -> str:
    marked = markdown.write(text.encode(), said)
    assert markdown.write(marked, said) == marked
    return marked.decode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_text_without_front_matter_gets_some(said: Claim, newline: str) -> None:
    end = newline
    assert _written(f"# A{end}", said) == (
        f"---{end}ai-disclosure: ai-generated{end}AIGC: {said.aigc}{end}---{end}{end}"
        f"{LINE}{end}{end}# A{end}"
    )


def test_a_line_that_is_there_isnt_told_twice(said: Claim) -> None:
    for text in (f"{LINE}\n\n# A\n", f"\n\n{LINE}\n# A\n"):
        assert _written(text, said).endswith(f"\n---\n\n{text}")
        matter = f"---\ntitle: a\n---\n{text}"
        assert _written(matter, said).endswith(f"\n---\n{text}")


@pytest.mark.parametrize("fence", ["---", "..."])
def test_front_matter_that_is_there_stays(said: Claim, fence: str) -> None:
    text = f"---\ntitle: a\n{fence}\n# A\n"
    assert _written(text, said).startswith(
        f"---\ntitle: a\nai-disclosure: ai-generated\nAIGC: {said.aigc}\n{fence}\n\n{LINE}\n\n# A"
    )


def test_a_line_across_the_text_is_no_front_matter(said: Claim) -> None:
    for text in ("---\nno end", "a\n---\nb: c\n---\n"):
        assert _written(text, said).endswith(f"{LINE}\n\n{text}")


def test_marks_of_others_stay_or_give_way_if_they_deny_ai(said: Claim, later: Claim) -> None:
    held = _written("---\nai-disclosure: 'ai-autonomous'\n---\na", later)
    assert "'ai-autonomous'" in _written(held, said)
    denied = _written("---\nai-disclosure: none\n---\na", said)
    assert "none" not in denied
    assert "ai-disclosure: ai-generated" in denied


def test_all_that_is_said_is_read(said: Claim) -> None:
    found = list(markdown.read(_written("a", said).encode()))
    assert [one.technique for one in found] == [
        "front-matter:ai-disclosure",
        "tc260:AIGC",
        "line",
    ]
    assert {one.level for one in found} == {"ai-generated"}
    (odd,) = markdown.read(b"---\nai-disclosure: perhaps\n---\n")
    assert (odd.valid, odd.level, odd.stated) == (False, "", "perhaps")


def test_a_byte_order_mark_stays_first(said: Claim) -> None:
    assert _written("\ufeffa", said).startswith("\ufeff---\n")
    assert _written("\ufeff---\nb: c\n---\na", said).startswith("\ufeff---\nb: c\nai-")
