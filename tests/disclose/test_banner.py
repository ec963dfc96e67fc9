from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.banner import MARK, banner, with_banner
from guardrail.facts import Notice

NOTICE = Notice(key="chat.first", texts={"kk": "Жасанды интеллект", "ru": "ИИ", "en": "AI & you"})
LANGUAGES = ("ru", "kk")
PAGE = "<!doctype html><html><head><title><body></title></head><body class='a > b'><p>Сәлем</p>"


def test_each_language_has_its_paragraph_in_the_persons_order() -> None:
    made = banner(NOTICE, LANGUAGES).decode("ascii")
    assert made.startswith('<aside role="note"')
    assert re.findall(r'<p lang="(\w+)">', made) == ["ru", "kk"]
    assert banner(NOTICE, ["en"]).endswith(b"AI &amp; you</p></aside>")


def test_a_notice_in_none_of_the_languages_is_given_in_all_it_has() -> None:
    assert banner(NOTICE, ["de"]).count(b"<p lang=") == 3
    assert banner(Notice(key="x"), ["kk"]) == b""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_the_banner_stands_at_the_beginning_of_the_body(encoding: str) -> None:
    page = PAGE.replace("ә", "a").encode(encoding)
    told = with_banner(page, NOTICE, LANGUAGES)
    before, found, behind = told.partition(banner(NOTICE, LANGUAGES))
    assert found
    assert before.endswith(b"<body class='a > b'>")
    assert before + behind == page, "all else is as it was"


@pytest.mark.parametrize(
    "page",
    [
        b"<p>a piece of a page</p>",
        b"<!-- <body> -->",
        b"<script>'<body>'</script>",
        b"<body class='",
        b"",
        "<body>".encode("utf-16"),
    ],
)
def test_what_has_no_body_stays_as_it_is(page: bytes) -> None:
    assert with_banner(page, NOTICE, LANGUAGES) is page


@pytest.mark.parametrize(
    "words", ["<!-- data-guardrail-notice -->", "<p data-guardrail-notice>Hi</p>"]
)
def test_a_page_that_names_the_banners_attribute_has_one_all_the_same(words: str) -> None:
    page = f"<html><body>{words}</body></html>".encode()
    assert banner(NOTICE, LANGUAGES) in with_banner(page, NOTICE, LANGUAGES)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_every_page_has_one_banner_at_most_and_loses_nothing(head: bytes, rest: bytes) -> None:
    page = head + b"<body>" + rest
    once = with_banner(page, NOTICE, LANGUAGES)
    assert once.replace(banner(NOTICE, LANGUAGES), b"") == page
    assert with_banner(once, NOTICE, LANGUAGES) == once
    assert once.count(MARK) <= 1 + page.count(MARK)
