"""What is read in a document: nothing is passed over in silence."""

from __future__ import annotations

import orjson
import pytest

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Author, Kind
from guardrail.shipped import shipped
from guardrail.wire import load_wires
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.read import Found, read_document, read_tree
from guardrail.wire.shape import Rule, Verdict, compile_shape
from guardrail.wire.walk import Speakers

CHAT = load_wires(shipped("adapters")).named("openai-chat")

NOBODY = Speakers()
INERT = Rule(verdict=Verdict.INERT)
IMAGE = Rule(verdict=Verdict.OPAQUE, medium="image")


def _read(tree: object, rule: Rule | None = None, limits: Limits = LIMITS) -> Found:
    marks = [] if rule is None else [(("a",), rule)]
    return read_tree(tree, compile_shape(marks), NOBODY, limits)


def _texts(found: Found) -> list[str]:
    return [segment.text for segment in found.segments]


def test_an_uncovered_string_is_a_segment_of_nobody() -> None:
    [segment] = _read({"b": "x"}).segments
    assert (segment.kind, segment.author, segment.place) == (Kind.OTHER, Author.UNKNOWN, ("b",))


@pytest.mark.parametrize(
    "value", ["", "stop", "gpt-4o-mini", "call_Ab12", "a/b:c=", 10**12, "x" * 256]
)
def test_an_inert_value_that_looks_like_an_id_is_passed_over(value: object) -> None:
    assert _texts(_read({"a": value}, INERT)) == []


@pytest.mark.parametrize(
    "value", ["two words", "990101300123", "x" * 257, "имя", "a@b.kz", "a\n", "data:text/plain,x"]
)
def test_an_inert_value_that_looks_like_text_is_a_segment(value: str) -> None:
    assert _texts(_read({"a": value}, INERT)) == [value]


def test_names_under_an_inert_rule_are_inert_while_they_look_so() -> None:
    shape = compile_shape([(("a", "**"), INERT)])
    tree = {"a": {"50256": 1, "hate/threatening": 1, "a name": 1, "990101300123": 1}}
    assert _texts(read_tree(tree, shape, NOBODY, LIMITS)) == ["a name", "990101300123"]


def test_names_under_a_text_rule_are_segments_of_nobody() -> None:
    shape = compile_shape([(("a", "*"), Rule(verdict=Verdict.TEXT, author=Author.USER))])
    name, value = read_tree({"a": {"full name": "x"}}, shape, NOBODY, LIMITS).segments
    assert (name.text, name.key, name.author, name.kind) == (
        "full name",
        True,
        Author.UNKNOWN,
        Kind.OTHER,
    )
    assert (value.text, value.key, value.author) == ("x", False, Author.USER)


@pytest.mark.parametrize(
    ("value", "reason", "texts"),
    [
        ("data:image/png;base64,AAAA", "data_url", []),
        ("DATA:image/png;base64,AAAA", "data_url", []),
        ("data:text/plain,Aigerim", "data_url", ["data:text/plain,Aigerim"]),
        ("A" * 1024, "encoded", []),
        ("https://example.org/?q=Aigerim", "reference", ["https://example.org/?q=Aigerim"]),
        ("words that are no image", "reference", ["words that are no image"]),
        (990101300123, "reference", ["990101300123"]),
    ],
)
def test_a_medium_is_opaque_and_its_address_is_read(
    value: object, reason: str, texts: list[str]
) -> None:
    found = _read({"a": value}, IMAGE)
    assert [(item.medium, item.reason) for item in found.opaque] == [("image", reason)]
    assert _texts(found) == texts


def test_an_empty_medium_is_nothing_to_refuse() -> None:
    assert _read({"a": ""}, IMAGE).opaque == []


@pytest.mark.parametrize(
    ("value", "opaque"),
    [
        ({"content": ["x"]}, 1),
        (["x"], 1),
        ({"content": None, "refusal": []}, 0),
        ([], 0),
        (None, 0),
    ],
)
def test_a_whole_medium_counts_where_it_holds_something(value: object, opaque: int) -> None:
    rule = Rule(verdict=Verdict.OPAQUE, medium="logprobs", whole=True)
    found = _read({"a": value}, rule)
    assert len(found.opaque) == opaque
    assert found.segments == []


