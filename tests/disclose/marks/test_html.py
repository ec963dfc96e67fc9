from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Details, Layer, Unmarkable, claim, html
from guardrail.facts import Label

LINKED = (
    b'<script type="application/ld+json">{"@context":"https://schema.org","@type":"%b",'
    b'"digitalSourceType":"https://schema.org/TrainedAlgorithmicMediaDigitalSource"}</script>'
)
META = b'<meta name="ai-disclosure" content="ai-generated">'
ON = (
    b' ai-disclosure="ai-generated" ai-model="demo &lt;1&gt; &amp; &quot;&#1179;&quot;"'
    b' ai-provider="Example LLP"'
)


def _written(data: bytes, said: Claim) -> bytes:
    marked = html.write(data, said)
    assert html.write(marked, said) == marked
    return marked


def test_a_page_is_marked_in_its_head_and_on_its_body(said: Claim) -> None:
    data = b"<!doctype html><html><head><title>a</title></head><body><p>b</body></html>"
    linked = LINKED % b"WebPage"
    assert _written(data, said) == (
        b"<!doctype html><html><head>" + META + linked + b"<title>a</title></head><body" + ON
        + b"><p>b</body></html>"
    )  # fmt: skip


@pytest.mark.parametrize(
    "declaration", [b"<meta charset=utf-8>", b'<META HTTP-EQUIV="Content-Type" content="x">']
)
def test_what_states_the_encoding_stays_first(said: Claim, declaration: bytes) -> None:
    data = b"<html><head>" + declaration + b"</head><body></body></html>"
    assert _written(data, said).startswith(b"<html><head>" + declaration + META)


def test_a_page_without_a_head_is_marked_where_one_would_begin(said: Claim) -> None:
    linked = LINKED % b"WebPage"
    assert _written(b"<!DOCTYPE html><p>a", said) == (
        b"<!DOCTYPE html>" + META + linked + b"<p" + ON + b">a"
    )
    assert _written(b"<html>a", said) == b"<html" + ON + b">" + META + linked + b"a"


def test_a_piece_of_a_page_gets_only_what_may_stand_there(said: Claim) -> None:
    assert _written(b"text <p class=x>a</p>", said) == (
        b"text " + LINKED % b"CreativeWork" + b"<p" + ON + b" class=x>a</p>"
    )


def test_comments_scripts_and_titles_arent_markup(said: Claim) -> None:
    data = (
        b"<!-- <head><body> --><html><head><title><body></title><script>'<body>'</script>"
        b"<style><body></style></head><body data-x='>'></body></html>"
    )
    assert b"<body" + ON + b" data-x='>'>" in _written(data, said)
    assert list(html.read(b"<!-- <meta name=ai-disclosure content=none> --><p>")) == []


def test_the_address_of_a_manifest_is_linked_and_then_counts_as_signed(label: Label) -> None:
    said = claim(label, Details(manifest="https://x/y?a=1&b=2"))
    marked = _written(b"<html><body></body></html>", said)
    link = b'<link rel="c2pa-manifest" type="application/c2pa" href="https://x/y?a=1&amp;b=2">'
    assert link in marked
    (signed,) = (one for one in html.read(marked) if one.layer is Layer.SIGNED)
    assert (signed.technique, signed.stated) == ("c2pa:link", "https://x/y?a=1&b=2")


@pytest.mark.parametrize("kind", ["application/c2pa", "application/x-c2pa-manifest-store"])
def test_a_manifest_in_the_page_is_reported(kind: str) -> None:
    data = f"<head><script type='{kind}'>AAAA</script>".encode()
    assert [one.layer for one in html.read(data)] == [Layer.SIGNED]


@pytest.mark.parametrize(
    ("data", "level", "valid"),
    [
        (b"<meta name='AI-Disclosure' content=mixed>", "", True),
        (b"<section AI-DISCLOSURE=ai-assisted ai-model=m>", "ai-assisted", True),
        (b"<p ai-disclosure>", "", False),
        (b"<p ai-disclosure=none ai-disclosure=ai-generated>", "none", True),
        ((b'<script type="application/ld+json;x">{"digitalSourceType" : '
         b'"https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"}</script>'),
         "ai-assisted", True),
        ((b'<script type="application/ld+json">{"digitalSourceType":"http://cv.iptc.org/newscodes/'
         b'digitalsourcetype/trainedAlgorithmicMedia"}</script>'), "ai-generated", False),
    ],
)  # fmt: skip
def test_marks_of_others_are_read(data: bytes, level: str, *, valid: bool) -> None:
    (found,) = html.read(data)
    assert (found.level, found.valid) == (level, valid)


def test_a_mark_that_says_ai_stays(said: Claim) -> None:
    data = b"<html><head></head><body ai-disclosure=ai-assisted></body></html>"
    assert b"<body ai-disclosure=ai-assisted>" in _written(data, said)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_element"),
        (b"text", "no_element"),
        (b"<p class='", "no_element"),
        (b"<!-- ", "no_element"),
        (b"<title>", "no_element"),
        ("<p>".encode("utf-16"), "not_ascii_based"),
    ],
)
def test_what_has_no_element_isnt_marked(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        html.write(data, said)


def test_what_stands_deep_in_a_page_isnt_looked_at() -> None:
    assert list(html.read(b"<p>" * 99 + b"<p ai-disclosure=none>")) == []
    assert list(html.read(b"<meta>" * 1_001 + b"<p ai-disclosure=none>")) == []


@pytest.mark.parametrize(
    ("page", "at"),
    [
        (b"<html><body id=x>a", 17),
        (b"<BODY>", 6),
        (b"<template><body></template>a", None),
        (b"plain", None),
        ("<body>".encode("utf-16"), None),
    ],
)
def test_where_a_pages_body_begins_is_told(page: bytes, at: int | None) -> None:
    assert html.body_begins(page) == at
