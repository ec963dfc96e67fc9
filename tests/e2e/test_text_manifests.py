"""A page of an AI's leads to its signed manifest, and others' readers trust it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import encypher_c2pa
import httpx
import pytest
from typer.testing import CliRunner

from guardrail.cli import app
from guardrail.disclose.c2pa import verify
from guardrail.testing.upstream import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Guard, Scripted

END = "-----END CERTIFICATE-----\n"
PAGE = (
    "<!doctype html><html><head><title>Көктем</title></head>"
    "<body><p>Дала гүлдейді.</p></body></html>"
)
LINK = re.compile(r"<(/[^>]+)>; rel=\"c2pa-manifest\"")
UNKNOWN = {"unmatched": {"ai": "generic"}}


@pytest.fixture(scope="module")
def writes(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """Guards an AI of its own format, which answers with texts."""
    return start(the_script.url, config={**UNKNOWN, "labels": {"manifests": "html,markdown,plain"}})


def written(guard: Guard, script: Scripted, text: str, media_type: str) -> httpx.Response:
    head = ((b"content-type", f"{media_type}; charset=utf-8".encode()),)
    script.play(answer(200, text.encode(), headers=head))
    # The first waits for a process to start, which takes its time on a busy machine.
    prompt = {"prompt": "A report on meadows"}
    return httpx.post(f"{guard.url}/v1/render", json=prompt, timeout=30)


def manifest_of(guard: Guard, reply: httpx.Response) -> bytes:
    [at] = LINK.findall(reply.headers["link"])
    found = httpx.get(guard.url + at)
    assert (found.status_code, found.headers["content-type"]) == (200, "application/c2pa")
    return found.content


def root(guard: Guard) -> str:
    bundle = (guard.state / "keys" / "label-development.pem").read_text("ascii")
    return bundle.split(END)[1] + END


@pytest.mark.parametrize("media_type", ["text/html", "text/markdown"])
def test_a_text_leads_to_a_manifest_that_a_foreign_verifier_trusts(
    writes: Guard, script: Scripted, monkeypatch: pytest.MonkeyPatch, media_type: str
) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    text = PAGE if media_type == "text/html" else "# Көктем\n\nДала гүлдейді.\n"
    reply = written(writes, script, text, media_type)
    store = manifest_of(writes, reply)
    for body, state, binding in (
        (reply.content, "Trusted", "match"),
        (reply.content + b" ", "Invalid", "mismatch"),
    ):
        told = encypher_c2pa.verify(
            body,
            media_type,
            manifest_store=store,
            trust_pem=root(writes),
            no_default_trust=True,
            telemetry=False,
            online=False,
        )
        assert (told["validation_state"], told["hard_binding"]) == (state, binding)


@pytest.mark.parametrize("media_type", ["text/html", "text/markdown", "text/plain"])
def test_a_manifest_says_of_the_very_bytes_what_the_header_says(
    writes: Guard, script: Scripted, media_type: str
) -> None:
    reply = written(writes, script, PAGE, media_type)
    store = manifest_of(writes, reply)
    anchors = root(writes).encode()
    [mark] = verify(reply.content, media_type, anchors=anchors, sidecar=store).found
    assert (mark.trusted, mark.level, mark.kind) == (True, "ai-generated", "result")
    assert f'id="{mark.label_id}"' in reply.headers["guardrail-label"]
    other = verify(reply.content + b"\n", media_type, anchors=anchors, sidecar=store)
    assert other.conclusion == "mark_invalid"


def test_a_page_names_its_manifest_itself_and_the_command_reads_it(
    writes: Guard, script: Scripted, tmp_path: Path
) -> None:
    reply = written(writes, script, PAGE, "text/html")
    [at] = LINK.findall(reply.headers["link"])
    link = f'<link rel="c2pa-manifest" type="application/c2pa" href="{at}">'
    assert reply.text.partition("</head>")[0].count(link) == 1
    page, beside = tmp_path / "page.html", tmp_path / "page.c2pa"
    page.write_bytes(reply.content)
    beside.write_bytes(manifest_of(writes, reply))
    roots = tmp_path / "roots.pem"
    roots.write_text(root(writes), "ascii")
    command = ["label", "verify", str(page), "--sidecar", str(beside), "--roots", str(roots)]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0, said.output
    assert "signed c2pa: valid, trusted, ai-generated" in said.output


@pytest.mark.thorough
def test_without_who_signs_a_page_is_labelled_and_leads_nowhere(
    start: Callable[..., Guard], the_script: Scripted, script: Scripted, tmp_path: Path
) -> None:
    chain = tmp_path / "marks"
    made = CliRunner().invoke(app, ["label", "certificate", "--out", str(chain)])
    assert made.exit_code == 0, made.output
    # There is such a module, but no such function: its processes don't start.
    media = {"certificate": str(chain / "certificate.pem"), "signer": "json:no_such_function"}
    guard = start(the_script.url, config={**UNKNOWN, "labels": {"media": media}})
    for _ in range(2):
        reply = written(guard, script, PAGE, "text/html")
        assert reply.status_code == 200
        assert "level=ai-generated" in reply.headers["guardrail-label"]
        assert 'ai-disclosure="ai-generated"' in reply.text
        assert "data-guardrail-notice" in reply.text
        assert "link" not in reply.headers
        assert "c2pa-manifest" not in reply.text
