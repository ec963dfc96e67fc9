"""Documents and moving pictures of replies leave labelled, whatever way they come."""

from __future__ import annotations

import zipfile
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import encypher_c2pa
import httpx
import numpy as np
import openpyxl
import pptx
import pypdfium2
import pytest
from joserfc.jwk import OKPKey
from PIL import Image

from guardrail.disclose import read_signed
from guardrail.disclose.marks import read
from guardrail.disclose.signature import verify
from guardrail.testing import pictures
from guardrail.testing.documents import CONTENT_TYPES, RELATIONS
from guardrail.testing.upstream import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Guard, Scripted

END = "-----END CERTIFICATE-----\n"


@pytest.fixture(scope="module")
def renders(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """Guards an AI of its own format, which answers with files."""
    return start(the_script.url, config={"unmatched": {"ai": "generic"}})


def rendered(guard: Guard, script: Scripted, data: bytes, media_type: str) -> httpx.Response:
    script.play(answer(200, data, headers=((b"content-type", media_type.encode()),)))
    # The first waits for a process to start, which takes its time on a busy machine.
    prompt = {"prompt": "A report on meadows"}
    return httpx.post(f"{guard.url}/v1/render", json=prompt, timeout=30)


def paper(pages: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    target = BytesIO()
    document.save(target)
    document.close()
    return target.getvalue()


def test_a_document_says_on_each_page_that_ai_made_it_and_a_foreign_verifier_trusts_it(
    renders: Guard, script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    reply = rendered(renders, script, paper(2), "application/pdf")
    assert reply.status_code == 200, reply.text
    assert "level=ai-generated" in reply.headers["guardrail-label"]
    document = pypdfium2.PdfDocument(reply.content)
    for page in document:
        said = page.get_textpage().get_text_range()
        assert "Жасанды интеллект жасаған" in said
        assert "Создано искусственным интеллектом" in said
    document.close()
    bundle = (renders.state / "keys" / "label-development.pem").read_text("ascii")
    told = encypher_c2pa.verify(
        reply.content,
        "application/pdf",
        trust_pem=bundle.split(END)[1] + END,
        no_default_trust=True,
        telemetry=False,
        online=False,
    )
    assert (told["validation_state"], told["hard_binding"]) == ("Trusted", "match")


def test_each_frame_of_a_moving_picture_shows_that_ai_made_it(
    renders: Guard, script: Scripted
) -> None:
    moving = pictures.animation([pictures.scene(320, 240, seed) for seed in (1, 2, 3)], "GIF")
    reply = rendered(renders, script, moving, "image/gif")
    assert reply.status_code == 200, reply.text
    with Image.open(BytesIO(reply.content)) as image:
        assert getattr(image, "n_frames", 1) == 3
        for number in range(3):
            image.seek(number)
            corner = np.asarray(image.convert("L"))[-60:, :100]
            assert (corner < 30).mean() > 0.2
            assert (corner > 220).mean() > 0.01


OFFICE = {
    "word": "wordprocessingml.document",
    "xl": "spreadsheetml.sheet",
    "ppt": "presentationml.presentation",
}


def written(folder: str) -> bytes:
    """Return a file as an office program writes it: its parts, and what they are called."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr(f"{folder}/main.xml", b"<main/>")
    return out.getvalue()


@pytest.mark.parametrize("folder", OFFICE)
def test_a_file_of_an_office_program_comes_back_marked_with_its_manifest_beside_it(
    renders: Guard, script: Scripted, folder: str
) -> None:
    media_type = f"application/vnd.openxmlformats-officedocument.{OFFICE[folder]}"
    reply = rendered(renders, script, written(folder), media_type)
    assert reply.status_code == 200, reply.text
    with zipfile.ZipFile(BytesIO(reply.content)) as archive:
        assert b'name="AIGC"' in archive.read("docProps/custom.xml")
        assert archive.read(f"{folder}/main.xml") == b"<main/>"
    beside = httpx.get(renders.url + reply.headers["link"].partition(">")[0][1:])
    assert (beside.status_code, beside.headers["content-type"]) == (200, "application/c2pa")
    [entry] = [one for one in renders.of_request(reply) if "media" in one]
    name = f"vnd_openxmlformats_officedocument_{OFFICE[folder].replace('.', '_')}"
    assert entry["media"] == {name: 1}


def saved(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def letter() -> bytes:
    document = docx.Document()
    document.add_paragraph("A report on meadows")
    return saved(document)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append([1, "=A1*2"])
    return saved(book)


def deck() -> bytes:
    slides = pptx.Presentation()
    slides.slides.add_slide(slides.slide_layouts[0])
    return saved(slides)


def told_by_word(data: bytes) -> str:
    return str(docx.Document(BytesIO(data)).sections[0].header.paragraphs[0].text)


def told_by_excel(data: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(data))
    assert book.worksheets[0]["B1"].value == "=A1*2"
    return "\n".join(str(cell.value) for cell in book.active["A"])


def told_by_powerpoint(data: bytes) -> str:
    slides = pptx.Presentation(BytesIO(data)).slides
    return str(slides[0].shapes[-1].text_frame.text)


@pytest.mark.parametrize(
    ("folder", "write", "read"),
    [
        ("word", letter, told_by_word),
        ("xl", workbook, told_by_excel),
        ("ppt", deck, told_by_powerpoint),
    ],
)
def test_a_file_of_an_office_program_says_that_ai_made_it_to_people_and_to_programs(
    renders: Guard,
    script: Scripted,
    folder: str,
    write: Callable[[], bytes],
    read: Callable[[bytes], str],
) -> None:
    media_type = f"application/vnd.openxmlformats-officedocument.{OFFICE[folder]}"
    reply = rendered(renders, script, write(), media_type)
    assert reply.status_code == 200, reply.text
    said = read(reply.content)
    assert "Жасанды интеллект жасаған" in said
    assert "Создано искусственным интеллектом" in said
    with zipfile.ZipFile(BytesIO(reply.content)) as archive:
        assert b'name="AIGC"' in archive.read("docProps/custom.xml")
    [entry] = [one for one in renders.of_request(reply) if "media" in one]
    assert entry["layers"]["visible"] == 1


PAGE = "<!doctype html><html><head><title>Степь</title></head><body><p>{}</p></body></html>"


@pytest.mark.parametrize(
    ("codec", "stated", "head"),
    [
        ("cp1251", "text/html; charset=windows-1251", ""),
        ("cp1251", "text/html", '<meta charset="windows-1251">'),
        ("kz1048", "text/html; charset=KZ-1048", ""),
    ],
)
def test_a_page_in_an_old_charset_leaves_labelled_in_its_own_letters(
    renders: Guard, script: Scripted, codec: str, stated: str, head: str
) -> None:
    page = PAGE.format("Ясно").replace("<head>", f"<head>{head}")
    reply = rendered(renders, script, page.encode(codec), stated)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == stated
    said = reply.content.decode(codec)
    assert "<title>Степь</title></head>" in said
    assert "<p>Ясно</p></body></html>" in said
    banner = unescape(said.partition("data-guardrail-notice>")[2].partition("</aside>")[0])
    assert "жасанды интеллект" in banner.lower()
    assert "искусственн" in banner.lower()
    assert '<meta name="ai-disclosure" content="ai-generated">' in said
    signed = read_signed(tuple((k.encode(), v.encode()) for k, v in reply.headers.items()))
    keys = httpx.get(f"{renders.url}/.well-known/guardrail/label-keys").json()["keys"]
    assert signed is not None
    (own,) = [OKPKey.import_key(key) for key in keys if key["kid"] == signed.kid]
    assert verify(signed, [said], own.public_key)  # type: ignore[arg-type]  # an Ed25519 one


def test_personal_data_is_found_in_a_page_in_an_old_charset(
    renders: Guard, script: Scripted
) -> None:
    page = PAGE.format("Омарова Дана Сериковна, dana.omarova@mail.example.kz")
    reply = rendered(renders, script, page.encode("cp1251"), "text/html; charset=windows-1251")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "content_policy_violation")


def test_a_picture_that_is_fetched_on_a_path_with_a_name_leaves_labelled(
    start: Callable[..., Guard], the_script: Scripted, script: Scripted
) -> None:
    picture = pictures.encoded(pictures.scene(320, 240))
    config = {"unmatched": {"ai": "generic"}, "wires": {"/v1/results": "generic-json"}}
    guard = start(the_script.url, config=config)
    for path, decision in (("/v1/results/1.png", "allowed"), ("/v1/other/1.png", "unexamined")):
        script.play(answer(200, picture, headers=((b"content-type", b"image/png"),)))
        reply = httpx.get(guard.url + path, timeout=30)
        assert (reply.status_code, reply.headers["guardrail-decision"]) == (200, decision)
        marked = any(one.level == "ai-generated" for one in read(reply.content))
        assert marked is (decision == "allowed")
        assert (reply.content == picture) is not marked
    guard.stop()
