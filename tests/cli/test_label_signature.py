from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey
from typer.testing import CliRunner

from guardrail.cli.label import app
from guardrail.cli.label_signature import (
    CHANGED,
    VALID,
    checked,
    headers_in,
    key_in,
    signed_in,
    texts_in,
)
from guardrail.disclose import LabelSigner, hash_of, headers, label, read_signed
from guardrail.disclose.marks.claim import members
from guardrail.errors import BadInput, GuardrailError

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = OKPKey.import_key(
    KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
SIGNER = LabelSigner(KEY, PUBLIC.thumbprint())
LABEL = label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10", created=1763787600)
TEXT = "Қайырлы таң!"
REPLY = json.dumps({"choices": [{"message": {"role": "assistant", "content": TEXT}}]}).encode()
KEYS = json.dumps({"keys": [SIGNER.public]}).encode()


def head(kind: str = "application/json", *texts: str) -> bytes:
    signed = SIGNER.sign(LABEL, hash_of(texts or [TEXT]))
    fields = ((b"content-type", kind.encode()), *headers(LABEL, signed=signed))
    return b"HTTP/1.1 200 OK\r\n" + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    files = {"head": head(), "keys": KEYS, "reply.json": REPLY}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def verify(folder: Path, *more: str) -> tuple[int, str]:
    given = ["verify", "--headers", str(folder / "head"), "--keys", str(folder / "keys")]
    done = CliRunner().invoke(app, [*given, *more, str(folder / "reply.json")])
    return done.exit_code, done.output


def test_a_saved_reply_is_found_as_it_was_signed(saved: Path) -> None:
    code, said = verify(saved)
    assert code == 0
    assert said.endswith(f"reply.json: valid, {LABEL.id}\n")


def test_a_changed_word_is_found(saved: Path) -> None:
    changed = REPLY.replace(b'"content": "', b'"content": "no ')
    (saved / "reply.json").write_bytes(changed)
    code, said = verify(saved)
    assert code == 3
    assert ": changed, " in said


def test_a_reply_that_nobody_signed_is_told_from_a_changed_one(saved: Path) -> None:
    (saved / "head").write_bytes(b"HTTP/1.1 200 OK\r\n\r\n")
    code, said = verify(saved)
    assert code == 1
    assert said.endswith(": unsigned\n")


def test_headers_and_keys_go_together(saved: Path) -> None:
    given = ["verify", "--headers", str(saved / "head"), str(saved / "reply.json")]
    done = CliRunner().invoke(app, given)
    assert isinstance(done.exception, BadInput)


def test_the_last_of_several_heads_counts() -> None:
    told = headers_in(b"HTTP/1.1 100 Continue\r\n\r\n" + head())
    assert read_signed(told) is not None
    assert dict(told)[b"content-type"] == b"application/json"
    assert headers_in(b"") == ()


def test_a_key_is_found_by_its_name_or_alone_in_a_file() -> None:
    other = Ed25519PrivateKey.generate().public_key()
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    two = {"keys": [LabelSigner(Ed25519PrivateKey.generate(), "x").public, SIGNER.public]}
    for data in (KEYS, json.dumps(SIGNER.public).encode(), json.dumps(two).encode(), pem):
        assert key_in(data, SIGNER.kid) == KEY.public_key()
        assert key_in(data, SIGNER.kid) != other


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"keys": [{"kty": "oct", "k": "AA"}]}'])
def test_what_holds_no_key_is_an_error(data: bytes) -> None:
    with pytest.raises(BadInput):
        key_in(data, SIGNER.kid)


def test_a_key_that_signs_no_more_holds_for_what_was_made_before() -> None:
    for data in ({"keys": [{**SIGNER.public, "exp": 1_000}]}, {**SIGNER.public, "exp": 1_000}):
        kept = json.dumps(data).encode()
        assert key_in(kept, SIGNER.kid, 1_000) == KEY.public_key()
        with pytest.raises(BadInput, match="no more"):
            key_in(kept, SIGNER.kid, 1_001)


def test_another_key_is_an_error() -> None:
    with pytest.raises(BadInput, match="another key"):
        key_in(KEYS, "another")


