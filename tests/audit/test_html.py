import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from guardrail.audit import LANGUAGES, Figures, report
from guardrail.audit.documents import document, forms
from guardrail.audit.html import html

VOID = {"meta", "rect", "link", "br"}


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes what readers of screens need."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def read(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode())
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, figures: Callable[[str], Figures]) -> bytes:
    return html(report(figures(request.param)))


def test_a_page_says_its_language_and_its_title(page: bytes) -> None:
    found = read(page)
    assert found.all("html")[0]["lang"] in LANGUAGES
    assert len(found.all("title")) == 2  # the page's and the plot's
    assert found.all("meta")[1]["name"] == "viewport"


def test_headings_begin_with_one_and_leave_no_level_out(page: bytes) -> None:
    levels = read(page).headings
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_head_of_a_table_says_what_it_heads(page: bytes) -> None:
    found = read(page)
    assert found.all("th")
    assert all(one.get("scope") in {"col", "row"} for one in found.all("th"))
    assert len(found.all("table")) == len(found.all("caption"))


def test_ids_are_there_once_and_references_lead_to_them(page: bytes) -> None:
    found = read(page)
    ids = [str(one["id"]) for _, one in found.tags if "id" in one]
    assert len(ids) == len(set(ids))
    named = [one["aria-labelledby"] for _, one in found.tags if "aria-labelledby" in one]
    links = [str(one["href"])[1:] for one in found.all("a")]
    assert {name for text in named for name in str(text).split()} | set(links) <= set(ids)


def test_the_list_of_duties_leads_to_each_of_them(page: bytes) -> None:
    found = read(page)
    duties = [f"#{one['id']}" for one in found.all("h3") if str(one["id"]).startswith("duty-")]
    links = [one["href"] for one in found.all("a")]
    assert duties
    assert [link for link in links if link in duties] == duties


def test_a_page_fetches_and_runs_nothing(page: bytes) -> None:
    found = read(page)
    assert not any(found.all(tag) for tag in ("script", "link", "img", "iframe", "object"))
    assert all(str(one["href"]).startswith("#") for one in found.all("a"))
    assert not any(name.startswith("on") for _, one in found.tags for name in one)


def test_what_is_said_isnt_read_as_markup(figures: Callable[[str], Figures]) -> None:
    page = html(report(figures("en"))).decode()
    assert "Көмекші &amp; &lt;Co&gt;" in page
    assert "Free will &lt;b&gt;." in page


def test_words_of_another_language_say_so(figures: Callable[[str], Figures]) -> None:
    assert '<span lang="en">No collecting.</span>' in html(report(figures("kk"))).decode()


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.id)
def test_every_document_is_a_page_with_its_gaps(
    form: object, figures: Callable[[str], Figures]
) -> None:
    page = document(form, figures("kk"), {})  # type: ignore[arg-type]
    found = read(html(page))
    gaps = [one for one in found.all("p") if one.get("class") == "gap"]
    assert len(gaps) == page.gaps
