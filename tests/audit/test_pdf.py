from collections.abc import Callable
from importlib.resources import files

import pypdfium2
import pytest
from reportlab.pdfbase.ttfonts import TTFont

from guardrail.audit import LANGUAGES, Figures, report
from guardrail.audit.clocks import clocks
from guardrail.audit.documents import forms
from guardrail.audit.page import Page, Paragraph, Section
from guardrail.audit.pdf import pdf
from guardrail.audit.words import duties, texts


def text_in(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("kk", ("Баптар бойынша аудит есебі", "Бұл есеп нені көрсете алмайды", "әңғүұқөһі")),
        ("ru", ("Отчёт для аудита по статьям", "Чего этот отчёт показать не может", "ёъыэ")),
        ("en", ("Audit report, article by article", "What this report can't show", "fi")),
    ],
)
def test_the_letters_of_every_language_can_be_taken_out_again(
    figures: Callable[[str], Figures], lang: str, words: tuple[str, ...]
) -> None:
    page = report(figures(lang))
    letters = Section(id="x", title="x", blocks=(Paragraph(words=words[2]),))
    page = Page(lang=lang, title=page.title, about=(), sections=(*page.sections, letters))
    said = text_in(pdf(page))
    assert all(word in said for word in words)


def test_the_same_page_makes_the_same_bytes(figures: Callable[[str], Figures]) -> None:
    assert pdf(report(figures("kk"))) == pdf(report(figures("kk")))


def test_a_document_says_its_title_and_its_language(figures: Callable[[str], Figures]) -> None:
    data = pdf(report(figures("kk")))
    document = pypdfium2.PdfDocument(data)
    assert document.get_metadata_value("Title") == "Баптар бойынша аудит есебі"
    document.close()
    assert b"/Lang (kk)" in data


def test_what_is_said_isnt_read_as_markup() -> None:
    section = Section(id="a", title="<i>t", blocks=(Paragraph(words="a<b>&c", label="x<"),))
    said = text_in(pdf(Page(lang="en", title="T & <t>", about=(), sections=(section,))))
    assert "a<b>&c" in said
    assert "T & <t>" in said


@pytest.mark.parametrize("name", ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
def test_the_fonts_have_every_letter_of_the_words(name: str) -> None:
    with files("guardrail.audit").joinpath("font", name).open("rb") as opened:
        known = set(TTFont(name, opened).face.charToGlyph)
    said = [text for each in (*texts().values(), *duties().values()) for text in each.values()]
    for form in forms():
        said += [*form.title.values(), form.law, form.source]
        said += [text for part in form.parts for text in (*part.title.values(), *part.ask.values())]
    said += [text for clock in clocks() for text in clock.title.values()]
    missing = {letter for text in said for letter in text if ord(letter) not in known}
    assert missing == set()


def test_there_are_words_in_all_languages_of_a_report() -> None:
    assert LANGUAGES == ("kk", "ru", "en")
