"""Labels of the media in a reply: what is said, what became of each, and which may leave."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.payload import payload, respelt
from guardrail.disclose.layers import (
    NO_EXTRA,
    NO_WAY,
    SIGNED,
    TAGS,
    VISIBLE,
    WATERMARK,
    Layered,
    Means,
    Said,
    put,
)
from guardrail.disclose.marks import Details, read
from guardrail.engine import Decided, Enacted, Guard
from guardrail.engine.labels import (
    MOST_LABELLED,
    Labelled,
    is_labelled,
    is_stored,
    is_synthetic,
    kind_of,
    label_of,
    marks_of,
    note_media,
    said_of,
    to_label,
)
from guardrail.engine.media import REFERENCE, Medium
from guardrail.errors import UpstreamError
from guardrail.facts import (
    HOLDS_MEDIA,
    Category,
    Duty,
    Inspected,
    Notice,
    Opaque,
    RawReply,
    RawRequest,
    Seen,
    Tier,
    Verdict,
)
from guardrail.settings import Labels, MediaLabels, Service, Settings
from guardrail.testing import pictures

Make = Callable[..., Guard]

PNG = pictures.encoded(pictures.scene(96, 64))
IMAGES = "/v1/images/generations"
SECONDS = 1_763_787_600
JSON = ((b"content-type", b"application/json"),)


def asked(guard: Guard, now: datetime, path: str = IMAGES, body: bytes = b"{}") -> Decided:
    raw = RawRequest(method="POST", path=path, headers=JSON, body=body)
    examined = guard.examine(raw, guard.route("POST", path), request_id="req_1", label_id="urn:x")
    return guard.decide(examined, (), now)


def replied(
    guard: Guard, now: datetime, reply: bytes, path: str = IMAGES, body: bytes = b'{"prompt": "a"}'
) -> Decided:
    """Return the decision on a reply, its media looked into."""
    case = asked(guard, now, path, body).examined.case
    raw = RawReply(status=200, headers=JSON, body=reply)
    examined = guard.examine_reply(case, raw)
    seen = tuple(Inspected(verdict=Verdict.INSPECTED, medium="image/png") for _ in examined.media)
    return guard.decide(replace(examined, inspected=seen), (), now)


def labels_for(
    guard: Guard, decided: Decided, redacted: Mapping[int, str], means: Means
) -> dict[int, Labelled]:
    """Label media as the shell's processes do, without one."""
    case = decided.examined.case
    said = guard.said(case, decided.examined.model, SECONDS)
    made = {}
    for index, (held, now) in to_label(decided.examined.media, redacted).items():
        data = payload(now, Budget()).data
        done = put(data, said, means, datetime.fromisoformat("2026-11-22T05:00:00Z"))
        made[index] = Labelled(held=respelt(held, done.data) if done.written else "", layered=done)
    return made


def left(guard: Guard, decided: Decided, means: Means | None = None) -> Enacted:
    labelled = labels_for(guard, decided, {}, means or Means())
    return guard.enact(decided, {}, labelled, now=SECONDS)


def drawn(*data: str) -> bytes:
    return json.dumps({"created": 1, "data": [{"b64_json": one} for one in data]}).encode()


def levels(data: bytes) -> set[str]:
    return {found.level for found in read(data)}


# ------------------------------------------------------------------ a reply's way


