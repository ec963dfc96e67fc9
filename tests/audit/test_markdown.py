from collections.abc import Callable

from guardrail.audit import Figures, report
from guardrail.audit.markdown import markdown
from guardrail.audit.page import Bars, Gap, Items, Page, Paragraph, Section, Table


def page(*blocks: object) -> Page:
    section = Section(id="a", title="A", blocks=blocks)  # type: ignore[arg-type]
    return Page(lang="en", title="T", about=("x", ""), sections=(section,), gap="To be filled by")


def test_every_block_has_its_form() -> None:
    said = markdown(page(
        Paragraph(words="p", label="l"),
        Items(items=("i", "j")),
        Table(caption="c", heads=("h", "k"), rows=(("1", "2"),)),
        Bars(title="b", about="d", bars=(("e", 1),)),
        Gap(words="g", by="you"),
    )).decode()  # fmt: skip
    for line in ("# T", "## A", "**l:** p", "- i", "**c**", "| h | k |", "| --- | --- |",
                 "| 1 | 2 |", "- e: 1", "> ☐ **To be filled by: you.** g"):  # fmt: skip
        assert f"\n{line}" in f"\n{said}", line


def test_what_is_said_isnt_read_as_markup() -> None:
    said = markdown(page(Paragraph(words="a|b *c* <d>\n# e"))).decode()
    assert r"a\|b \*c\* \<d\> \# e" in said


def test_a_report_is_markdown_too(figures: Callable[[str], Figures]) -> None:
    assert "## Обязанности по статьям" in markdown(report(figures("ru"))).decode()
