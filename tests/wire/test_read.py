"""What is read in a document: nothing is passed over in silence."""

from __future__ import annotations

import orjson
import pytest

from guardrail.errors import BadInput
from guardrail.facts import Author, Kind
from guardrail.testing.wires import shipped_wires
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.read import Found, read_tree
from guardrail.wire.shape import Rule, Verdict, compile_shape
from guardrail.wire.walk import Speakers

CHAT = shipped_wires().named("openai-chat")

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


def test_tokens_are_told_of_and_what_stands_among_them_is_read() -> None:
    tokens = Rule(verdict=Verdict.TEXT, author=Author.USER, tokens=True)
    shape = compile_shape([(("a",), tokens), (("a", "*"), tokens)])
    tree = {"a": [[1, 2], [], ["word", 3], "words", [900101300017], [0.5, True]]}
    found = read_tree(tree, shape, NOBODY, LIMITS)
    assert [(item.place, item.medium, item.reason) for item in found.opaque] == [
        (("a", at), "tokens", "unread") for at in (0, 2, 4)
    ]
    assert _texts(found) == ["word", "words", "900101300017"]
    assert [item.place for item in read_tree({"a": [1]}, shape, NOBODY, LIMITS).opaque] == [("a",)]
    assert not _read({"a": [1, 2]}, Rule(verdict=Verdict.TEXT)).opaque


@pytest.mark.parametrize(
    ("value", "texts", "reasons"),
    [
        ("QUJD", ["QUJD"], []),
        ("data: a note", ["data: a note"], []),
        ("QUJD" * 300, [], ["encoded"]),
        ("data:image/png;base64,AAAA", [], ["data_url"]),
        ("data:text/plain,a b", ["data:text/plain,a b"], ["data_url"]),
    ],
)
def test_a_text_may_be_a_medium_in_disguise(
    value: str, texts: list[str], reasons: list[str]
) -> None:
    found = _read({"a": value}, Rule(verdict=Verdict.TEXT, medium="unknown"))
    assert (_texts(found), [item.reason for item in found.opaque]) == (texts, reasons)
    assert _texts(_read({"a": value}, Rule(verdict=Verdict.TEXT))) == [value]


def test_a_codec_opens_strings_only() -> None:
    rule = Rule(verdict=Verdict.TEXT, kind=Kind.TOOL_ARGUMENTS, codec="json")
    assert [(s.text, s.inside) for s in _read({"a": '{"b":["c"]}'}, rule).segments] == [
        ("c", ("b", 0))
    ]
    assert [(s.text, s.inside) for s in _read({"a": 10**9}, rule).segments] == [
        ("1000000000", None)
    ]
    assert [(s.text, s.inside) for s in _read({"a": "10"}, rule).segments] == [("10", None)]


def test_arguments_in_a_string_are_kept_whole_though_they_hold_no_text() -> None:
    rule = Rule(verdict=Verdict.TEXT, kind=Kind.TOOL_ARGUMENTS, codec="json")
    found = _read({"a": '{"n": 1}'}, rule)
    assert [(one.place, one.text) for one in found.documents] == [(("a",), '{"n": 1}')]
    assert not found.segments
    assert not _read({"a": "no JSON"}, rule).documents


def test_a_text_over_the_limit_is_refused_by_its_place() -> None:
    with pytest.raises(BadInput, match="longer than 3") as caught:
        _read({"b": ["abcd"]}, limits=Limits(string_chars=3))
    assert (caught.value.code, caught.value.fix) == ("string_too_long", "shorten b[0]")


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


@pytest.mark.parametrize(
    "value",
    [
        "2026-08-04T08:52:19.385406455Z",
        "2026-08-04T13:52:19.385406+05:00",
        "c14c80c3-18eb-4519-9460-6c92edd8cfb4",
        "0190B3C4-1111-7222-8333-444455556e66",
        "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
        "chatcmpl-tool-98b2029415f9056792603c0ffee00bee",
    ],
)
def test_times_uuids_and_hex_ids_are_inert_for_all_their_digits(value: str) -> None:
    assert not _read({"a": value}, INERT).segments


@pytest.mark.parametrize(
    "value",
    [
        "2026-08-04T08:52:19.3854064551Z",
        "2026-08-04T08:52:19Z 7015550123",
        "c14c80c3-18eb-4519-9460-900101300017",
        "87015550-18eb-4519-9460-6c92edd8cfb4",
        "c14c80c3-7015-5501-2300-6c92edd8cfb4",
        "c14c80c3-18eb-4519-9460-6c92edd8cfb4-7015550123",
        "resp_67ccd2bed1ec8190b14f964abc900101300017bb6a6b452d",
        "resp_67ccd2bed1ec8190 87015550123",
        "resp_87015550123",
        "0123456789" * 4,
    ],
)
def test_what_only_looks_like_a_time_or_an_id_is_read(value: str) -> None:
    assert _texts(_read({"a": value}, INERT)) == [value]


def test_a_measure_may_be_as_long_as_a_persons_number() -> None:
    measure = Rule(verdict=Verdict.INERT, numbers=True)
    assert not _read({"a": 77015550123}, measure).segments
    assert _texts(_read({"a": 77015550123}, INERT)) == ["77015550123"]
    assert _texts(_read({"a": "77015550123"}, measure)) == ["77015550123"]