def test_a_body_that_is_text_is_one_text() -> None:
    told = headers_in(head("text/html; charset=utf-8"))
    assert texts_in("<p>Сәлем</p>".encode(), told, "openai-chat") == ["<p>Сәлем</p>"]
    with pytest.raises(BadInput, match="UTF-8"):
        texts_in(b"\xff", told, "openai-chat")
    old = ((b"content-type", b"text/html; charset=windows-1251"),)
    assert texts_in("<p>Ясно</p>".encode("cp1251"), old, "openai-chat") == ["<p>Ясно</p>"]


def test_a_body_is_read_as_its_format_says() -> None:
    told = headers_in(head())
    body = json.dumps({"content": [{"type": "text", "text": TEXT}]}).encode()
    assert texts_in(body, told, "anthropic-messages") == [TEXT]
    assert texts_in(REPLY, told, "openai-chat") == [TEXT]
    for broken, wire in ((b"{", "openai-chat"), (REPLY, "nothing")):
        with pytest.raises(GuardrailError):
            texts_in(broken, told, wire)


def test_a_signature_holds_for_its_texts_only() -> None:
    signed = read_signed(headers_in(head()))
    assert signed is not None
    assert checked(signed, [TEXT], KEY.public_key()) == VALID
    assert checked(signed, [TEXT, ""], KEY.public_key()) == CHANGED


MEMBER = SIGNER.sign(LABEL, hash_of(["Сәлем. Рақмет!"]))
SAID = {**members(LABEL), **MEMBER.members()}
UNSIGNED_MEMBER = json.dumps(members(LABEL))
LINES = "".join(
    json.dumps({"model": "m", "message": {"content": text}, "done": not text, **more}) + "\n"
    for text, more in (
        ("Сәлем. ", {"ai_disclosure": members(LABEL)}),
        ("Рақмет!", {}),
        ("", {"ai_disclosure": SAID}),
    )
).encode()


def delta(text: str) -> str:
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}}]})}\n\n"


EVENTS = (
    f": guardrail-disclosure {UNSIGNED_MEMBER}\n\n{delta('Сәлем. ')}{delta('Рақмет!')}"
    f": guardrail-label {json.dumps(SAID)}\n\ndata: [DONE]\n\n"
).encode()
ITEMS = json.dumps(
    [
        {"candidates": [{"index": 0, "content": {"parts": [{"text": "Сәлем. "}]}}]},
        {
            "candidates": [
                {"index": 0, "content": {"parts": [{"text": "Рақмет!"}]}, "finishReason": "STOP"}
            ],
            "ai_disclosure": SAID,
        },
    ]
).encode()


@pytest.mark.parametrize(
    ("kind", "wire", "body"),
    [
        ("application/x-ndjson", "ollama-chat", LINES),
        ("text/event-stream; charset=utf-8", "openai-chat", EVENTS),
        ("application/json", "gemini", ITEMS),
    ],
)
def test_a_saved_stream_is_found_as_it_was_signed(
    saved: Path, kind: str, wire: str, body: bytes
) -> None:
    (saved / "head").write_bytes(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n\r\n".encode())
    (saved / "reply.json").write_bytes(body)
    assert verify(saved, "--format", wire)[0] == 0
    (saved / "reply.json").write_bytes(body.replace(b"!", b"?"))
    assert verify(saved, "--format", wire)[0] == 3
    (saved / "reply.json").write_bytes(body.replace(b'"sig"', b'"no"'))
    assert verify(saved, "--format", wire)[0] == 1


def test_each_answer_of_a_saved_session_is_checked_by_itself() -> None:
    told = headers_in(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n")
    lines = []
    for text in ("Бір", "Екі"):
        item = {"id": text, "type": "message", "role": "assistant",
                "content": [{"type": "output_text", "text": text}]}  # fmt: skip
        said = {**members(LABEL), **SIGNER.sign(LABEL, hash_of([text])).members()}
        response = {"id": f"r_{text}", "output": [item]}
        event = {"type": "response.done", "response": response, "ai_disclosure": said}
        lines.append(json.dumps(event))
    pairs = signed_in("\n".join(lines).encode(), told, "openai-realtime")
    assert [list(texts) for _, texts in pairs] == [["Бір"], ["Екі"]]
    assert [checked(*pair, KEY.public_key()) for pair in pairs] == [VALID, VALID]


def test_a_comment_that_cant_be_read_is_no_label() -> None:
    told = headers_in(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    for comment in (b": guardrail-label {\n\n", b": guardrail-label []\n\n"):
        assert signed_in(comment + b"data: [DONE]\n\n", told, "openai-chat") == []