def test_every_picture_of_a_reply_leaves_with_its_label(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    decided = replied(guard, now, drawn(*[b64encode(PNG).decode()] * 2))
    assert is_labelled(decided)
    made = left(guard, decided)
    for one in json.loads(made.body)["data"]:
        assert levels(b64decode(one["b64_json"])) == {"ai-generated"}
    assert made.entry.fields["marks"] == {"image_png": 2}
    assert made.entry.fields["layers"] == {"visible": 2, "tags": 2}
    assert "unmarked" not in made.entry.fields


@pytest.mark.parametrize("reason", ["timeout", "crashed", "too_large", "busy"])
def test_what_nobody_could_look_at_counts_as_synthetic(
    make_guard: Make, now: datetime, reason: str
) -> None:
    lost = Labelled(held="", layered=Layered(data=b"", medium="", missing={"tags": reason}))
    settings = make_guard().settings
    with pytest.raises(UpstreamError) as caught:
        marks_of([medium("file")], {}, {0: lost}, settings)
    assert caught.value.code == "media_not_labelled"


def test_no_more_than_so_many_media_of_a_reply_are_labelled_and_the_others_dont_leave(
    make_guard: Make, now: datetime
) -> None:
    guard = make_guard()
    decided = replied(guard, now, drawn(*[b64encode(PNG).decode()] * (MOST_LABELLED + 1)))
    assert len(to_label(decided.examined.media, {})) == MOST_LABELLED
    with pytest.raises(UpstreamError, match="not_labelled"):
        left(guard, decided)


def test_a_picture_without_a_label_of_its_own_never_leaves(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    decided = replied(guard, now, drawn(b64encode(PNG).decode()))
    with pytest.raises(UpstreamError) as caught:
        guard.enact(decided, now=SECONDS)
    assert caught.value.code == "media_not_labelled"
    passing = make_guard(unlabelled_media="pass")
    made = passing.enact(replied(passing, now, drawn(b64encode(PNG).decode())), now=SECONDS)
    assert made.entry.fields["unmarked"] == {"tags_not_labelled": 1}


def test_the_header_says_that_it_is_synthetic(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    decided = replied(guard, now, drawn(b64encode(PNG).decode()))
    fields = dict(guard.reply_headers(decided.examined.case, decided.decision, "", SECONDS))
    assert b"class=synthetic" in fields[b"guardrail-label"]
    assert "kz.21-2.synthetic-label" in decided.decision.rules


def test_a_picture_in_the_text_of_an_answer_is_labelled_where_it_stands(
    make_guard: Make, now: datetime
) -> None:
    guard = make_guard()
    url = "data:image/png;base64," + b64encode(PNG).decode()
    message = {"role": "assistant", "content": f"Here it is: ![a cat]({url}) Ask for more."}
    reply = json.dumps({"model": "m", "choices": [{"index": 0, "message": message}]}).encode()
    chat = json.dumps({"model": "m", "messages": [{"role": "user", "content": "a cat"}]}).encode()
    made = left(guard, replied(guard, now, reply, "/v1/chat/completions", chat))
    said = json.loads(made.body)["choices"][0]["message"]["content"]
    before, _, rest = said.partition("![a cat](data:image/png;base64,")
    data, _, behind = rest.partition(")")
    assert before.endswith("Here it is: ")
    assert behind == " Ask for more."
    assert levels(b64decode(data)) == {"ai-generated"}
    assert made.decided.examined.case.synthetic


def test_what_was_redacted_is_what_is_labelled(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    decided = replied(guard, now, drawn(b64encode(PNG).decode()))
    other = b64encode(pictures.encoded(pictures.scene(80, 60, seed=3))).decode()
    labelled = labels_for(guard, decided, {0: other}, Means(visible=False))
    made = guard.enact(decided, {0: other}, labelled, now=SECONDS)
    [one] = json.loads(made.body)["data"]
    assert b64decode(one["b64_json"])[16:24] == b64decode(other)[16:24]
    assert levels(b64decode(one["b64_json"])) == {"ai-generated"}


def test_what_somebody_stored_is_neither_synthetic_nor_labelled(
    make_guard: Make, now: datetime
) -> None:
    case = asked(make_guard(), now).examined.case
    media = [Medium(opaque=Opaque(place=(), medium="image", reason="encoded", data="AA"))]
    assert is_synthetic(case, media)
    operation = replace(case.route.operation, name="download")
    case.route = replace(case.route, operation=operation)
    assert is_stored(case)
    assert not is_synthetic(case, media)


@pytest.mark.parametrize(
    ("medium", "content", "synthetic"),
    [
        ("image", "", True),
        ("audio", "", True),
        ("video", "", True),
        ("file", "image/png", True),
        ("file", "application/pdf", False),
        ("unknown", "", False),
    ],
)
def test_media_that_imitate_or_invent_are_synthetic(
    make_guard: Make, now: datetime, medium: str, content: str, *, synthetic: bool
) -> None:
    case = asked(make_guard(), now).examined.case
    media = [Medium(opaque=Opaque(place=(), medium=medium, reason="encoded", data="AA"))]
    inspected = [Inspected(verdict=Verdict.INSPECTED, medium=content)]
    assert is_synthetic(case, media, inspected) is synthetic


@pytest.mark.parametrize(("entity", "kind"), [("FACE", "synthetic_person"), ("", "synthetic")])
def test_a_document_that_holds_a_picture_is_as_synthetic_as_the_picture(
    make_guard: Make, now: datetime, entity: str, kind: str
) -> None:
    case = asked(make_guard(), now).examined.case
    face = Seen(
        entity=entity, category=Category.BIOMETRIC, tier=Tier.CERTAIN, score=1.0, recognizer="x"
    )
    document = Inspected(
        verdict=Verdict.INSPECTED,
        medium="application/pdf",
        seen=(face,) if entity else (),
        flags=(HOLDS_MEDIA,),
    )
    note_media(case, [medium("file")], [document], unread=False)
    assert kind_of(case) == kind


def test_a_document_with_a_picture_leaves_signed_or_not_at_all() -> None:
    unsigned = {0: labelled([VISIBLE, TAGS], {SIGNED: "signer_failed"}, "application/pdf")}
    plain = Inspected(verdict=Verdict.INSPECTED, medium="application/pdf")
    held = replace(plain, flags=(HOLDS_MEDIA,))
    assert marks_of([medium("file")], {}, unsigned, told(), [plain]).refused == ""
    with pytest.raises(UpstreamError, match="signer_failed"):
        marks_of([medium("file")], {}, unsigned, told(), [held])
    signed = {0: labelled([VISIBLE, TAGS, SIGNED], {}, "application/pdf")}
    assert marks_of([medium("file")], {}, signed, told(), [held]).refused == ""


def test_only_what_a_rule_wants_labelled_is_labelled(make_guard: Make, now: datetime) -> None:
    decided = replied(make_guard(), now, drawn(b64encode(PNG).decode()))
    assert Duty.LABEL in decided.decision.duties
    nobody = replace(decided.decision, duties=decided.decision.duties - {Duty.LABEL})
    assert not is_labelled(replace(decided, decision=nobody))
    assert not is_labelled(replace(decided, examined=replace(decided.examined, media=())))
    stored = decided.examined.case
    stored.route = replace(stored.route, operation=replace(stored.route.operation, name="download"))
    assert not is_labelled(decided)


# ------------------------------------------------------------------ what is said

NOTICES = {
    "label.generated": Notice(key="label.generated", texts={"kk": "Жасаған", "ru": "Создано"}),
    "label.short": Notice(key="label.short", texts={"kk": "ЖИ", "ru": "ИИ"}),
}


def said(guard: Guard, now: datetime, notices: Mapping[str, Notice], **service: str) -> Said:
    settings = Settings(service=Service.model_validate(service))
    case = asked(guard, now, body=b'{"model": "m-1", "prompt": "a"}').examined.case
    case.synthetic = True
    return said_of(case, settings, "", SECONDS, notices=notices, languages=("kk", "ru"))


def test_words_are_the_packs_and_the_shortest_of_them_stand_in_one_line(
    make_guard: Make, now: datetime
) -> None:
    made = said(make_guard(), now, NOTICES, provider="Мысал", bin="990140001234")
    assert made.words == ("Жасаған\nСоздано", "ЖИ\nИИ", "ЖИ · ИИ")
    assert made.details == Details(producer="990140001234")
    assert (made.label.kind, made.label.id) == ("synthetic", "urn:x")
    assert (made.label.model, made.label.provider) == ("m-1", "Мысал")
    assert made.label.created == SECONDS


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (("label.generated",), ("Жасаған\nСоздано",)),
        (("label.short",), ("ЖИ\nИИ",)),
        ((), ()),
    ],
)
def test_a_pack_without_these_words_leaves_them_out(
    make_guard: Make, now: datetime, known: Sequence[str], words: tuple[str, ...]
) -> None:
    made = said(make_guard(), now, {key: NOTICES[key] for key in known})
    assert made.words == words


def test_the_shipped_packs_have_words_for_pictures(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    made = guard.said(asked(guard, now).examined.case, "", SECONDS)
    assert made.words[0].startswith("Жасанды интеллект жасаған\nСоздано")
    assert made.words[-1].startswith("ЖИ · ИИ")


def test_the_upstreams_name_of_the_model_goes_before_the_callers(
    make_guard: Make, now: datetime
) -> None:
    case = asked(make_guard(), now, body=b'{"model": "m-1", "prompt": "a"}').examined.case
    assert label_of(case, Service(), "m-2", SECONDS).model == "m-2"
    assert label_of(case, Service(), "", SECONDS).model == "m-1"
    assert label_of(case, Service(), "", SECONDS).kind == "result"


# ------------------------------------------------------------------ which are labelled


def medium(kind: str = "image", reason: str = "encoded", data: bytes | str = "AAAA") -> Medium:
    return Medium(opaque=Opaque(place=("a",), medium=kind, reason=reason, data=data))


def test_what_a_message_only_points_at_isnt_labelled() -> None:
    media = [medium(), medium(reason=REFERENCE), medium(data=""), medium("audio", data=b"\0")]
    assert to_label(media, {}) == {0: ("AAAA", "AAAA"), 3: (b"\0", b"\0")}
    assert to_label(media, {0: "BBBB"}, but="audio") == {0: ("AAAA", "BBBB")}


# ------------------------------------------------------------------ which may leave


def labelled(
    written: Sequence[str], missing: Mapping[str, str], content: str = "image/png"
) -> Labelled:
    layers = Layered(data=b"", medium=content, written=tuple(written), missing=missing)
    return Labelled(held="labelled" if written else "", layered=layers)


def told(*, unlabelled_media: str = "refuse", visible: bool = True) -> Settings:
    labels = Labels(media=MediaLabels(visible=visible))
    return Settings.model_validate({"unlabelled_media": unlabelled_media, "labels": labels})


REASONS = st.sampled_from(
    [NO_WAY, NO_EXTRA, "too_small", "signer_failed", "no_carrier", "already_signed", "timeout"]
)
ONE = st.fixed_dictionaries(
    {layer: st.none() | st.just("") | REASONS for layer in (VISIBLE, WATERMARK, TAGS, SIGNED)}
)
"""Each layer: written (empty), missing for a reason, or never wanted."""


def refuses(layers: Mapping[str, str | None], *, visible: bool) -> bool:
    """Tell by the law's words: synthetic media leave with a mark and a warning only."""
    has_mark = layers[TAGS] in {"", "already_signed"} or layers[SIGNED] == ""
    signature_failed = layers[SIGNED] not in {None, "", NO_WAY}
    has_warning = not layers[VISIBLE]
    return not has_mark or signature_failed or (visible and not has_warning)


def split(layers: Mapping[str, str | None], content: str) -> Labelled:
    written = [layer for layer, reason in layers.items() if reason == ""]
    missing = {layer: reason for layer, reason in layers.items() if reason}
    return labelled(written, missing, content)


@given(
    ones=st.lists(
        st.tuples(
            ONE,
            st.sampled_from(["image", "audio", "video", "file", "unknown"]),
            st.sampled_from(["image/png", "audio/wav", "video/mp4", "application/pdf", ""]),
        ),
        max_size=4,
    ),
    visible=st.booleans(),
    policy=st.sampled_from(["refuse", "pass"]),
)
def test_a_reply_is_refused_for_every_synthetic_medium_without_mark_or_warning_and_no_other(
    ones: list[tuple[Mapping[str, str | None], str, str]], policy: str, *, visible: bool
) -> None:
    media = [medium(kind) for _, kind, _ in ones]
    made = {index: split(layers, content) for index, (layers, _, content) in enumerate(ones)}
    synthetic = ("image", "audio", "video")
    bad = [
        layers
        for layers, kind, content in ones
        if (
            kind in synthetic
            or content.startswith(synthetic)
            or (not content and layers.get(TAGS) != "no_carrier")  # nobody could look at it
        )
        and refuses(layers, visible=visible)
    ]
    settings = told(unlabelled_media=policy, visible=visible)
    if bad and policy == "refuse":
        with pytest.raises(UpstreamError) as caught:
            marks_of(media, {}, made, settings)
        assert caught.value.code == "media_not_labelled"
        assert caught.value.fix
        return
    marks = marks_of(media, {}, made, settings)
    assert bool(marks.refused) is bool(bad)
    assert set(marks.held) == {index for index, one in made.items() if one.held}
    assert sum(marks.written.values()) == len(marks.held)
    everything = [layers for layers, _, _ in ones]
    assert marks.layers == {
        layer: count
        for layer in (VISIBLE, WATERMARK, TAGS, SIGNED)
        if (count := sum(one[layer] == "" for one in everything))
    }
    assert sum(marks.missing.values()) == sum(
        bool(reason) for one in everything for reason in one.values()
    )


@pytest.mark.parametrize(
    ("layers", "missing", "why"),
    [
        ([VISIBLE, TAGS], {SIGNED: "signer_failed"}, "signer_failed"),
        ([VISIBLE, TAGS], {SIGNED: "no_certificate"}, "no_certificate"),
        ([VISIBLE], {TAGS: "no_carrier"}, "no_carrier"),
        ([VISIBLE], {TAGS: "no_carrier", SIGNED: NO_WAY}, "no_carrier"),
        ([TAGS], {VISIBLE: "too_small"}, "too_small"),
        ([TAGS], {VISIBLE: NO_EXTRA}, NO_EXTRA),
        ([], {VISIBLE: "already_signed", TAGS: "already_signed"}, "already_signed"),
        ([], {TAGS: "timeout"}, "timeout"),
        ([], {}, NO_WAY),
    ],
)
def test_why_a_picture_may_not_leave_is_told(
    layers: list[str], missing: dict[str, str], why: str
) -> None:
    with pytest.raises(UpstreamError, match=rf"\({why}\)") as caught:
        marks_of([medium()], {}, {0: labelled(layers, missing)}, told())
    assert ("pip install" in caught.value.fix) is (why == NO_EXTRA)
    passed = marks_of([medium()], {}, {0: labelled(layers, missing)}, told(unlabelled_media="pass"))
    assert passed.refused == why


@pytest.mark.parametrize(
    ("layers", "missing"),
    [
        ([VISIBLE, WATERMARK, TAGS, SIGNED], {}),
        ([VISIBLE, TAGS], {WATERMARK: "watermark_too_small"}),
        ([VISIBLE, TAGS], {SIGNED: NO_WAY}),
        ([VISIBLE, SIGNED], {TAGS: "no_carrier"}),
    ],
)
def test_what_has_a_mark_and_a_warning_leaves(layers: list[str], missing: dict[str, str]) -> None:
    marks = marks_of([medium()], {}, {0: labelled(layers, missing)}, told())
    assert (marks.held, marks.refused) == ({0: "labelled"}, "")
    assert marks.missing == {f"{layer}_{reason}": 1 for layer, reason in missing.items()}


def test_what_the_upstream_signed_leaves_where_no_words_are_wanted() -> None:
    one = labelled([], {TAGS: "already_signed"})
    marks = marks_of([medium()], {}, {0: one}, told(visible=False))
    assert (marks.held, marks.refused) == ({}, "")
    assert marks.missing == {"tags_already_signed": 1}


def test_what_stood_in_a_place_already_stays_where_nothing_could_be_put_in() -> None:
    one = labelled([], {TAGS: "no_carrier"}, "")
    both = {0: one, 1: one}
    marks = marks_of([medium("file")] * 2, {0: "redacted", 1: "redacted"}, both, told())
    assert marks.held == {0: "redacted", 1: "redacted"}


def test_references_are_counted_and_leave_as_they_are() -> None:
    media = [medium(reason=REFERENCE, data=""), medium(reason=REFERENCE, data="file-1")]
    marks = marks_of(media, {}, {}, told())
    assert (marks.held, marks.missing, marks.refused) == ({}, {"not_held": 2}, "")


def test_keys_of_evidence_hold_nothing_but_letters_and_digits() -> None:
    made = {0: labelled([TAGS], {}, "image/svg+xml"), 1: labelled([TAGS], {}, "")}
    marks = marks_of([medium("file")] * 2, {}, made, told(unlabelled_media="pass"))
    assert marks.written == {"image_svg_xml": 1, "unknown": 1}


def test_a_refused_reply_isnt_labelled(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    reply = json.dumps({"created": 1, "data": [{"url": "https://example.kz/a.png"}]}).encode()
    made = guard.enact(replied(guard, now, reply), now=SECONDS)
    assert made.refusal is not None
    assert made.body == b""
