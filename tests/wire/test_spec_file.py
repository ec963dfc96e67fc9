"""A wire spec is checked whole before anything is served."""

from __future__ import annotations

import hashlib

import pytest

from guardrail.errors import ConfigError
from guardrail.facts import Author
from guardrail.shipped import shipped
from guardrail.wire.event_labels import EventLabel, LabelSpec
from guardrail.wire.members import Member
from guardrail.wire.spec import Asks
from guardrail.wire.spec_file import parse_spec
from guardrail.wire.usage import UsageSpec

SPEC = """
name: demo
version: 2
operation: chat
routes:
  - {method: POST, paths: [/a, /b], operation: chat}
  - {method: GET, paths: [/c], operation: list, examined: false}
request: {root: object, model: model.name, machine_read: [{at: format, values: [json]}]}
reply: {}
stream: {finish: {at: c.*.end, channels: "c[*]"}}
errors: {body: $message}
"""


def test_a_spec_is_read_with_its_digest() -> None:
    spec = parse_spec(SPEC.encode(), "demo")
    assert (spec.name, spec.version, spec.operation) == ("demo", 2, "chat")
    assert spec.digest == hashlib.sha256(SPEC.encode()).hexdigest()
    assert [(route.path, route.examined) for route in spec.routes] == [
        ("/a", True),
        ("/b", True),
        ("/c", False),
    ]
    assert spec.request.is_object
    assert not spec.reply.is_object
    assert spec.request.model == ("model", "name")
    assert spec.request.machine_read == (Asks(at=("format",), values=frozenset({"json"})),)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version: 2", "version: two", "demo.version must be a whole number"),
        ("name: demo", "nam: demo", "unknown key 'nam'.*'name'"),
        ("root: object", "root: objekt", "request.root: unknown 'objekt'.*'object'"),
        ("model.name", "model.*", r"request.model must lead to one place"),
        ("{method: POST,", "{methods: POST,", r"routes\[0\] has an unknown key 'methods'"),
        ('"c[*]"', "c", "finish.channels needs a"),
        ("$message", "$mesage", "errors.body has an unknown placeholder .*'message'"),
        ("reply: {}", "reply: []", "reply must be a mapping"),
        ("reply: {}", "reply: {label: {at: x, beside: y, if: z}}", "label has an unknown key 'if'"),
        ("reply: {}", "reply: {label: {at: a.x, beside: b.y}}", "at must be in the object that"),
        ("reply: {}", "reply: {label: {at: x.*, beside: y}}", "must lead to one place"),
        ("stream: {", "stream: {label: {last: {at: x}}, ", "label.first must be a mapping"),
        ("stream: {", "stream: {label: {first: {at: x}}, ", "must say which events"),
        (
            "stream: {",
            "stream: {label: {first: {at: x, given: y, own: true}}, ",
            "label.first has an unknown key 'own'",
        ),
        ("at: format", "att: format", "machine_read.0. has an unknown key 'att'"),
        ("at: c.*.end,", "", "finish.channels needs a"),
        (
            "stream: {",
            "stream: {refusal: [{of: d, data: {}}], ",
            r"refusal\[0\].of: no part is called 'd'",
        ),
        ("root: object", "bodies: [jsn]", "request.bodies: unknown 'jsn'.*'json'"),
        ("reply: {}", "reply: {}\nusage: {att: [x]}", "usage has an unknown key 'att'.*'at'"),
        ("reply: {}", "reply: {}\nusage: {at: [x]}", "usage needs both at and what is counted"),
        ("reply: {}", "reply: {}\nusage: {input: [x]}", "usage needs both at and what is counted"),
        ("reply: {}", "reply: {}\nusage: {finish: [x]}", "usage needs both finish and the reasons"),
        ("reply: {}", "reply: {}\nusage: {at: [x.*], input: [y]}", "must lead to one place"),
        ("finish:", "finished:", "stream has an unknown key 'finished'.*'finish'"),
    ],
)
def test_a_mistake_in_a_spec_is_named_with_its_place(old: str, new: str, why: str) -> None:
    assert old in SPEC
    with pytest.raises(ConfigError, match=why):
        parse_spec(SPEC.replace(old, new).encode(), "demo")


def test_requests_are_json_unless_the_spec_says_otherwise() -> None:
    assert parse_spec(SPEC.encode(), "demo").request.bodies == {"json"}
    said = SPEC.replace("root: object", "bodies: [form, multipart]")
    assert parse_spec(said.encode(), "demo").request.bodies == {"form", "multipart"}


def test_every_key_of_a_shipped_spec_is_checked_for_typing_errors() -> None:
    data = (shipped("adapters") / "openai-chat" / "wire.yaml").read_text(encoding="utf-8")
    for key in ("machine_read", "speakers", "strings", "numbered", "carry", "refusal", "types"):
        broken = data.replace(f"  {key}:", f"  {key}x:", 1)
        assert broken != data
        with pytest.raises(ConfigError, match=f"unknown key '{key}x'.*'{key}'"):
            parse_spec(broken.encode(), "openai-chat")


