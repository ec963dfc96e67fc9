"""What people see in a page is examined; bytes that nobody edits stay."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.facts import Edit, Segment
from guardrail.wire.html_text import HTML, Html
from guardrail.wire.limits import LIMITS, Limits

IIN = "900101300017"
WORDS = st.text(max_size=12)
INLINE = st.sampled_from(["b", "i", "span", "A", "strong"])
BLOCK = st.sampled_from(["p", "div", "td", "LI", "br", "h1"])
PAGES = st.lists(
    st.builds(html.escape, WORDS)
    | st.builds("<{0} title='x'>{1}</{0}>".format, INLINE, st.builds(html.escape, WORDS))
    | st.builds("<{0}>{1}".format, BLOCK, st.builds(html.escape, WORDS))
    | st.builds("<!-- {0} -->".format, st.sampled_from(["", "note 1", "a > b"]))
    | st.text(alphabet="<>!-/&;=\"' abп\n", max_size=8),
    max_size=8,
).map("".join)


def _texts(page: str) -> list[str]:
    tree = HTML.read(page.encode(), LIMITS)
    assert isinstance(tree, list)
    return tree


def _masked(page: str, value: str = IIN, new: str = "<1>") -> str:
    segments = [Segment(place=(at,), text=text) for at, text in enumerate(_texts(page))]
    edits = [
        Edit(segment=at, start=start, end=start + len(value), text=new)
        for at, segment in enumerate(segments)
        if (start := segment.text.find(value)) >= 0
    ]
    return HTML.patch(page.encode(), segments, edits).decode()


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("Hi", ["Hi"]),
        ("<p>One</p> \n<p>Two<br>three", ["One", "Two", "three"]),
        (f"<p>ИИН <b>{IIN[:4]}</b>{IIN[4:]}!", [f"ИИН {IIN}!"]),
        (f"{IIN[:4]}<!-- x --><wbr>{IIN[4:]}", [" x ", IIN]),
        (f"&#x39;{IIN[1:]} &lt;b&gt; &amp;c &nope; a&b", [f"{IIN} <b> &c &nope; a&b"]),
        ("<title>A &amp; <b></title><textarea>c</textarea>", ["A & <b>", "c"]),
        ("<script>var a = '</b>1';</SCRIPT >b", ["var a = '</b>1';", "b"]),
        ("<style>p{a:1}</style", ["p{a:1}"]),
        ("<img alt=Ai title='a b' src=/x.png class='c d'>", ["Ai", "a b"]),
        ("<input placeholder=a value='b' aria-label=\"c &quot;\">", ["a", "b", 'c "']),
        ("<a href='mailto:a@b.kz' data-id=1234567 rel=me>", ["mailto:a@b.kz", "1234567"]),
        ("<a href='/?q=%D3%98'>", ["/?q=%D3%98"]),
        ("<img src='data:image/png;base64,AAAA'>", ["data:image/png;base64,AAAA"]),
        ("a < b <3 c", ["a < b <3 c"]),
        ("<!doctype html><!-->x<!--->y", ["xy"]),
        ("<?xml version='1.1'?><!ELEMENT a></ a>b", ["xml version='1.1'?", "ELEMENT a", " a", "b"]),
        ("<!-- 1 --!>a<!-- 2", [" 1 ", " 2", "a"]),
        ("a<p title='b", ["a", " title='b"]),
        ("a<p title=", ["a", " title="]),
        (f"<x{IIN} y{IIN}=1>", [f"x{IIN}", f"y{IIN}"]),
        ("<p title= a=b/>", ["a=b/"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_pages_strings_are_read(page: str, texts: list[str]) -> None:
    assert _texts(page) == texts


@pytest.mark.parametrize(
    ("page", "masked"),
    [
        (f"<p>a {IIN} &copy;</p>", "<p>a &lt;1&gt; &copy;</p>"),
        (f"<p>ИИН <b>{IIN[:4]}</b>{IIN[4:]}!", "<p>ИИН <b>&lt;1&gt;</b>!"),
        (f"{IIN[:4]}<b>&#x33;00</b>{IIN[7:]}&amp;", None),
        (f"&#x39;{IIN[1:]}&amp;", "&lt;1&gt;&amp;"),
        (f'<a title="x {IIN} &quot;">', '<a title="x &lt;1&gt; &quot;">'),
        (f"<a title={IIN} b>", '<a title="&lt;1&gt;" b>'),
        (f"<script>'{IIN}'</script>", "<script>'<1>'</script>"),
        (f"<!-- {IIN} -->", "<!-- <1> -->"),
        (f"<!x {IIN}>", "<!x  &lt;1&gt;>"),
        (f"<b {IIN}>", "<b _1_>"),
        (f"<title>{IIN}</title>", "<title>&lt;1&gt;</title>"),
    ],
)
def test_a_value_is_masked_wherever_it_stands(page: str, masked: str | None) -> None:
    changed = _masked(page)
    assert IIN not in "".join(_texts(changed))
    if masked is not None:
        assert changed == masked


def test_nothing_that_is_put_in_ends_a_script_a_comment_or_an_attribute() -> None:
    new = "</script> --> --!> <!-- \"' >"
    for page in (
        f"<script>{IIN}</script>x",
        f"<!--{IIN}-->x",
        f"<p title='{IIN}'>x",
        f"<p a={IIN}>x",
    ):
        before, after = _texts(page), _texts(_masked(page, new=new))
        assert len(after) == len(before)
        assert after[-1] == "x"


@given(page=PAGES, new=WORDS, data=st.data())
def test_an_edit_changes_one_string_and_nothing_around_it(
    page: str, new: str, data: st.DataObject
) -> None:
    page = page.encode(errors="ignore").decode()
    texts = _texts(page)
    segments = [Segment(place=(at,), text=text) for at, text in enumerate(texts)]
    assert HTML.patch(page.encode(), segments, []) == page.encode()
    if not texts:
        return
    at = data.draw(st.integers(0, len(texts) - 1))
    start = data.draw(st.integers(0, len(texts[at])))
    end = data.draw(st.integers(start, len(texts[at])))
    edit = Edit(segment=at, start=start, end=end, text=f"n{new}")
    after = _texts(HTML.patch(page.encode(), segments, [edit]).decode())
    others = [*texts[:at], *texts[at + 1 :]]
    # What an attribute became may look like an id.
    assert others in (after, [*after[:at], *after[at + 1 :]])


@given(
    st.lists(st.tuples(INLINE, WORDS.map(lambda text: text + "a")), min_size=1, max_size=6),
    WORDS,
    st.data(),
)
def test_a_lines_text_changes_between_its_tags_and_the_tags_stay(
    pieces: list[tuple[str, str]], new: str, data: st.DataObject
) -> None:
    page = "".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in pieces)
    page = page.encode(errors="ignore").decode()
    whole = "".join(text for _, text in pieces)
    [text] = _texts(page)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edit = Edit(segment=0, start=start, end=end, text=new)
    patched = HTML.patch(page.encode(), [Segment(place=(0,), text=text)], [edit]).decode()
    if any(map(str.isalnum, text[:start] + new + text[end:])):
        assert _texts(patched) == [text[:start] + new + text[end:]]
    tags = [tag for tag, _ in pieces]
    assert [part.split(">")[0] for part in patched.split("<")[1::2]] == tags
    assert text == html.unescape(html.escape(whole)) or "\r" in whole or "\0" in whole


@given(st.text(alphabet="<>!-/=\"'& ;ab#x3\n", max_size=40))
def test_any_page_is_read_and_stays_without_edits(page: str) -> None:
    segments = [Segment(place=(at,), text=text) for at, text in enumerate(_texts(page))]
    body = page.encode()
    assert HTML.patch(body, segments, []) is body


@given(
    st.text(alphabet="<>!-/=\"'& ab", max_size=30), st.text(alphabet="<>!-/=\"'& ab", max_size=30)
)
def test_a_letter_of_a_page_is_seen_whatever_stands_around_it(before: str, after: str) -> None:
    """But for those of tags, and of attributes that nobody sees."""
    texts = _texts(f"{before} Қ{IIN} {after}")
    assert any(IIN in text for text in texts)


@pytest.mark.parametrize("place", [(1,), ("a",), (0, 0), ()])
def test_an_edit_that_leads_nowhere_is_never_passed_over(place: tuple[str | int, ...]) -> None:
    edit = Edit(segment=0, start=0, end=0, text="x")
    with pytest.raises(ValueError, match="edit"):
        HTML.patch(b"Hi", [Segment(place=place, text="Hi")], [edit])


def test_a_page_that_is_not_utf8_or_has_too_many_tags_is_refused() -> None:
    for body, code in ((b"<p>\xcf", "invalid_utf8"), (b"<p>" * 9, "too_many_values")):
        with pytest.raises(BadInput) as caught:
            HTML.read(body, Limits(values=9))
        assert caught.value.code == code


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "<a b='", "&", "</", "<script>", "<a =", "<!"]
)
def test_hostile_pages_cost_no_more_than_their_length(piece: str) -> None:
    page = piece * 20_000
    assert isinstance(HTML.read(page.encode(), Limits(values=1 << 20)), list)


def test_letters_that_an_old_charset_lacks_are_spelt_by_their_numbers() -> None:
    page = "<title>Степь</title><p>ИИН 900101300017 ясно</p>"
    text = "ИИН 900101300017 ясно"
    edit = Edit(segment=0, start=4, end=16, text="[ЖСН, қазақша]")
    old = Html(codec="cp1251")
    left = old.patch(page.encode("cp1251"), [Segment(place=(1,), text=text)], [edit])
    changed = page.replace("900101300017", "[ЖСН, &#1179;аза&#1179;ша]")
    assert left == changed.encode("cp1251")
    assert old.read(left, LIMITS) == ["Степь", "ИИН [ЖСН, қазақша] ясно"]