@pytest.mark.parametrize(
    ("value", "medium", "reason", "read"),
    [
        ("data:image/png;base64,AAAA", "image", "data_url", False),
        ("data:;base64,AAAA", "text", "data_url", False),
        ("data:text/plain,Aigerim", "text", "data_url", True),
        ("A" * 1025 + "==", "unknown", "encoded", True),
    ],
)
def test_a_medium_is_found_where_no_rule_tells_of_it(
    *, value: str, medium: str, reason: str, read: bool
) -> None:
    found = _read({"b": value})
    assert [(item.medium, item.reason) for item in found.opaque] == [(medium, reason)]
    assert _texts(found) == ([value] if read else [])


def test_a_text_has_its_speakers_kind() -> None:
    rule = Rule(verdict=Verdict.TEXT, kinds={Author.TOOL: Kind.TOOL_RESULT})
    shape = compile_shape([(("*",), "speaks"), (("*", "t"), rule)])
    speakers = Speakers(member="by", authors={"tool": Author.TOOL, "user": Author.USER})
    tree = [{"t": "1", "by": "tool"}, {"t": "2", "by": "user"}]
    segments = read_tree(tree, shape, speakers, LIMITS).segments
    assert [(s.text, s.kind) for s in segments if s.kind is not Kind.OTHER] == [
        ("1", Kind.TOOL_RESULT),
        ("2", Kind.TEXT),
    ]


def test_a_codec_opens_strings_only() -> None:
    rule = Rule(verdict=Verdict.TEXT, kind=Kind.TOOL_ARGUMENTS, codec="json")
    assert [(s.text, s.inside) for s in _read({"a": '{"b":["c"]}'}, rule).segments] == [
        ("c", ("b", 0))
    ]
    assert [(s.text, s.inside) for s in _read({"a": 10**9}, rule).segments] == [
        ("1000000000", None)
    ]
    assert [(s.text, s.inside) for s in _read({"a": "10"}, rule).segments] == [("10", None)]


def test_a_text_over_the_limit_is_refused_by_its_place() -> None:
    with pytest.raises(BadInput, match="longer than 3") as caught:
        _read({"b": ["abcd"]}, limits=Limits(string_chars=3))
    assert (caught.value.code, caught.value.fix) == ("string_too_long", "shorten b[0]")


def test_a_replys_document_that_can_be_read_in_two_ways_is_the_upstreams_mistake() -> None:
    with pytest.raises(UpstreamError) as caught:
        read_document('{"a": 1, "a": 2}', author=Author.ASSISTANT, kind=Kind.TOOL_ARGUMENTS)
    assert caught.value.code == "upstream_nonsense"


@pytest.mark.parametrize(
    "value",
    ["8-701-123-45-67", "+7-701-123-45-67", "880101-300123", 880101300123, 87011234567, 7011234567],
)
def test_an_inert_place_hides_no_number_of_a_persons(value: str | int) -> None:
    body = orjson.dumps({"model": value, "messages": []})
    exchange = CHAT.read_request(CHAT.operation("POST", "/v1/chat/completions"), body)
    assert [segment.text for segment in exchange.segments] == [str(value)]


@pytest.mark.parametrize("value", ["gpt-4o-2024-08-06", "o1", "claude-3-5-sonnet-20241", 4096])
def test_ids_and_small_numbers_stay_inert(value: str | int) -> None:
    body = orjson.dumps({"model": value, "messages": []})
    assert not CHAT.read_request(CHAT.operation("POST", "/x"), body).segments


@pytest.mark.parametrize("spelt", [b"880101300123.0", b"8.80101300123e11", b"880101300123"])
def test_a_whole_number_is_one_however_it_is_spelt(spelt: bytes) -> None:
    body = b'{"messages":[],"metadata":{"iin":' + spelt + b"}}"
    exchange = CHAT.read_request(CHAT.operation("POST", "/x"), body)
    assert [segment.text for segment in exchange.segments] == ["880101300123"]
