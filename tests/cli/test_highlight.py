from __future__ import annotations

import io

from rich.console import Console, RenderableType

from guardrail.cli.highlight import STYLES, explained, highlighted
from guardrail.facts import Category, Finding


def printed(renderable: RenderableType, *, colour: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=colour, color_system="standard" if colour else None, width=120
    )
    console.print(renderable, soft_wrap=True)
    return out.getvalue()


def finding(start: int, end: int, entity: str, category: Category) -> Finding:
    return Finding(
        segment=0,
        start=start,
        end=end,
        entity=entity,
        category=category,
        score=0.9,
        recognizer="R@1",
        reason="pattern",
    )


FOUND = [
    finding(4, 7, "KZ_IIN", Category.PERSONAL),
    finding(8, 11, "KZ_IIN", Category.PERSONAL),
    finding(12, 13, "PASSWORD", Category.SECRET),
]


def test_findings_are_marked_where_they_stand_and_counted_below() -> None:
    shown = printed(highlighted("ИИН 123 456 x!", FOUND))
    first, *legend = shown.splitlines()
    assert first == "ИИН 123[KZ_IIN] 456[KZ_IIN] x[PASSWORD]!"
    assert [line.split() for line in legend] == [
        ["personal", "KZ_IIN", "2"],
        ["secret", "PASSWORD", "1"],
    ]


def test_on_a_terminal_they_are_coloured_by_category() -> None:
    shown = printed(highlighted("ИИН 123 456 x!", FOUND), colour=True)
    assert "\x1b[30;103m123\x1b[0m" in shown
    assert "\x1b[37;41mx\x1b[0m" in shown
    assert STYLES.keys() == {one.value for one in Category}


def test_a_text_without_findings_says_so() -> None:
    assert printed(highlighted("текст\n", [])) == "текст\n\nnothing found\n"


def test_what_would_command_the_terminal_is_only_shown() -> None:
    text = "a\x1b]0;x\x07b\r\x9b2Jc\u202ed\tе\n[bold]f[/bold]"
    shown = printed(highlighted(text, []))
    assert shown.startswith("a\\x1b]0;x\\x07b\\x0d\\x9b2Jc\\x202ed")
    assert "[bold]f[/bold]" in shown
    inside = printed(highlighted("\x1bab", [finding(0, 2, "X", Category.SPECIAL)]))
    assert inside.startswith("\\x1ba[X]b")


def test_why_each_is_one_is_told_with_the_beginning_of_its_pattern() -> None:
    shown = printed(explained([(FOUND[0], "[0-9]{3}"), (FOUND[2], "x" * 60)]))
    head, first, second = shown.splitlines()
    assert head.split() == ["place", "entity", "score", "recognizer", "why", "pattern"]
    assert first.split() == ["4-7", "KZ_IIN", "0.90", "R@1", "pattern", "[0-9]{3}"]
    assert second.split()[-1] == "x" * 23 + "…"
