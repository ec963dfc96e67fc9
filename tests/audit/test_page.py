from guardrail.audit.page import Gap, Page, Paragraph, Said, Section, text_of


def test_gaps_are_counted_at_every_depth() -> None:
    gap = Gap(words="?", by="you")
    inner = Section(id="b", title="B", blocks=(gap,))
    outer = Section(id="a", title="A", blocks=(Paragraph(words="x"), gap), sections=(inner,))
    assert Page(lang="en", title="T", about=(), sections=(outer,)).gaps == 2


def test_words_of_another_language_keep_their_text() -> None:
    assert text_of(Said(text="x", lang="en")) == text_of("x") == "x"
