"""Labels in the media of replies: written, kept where somebody signed, refused where they fail."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image

from guardrail.disclose.marks import read
from guardrail.engine import Decided, Enacted, Guard
from guardrail.errors import UpstreamError
from guardrail.facts import Inspected, RawReply, RawRequest, Verdict

Make = Callable[..., Guard]


def png() -> bytes:
    out = BytesIO()
    Image.effect_noise((48, 48), 60).save(out, "PNG")
    return out.getvalue()


def asked(guard: Guard, now: datetime, path: str, body: bytes) -> Decided:
    headers = ((b"content-type", b"application/json"),)
    raw = RawRequest(method="POST", path=path, headers=headers, body=body)
    examined = guard.examine(raw, guard.route("POST", path), request_id="req_1", label_id="urn:x")
    return guard.decide(examined, (), now)


def answered(
    guard: Guard, now: datetime, path: str, reply: bytes, body: bytes = b'{"prompt": "a cat"}'
) -> Enacted:
    """Return the reply to a request for a picture, its media looked into."""
    case = asked(guard, now, path, body).examined.case
    raw = RawReply(status=200, headers=((b"content-type", b"application/json"),), body=reply)
    examined = guard.examine_reply(case, raw)
    seen = tuple(Inspected(verdict=Verdict.INSPECTED, medium="image/png") for _ in examined.media)
    decided = guard.decide(replace(examined, inspected=seen), (), now)
    return guard.enact(decided, now=1763787600)


def drawn(*data: str) -> bytes:
    return json.dumps({"created": 1, "data": [{"b64_json": one} for one in data]}).encode()


IMAGES = "/v1/images/generations"


def test_every_picture_of_a_reply_carries_the_label(make_guard: Make, now: datetime) -> None:
    picture = png()
    made = answered(make_guard(), now, IMAGES, drawn(*[b64encode(picture).decode()] * 2))
    for one in json.loads(made.body)["data"]:
        data = b64decode(one["b64_json"])
        assert {found.level for found in read(data)} == {"ai-generated"}
        pixels = [Image.open(BytesIO(each)).tobytes() for each in (data, picture)]
        assert pixels[0] == pixels[1]
    assert made.entry.fields["marks"] == {"image_png": 2}
    assert "unmarked" not in made.entry.fields


def test_the_header_says_that_it_is_synthetic(make_guard: Make, now: datetime) -> None:
    guard = make_guard()
    made = answered(guard, now, IMAGES, drawn(b64encode(png()).decode()))
    case, decision = made.decided.examined.case, made.decided.decision
    fields = dict(guard.reply_headers(case, decision, "", 1763787600))
    assert b"class=synthetic" in fields[b"guardrail-label"]
    assert "kz.21-2.synthetic-label" in decision.rules


def test_what_is_spelt_as_a_data_url_stays_one(make_guard: Make, now: datetime) -> None:
    url = "data:image/png;base64," + b64encode(png()).decode()
    made = answered(make_guard(), now, IMAGES, drawn(url))
    [one] = json.loads(made.body)["data"]
    assert one["b64_json"].startswith("data:image/png;base64,")
    assert read(b64decode(one["b64_json"].partition(",")[2]))


@pytest.mark.parametrize("broken", [png()[:60], b"\x89PNG\r\n\x1a\n", b"no picture at all" * 9])
def test_a_picture_that_cant_be_labelled_is_refused(
    make_guard: Make, now: datetime, broken: bytes
) -> None:
    with pytest.raises(UpstreamError, match="can't be labelled") as caught:
        answered(make_guard(), now, IMAGES, drawn(b64encode(broken).decode()))
    assert caught.value.code == "media_not_labelled"


def test_an_operator_may_let_it_pass_and_it_is_on_record(make_guard: Make, now: datetime) -> None:
    guard = make_guard(unlabelled_media="pass")
    body = drawn(b64encode(b"no picture at all" * 9).decode(), b64encode(png()).decode())
    made = answered(guard, now, IMAGES, body)
    left = json.loads(made.body)["data"]
    assert left[0] == json.loads(body)["data"][0]
    assert left[1] != json.loads(body)["data"][1]
    assert made.entry.fields["unmarked"] == {"no_carrier": 1}
    assert made.entry.fields["marks"] == {"image_png": 1}


def test_a_picture_in_the_text_of_an_answer_is_labelled_where_it_stands(
    make_guard: Make, now: datetime
) -> None:
    url = "data:image/png;base64," + b64encode(png()).decode()
    text = f"Here it is: ![a cat]({url}) Ask for more."
    message = {"role": "assistant", "content": text}
    body = {"model": "m", "choices": [{"index": 0, "message": message}]}
    asked = json.dumps({"model": "m", "messages": [{"role": "user", "content": "a cat"}]}).encode()
    made = answered(make_guard(), now, "/v1/chat/completions", json.dumps(body).encode(), asked)
    said = json.loads(made.body)["choices"][0]["message"]["content"]
    before, _, rest = said.partition("![a cat](data:image/png;base64,")
    data, _, behind = rest.partition(")")
    assert before.endswith("Here it is: ")
    assert behind == " Ask for more."
    assert {found.level for found in read(b64decode(data))} == {"ai-generated"}
    assert made.decided.examined.case.synthetic


def test_a_refused_reply_isnt_labelled(make_guard: Make, now: datetime) -> None:
    body = json.dumps({"created": 1, "data": [{"url": "https://example.kz/a.png"}]}).encode()
    made = answered(make_guard(), now, IMAGES, body)
    assert made.refusal is None or made.body == b""