def test_what_replies_took_stands_where_the_spec_says() -> None:
    assert parse_spec(SPEC.encode(), "demo").usage == UsageSpec()
    told = (
        "usage: {at: [$, a.b], input: [x, y], output: [z], model: [m],"
        " finish: [c.*.end], reasons: [stop], adds: true}\n"
    )
    assert parse_spec((SPEC + told).encode(), "demo").usage == UsageSpec(
        at=((), ("a", "b")),
        input=("x", "y"),
        output=("z",),
        model=(("m",),),
        finish=(("c", "*", "end"),),
        reasons=frozenset({"stop"}),
        adds=True,
    )


def test_several_sorts_of_parts_may_end() -> None:
    several = (
        "[{of: [end], in: [go, end], channels: 'c[{i}]'}, {of: [end], channels: d}, {of: [z]}]"
    )
    old = '{at: c.*.end, channels: "c[*]"}'
    assert [one.name for one in parse_spec(SPEC.encode(), "demo").stream.finish] == ["c[*]"]
    finish = parse_spec(SPEC.replace(old, several).encode(), "demo").stream.finish
    assert [(one.name, sorted(one.events), sorted(one.within)) for one in finish] == [
        ("c[{i}]", ["end"], ["end", "go"]),
        ("d", ["end"], []),
        ("", ["z"], []),
    ]


def test_a_reply_may_name_its_speakers_by_their_types() -> None:
    speakers = "{speakers: {at: [o.*], member: role, authors: {bot: assistant}, types: {t: tool}}}"
    spec = parse_spec(SPEC.replace("reply: {}", f"reply: {speakers}").encode(), "demo")
    assert spec.reply.speakers.authors == {"bot": Author.ASSISTANT}
    assert spec.reply.speakers.types == {"t": Author.TOOL}
    assert spec.reply.shape.onward["o"].rest.speaks
    with pytest.raises(ConfigError, match=r"reply.speakers.types.t: unknown 'tol'.*'tool'"):
        parse_spec(SPEC.replace("reply: {}", f"reply: {speakers}").replace("t: tool", "t: tol")
                   .encode(), "demo")  # fmt: skip


def test_what_is_fetched_or_deleted_may_come_without_a_body() -> None:
    spec = parse_spec(SPEC.replace("/b]", "/b], bodiless: true").encode(), "demo")
    assert [route.bodiless for route in spec.routes] == [True, True, True]
    assert [route.bodiless for route in parse_spec(SPEC.encode(), "demo").routes][:2] == [False] * 2


def test_events_of_a_type_have_its_rules_and_those_of_all() -> None:
    stream = "{type: type, strings: [{text: {a: x}, of: [one, two]}, {inert: [b]}, {text: [a]}]}"
    old = 'stream: {finish: {at: c.*.end, channels: "c[*]"}}'
    read = parse_spec(SPEC.replace(old, f"stream: {stream}").encode(), "demo").stream
    assert set(read.shapes) == {"one", "two"}
    for shape, channel in ((read.shapes["one"], "x"), (read.shapes["two"], "x"), (read.shape, "")):
        rule = shape.onward["a"].rule
        assert rule is not None
        assert (rule.channel is not None) == bool(channel)
        assert shape.onward["b"].rule is not None
        assert not shape.typed


def test_a_label_has_a_place_beside_the_answer() -> None:
    label = "{at: r.meta.label, beside: r.said, unless: r.error}"
    told = SPEC.replace("reply: {}", f"reply: {{label: {label}}}")
    spec = parse_spec(told.replace("stream: {", "stream: {comments: true, ").encode(), "demo")
    first = Member(at=("r", "meta", "label"), beside=("r", "said"), unless=("r", "error"))
    assert spec.reply.labels == (first,)
    assert spec.stream.comments
    several = told.replace(label, f"[{label}, {{at: m, beside: x}}]")
    second = Member(at=("m",), beside=("x",))
    assert parse_spec(several.encode(), "demo").reply.labels == (first, second)
    plain = parse_spec(SPEC.encode(), "demo")
    assert plain.reply.labels == ()
    assert not plain.stream.comments
    assert plain.stream.label is None


def test_a_streams_label_has_events_to_stand_in() -> None:
    label = "{first: {at: m, of: [begun]}, last: {at: x.m, given: c.*.end, own: true}}"
    told = SPEC.replace("stream: {", f"stream: {{label: {label}, ")
    assert parse_spec(told.encode(), "demo").stream.label == LabelSpec(
        first=EventLabel(at=("m",), of=frozenset({"begun"})),
        last=EventLabel(at=("x", "m"), given=("c", "*", "end"), own=True),
    )
    alone = told.replace(label, "{first: {at: m, given: c}}")
    assert parse_spec(alone.encode(), "demo").stream.label == LabelSpec(
        first=EventLabel(at=("m",), given=("c",))
    )
