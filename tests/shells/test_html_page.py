from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guardrail.shells.html_page import (
    LANGUAGES,
    TranslatedPage,
    html_page,
    languages,
    wants_html,
)

CHROMIUM = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
TOLD = {"service": "<b>Co</b>", "how_it_works": {"kk": "Ол", "ru": "Он", "en": "It"}}


@pytest.mark.parametrize(
    ("accepted", "order"),
    [
        (None, ("kk", "ru", "en")),
        (b"ru-RU,ru;q=0.9,en-US;q=0.8", ("ru", "kk", "en")),
        (b"en", ("en", "kk", "ru")),
        (b"en, ru;q=0.5", ("en", "ru", "kk")),
        (b"de", ("kk", "ru", "en")),
    ],
)
def test_a_persons_own_language_comes_first(accepted: bytes | None, order: tuple[str, ...]) -> None:
    assert languages(accepted) == order


@given(st.binary(max_size=200) | st.from_regex(rb"(kk|ru|en|de|\*)(;q=[01])?(, ?(kk|ru|en))*"))
def test_every_page_has_every_language_once(accepted: bytes) -> None:
    assert sorted(languages(accepted)) == sorted(LANGUAGES)


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        (CHROMIUM, True),
        (b"TEXT/HTML", True),
        (b"text/html; q=0.5", True),
        (b"text/html;q=0, */*", False),
        (b"text/html;Q=0.0", False),
        (b"application/json, text/html;q=0.1", False),
        (b"application/json", False),
        (b"*/*", False),
        (b"", False),
        (None, False),
    ],
)
def test_pages_are_for_who_asks_for_them(accepted: bytes | None, *, wanted: bool) -> None:
    assert wants_html(accepted) is wanted


@given(st.binary(max_size=300))
def test_any_field_can_be_read(accepted: bytes) -> None:
    assert wants_html(accepted) in {True, False}


@pytest.mark.parametrize("name", ["label", "information"])
def test_a_page_may_use_nothing_but_its_own_style_and_script(name: str) -> None:
    page = html_page(name, LANGUAGES, told=TOLD, most=1, megabytes="1", path="/p")
    policy = dict(page.headers)[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        inside = re.findall(f"<{tag}>(.*?)</{tag}>", page.body.decode(), re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()) for one in inside]
        assert re.findall(f"{tag}-src 'sha256-(.*?)'", policy) == [one.decode() for one in digests]
    assert ("connect-src" in policy) is (name == "label")


def test_what_is_told_isnt_read_as_markup() -> None:
    page = html_page("information", LANGUAGES, told=TOLD).body
    assert page.count(b"&lt;b&gt;Co&lt;/b&gt;") == 3
    assert b"<b>Co" not in page


def test_a_page_of_a_system_of_which_little_is_known_says_what_is_known() -> None:
    page = html_page("information", LANGUAGES, told={}).body.decode()
    assert "undefined" not in page.lower()
    assert "Владелец системы" not in page


def test_each_order_of_languages_has_a_page_that_is_made_once() -> None:
    page = TranslatedPage("information", told=TOLD)
    russian = page.asked({b"accept-language": b"ru"})
    assert page.asked({b"accept-language": b"ru-KZ"}) is russian
    assert page.asked({}) is not russian
    assert dict(russian.headers)[b"content-language"] == b"ru, kk, en"


def test_everything_is_said_in_every_language() -> None:
    words = yaml.safe_load(
        files("guardrail.shells").joinpath("pages/words.yaml").read_text("utf-8")
    )

    def said(at: object) -> list[set[str]]:
        if not isinstance(at, dict):
            return []
        own = [set(at)] if set(at) & set(LANGUAGES) else []
        return own + [one for inner in at.values() for one in said(inner)]

    found = said(words)
    assert len(found) > 30
    assert all(one == set(LANGUAGES) for one in found)
