"""A real browser opens what people see: every page on phone and desk, by keyboard, without a mouse.

Chromium is taken from the PATH, else from Debian's packages, which apt checks by the signature of
its archive; they are unpacked under .venv, nothing is installed. Where neither is to be had these
tests are skipped, and say so. Playwright drives it, and axe-core looks for what breaks the Web
Content Accessibility Guidelines: `tests/e2e/node/package-lock.json` pins both.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from guardrail.disclose import c2pa, label, marks
from guardrail.rights.information import PATH as INFORMATION
from guardrail.shells.evidence_page import PATH as EVIDENCE
from guardrail.shells.label_page import PATH as LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from guardrail.testing.asgi import Message, Receive, Send
    from tests.e2e.conftest import Guard

# The first test may have to download a browser.
pytestmark = pytest.mark.timeout(300)

NAMES = ("chromium", "chromium-browser", "google-chrome")
LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
libraries=$(echo "$here"/usr/lib/*-linux-gnu*)
export LD_LIBRARY_PATH="$libraries:$libraries/pulseaudio"
exec "$here/usr/lib/chromium/chromium" "$@"
"""

PHONE, DESK = (360, 740), (1280, 800)
ANSWERED = "#answer:not(.reading) section"
"""Stands on the page of labels once it has an answer."""

SITE_POLICY = "default-src 'none'; style-src 'self'; require-trusted-types-for 'script'"
SITE_STYLE = b"""
* { margin: 0; padding: 0; }
body { display: flex; flex-direction: column; min-height: 100vh; background: #102a43; color: #fff; }
p { line-height: 1.4; }
header { position: sticky; top: 0; background: #334e68; padding: 1rem; }
"""
SITE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Ответ</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/page.css"></head>
<body><header>Пример</header><main><h1>Ответ</h1><p>Да.</p></main></body></html>"""


# ---------------------------------------------------------------- where the browser is from


@pytest.fixture(scope="module")
def chromium(from_debian: Callable[..., Path]) -> str:
    for name in NAMES:
        if found := shutil.which(name):
            return found
    launcher = from_debian("chromium", libraries=True) / "chromium"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    return str(launcher)


# ---------------------------------------------------------------- the browser


class Browser:
    """One Chromium, asked line by line; each page is a visitor of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._names = count()

    def ask(self, page: str, method: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401 - JSON
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"page": page, "method": method, "arguments": arguments}
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the browser's process has ended; stderr may say why"
        told = json.loads(line)
        assert told["error"] is None, told["error"]
        return told["value"]

    def visit(
        self,
        url: str,
        *,
        size: tuple[int, int] = DESK,
        scheme: str = "light",
        language: str = "kk-KZ",
        scripts: bool = True,
    ) -> Page:
        page = Page(self, str(next(self._names)))
        page.call(
            "new",
            {
                "viewport": {"width": size[0], "height": size[1]},
                "colorScheme": scheme,
                "locale": language,
                "javaScriptEnabled": scripts,
            },
        )
        page.status = page.call("goto", url)
        return page


class Page:
    """A page, and the few questions that tests ask of it."""

    def __init__(self, browser: Browser, name: str) -> None:
        self._browser, self._name = browser, name
        self.status: int | None = None

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - JSON
        return self._browser.ask(self._name, method, arguments)

    def see(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        """Return what an expression of JavaScript gives on the page."""
        return self.call("evaluate", expression)

    def text(self, selector: str = "body") -> str:
        """Return what people see of an element."""
        return str(self.call("innerText", selector))

    def answer(self) -> str:
        """Return what the page of labels says, once it does."""
        self.call("waitForSelector", ANSWERED)
        return self.text("#answer")

    def focused(self) -> dict[str, Any]:
        """Return what has the focus, and whether it shows: there, or around what stands for it."""
        told: dict[str, Any] = self.see(
            """(() => { const here = document.activeElement;
              const shown = [here, here.parentElement].map((one) => getComputedStyle(one))
                .some((style) => style.outlineStyle !== "none" && style.outlineWidth === "3px");
              return { tag: here.tagName, text: here.textContent.trim(), shown }; })()"""
        )
        return told

    def tabbed(self) -> list[dict[str, Any]]:
        """Return what Tab reaches, in its order, until it leaves the page."""
        reached: list[dict[str, Any]] = []
        while len(reached) < 100:
            self.call("keyboard.press", "Tab")
            here = self.focused()
            if here["tag"] == "BODY":
                break
            reached.append(here)
        return reached

    def faults(self, host: str) -> dict[str, Any]:
        """Return all that is wrong with the page as it stands now; nothing in each for a good one.

        Args:
            host: the only one that it may ask, with the port; empty for a file.
        """
        noted = self.call("noted")
        root = "document.documentElement"
        return {
            "wider than the screen": self.see(f"{root}.scrollWidth - {root}.clientWidth"),
            "complaints": [one for one in noted["complaints"] if "status of 404" not in one],
            "other hosts": [one for one in noted["hosts"] if one != host],
            "axe": self.call("axe"),
        }


NO_FAULTS: dict[str, Any] = {
    "wider than the screen": 0, "complaints": [], "other hosts": [], "axe": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def browser(chromium: str, node_programs: Path) -> Iterator[Browser]:
    with subprocess.Popen(
        ["node", str(node_programs / "browser.mjs"), chromium],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "HOME": str(node_programs)},
    ) as process:
        yield Browser(process)


# ---------------------------------------------------------------- what is looked at


async def site(scope: Message, _receive: Receive, send: Send) -> None:
    """An AI service whose answers are pages, with a strict policy and a style of their own."""
    styled = scope["path"] == "/page.css"
    kind = b"text/css" if styled else b"text/html; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-security-policy", SITE_POLICY.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": SITE_STYLE if styled else SITE.encode()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The addresses of all pages of one guard."""

    host: str
    pages: dict[str, str]


@pytest.fixture(scope="module")
def guarded(
    start: Callable[..., Guard],
    serve_assistant: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Site:
    service = {"name": "Көмекші", "owner": "ТОО Пример", "contact": "help@example.kz"}
    config = {"unmatched": {"ai": "generic"}, "service": service}
    guard = start(serve_assistant(site), config=config)
    told = guard.post({"question": "Привет"}, "/v1/ask")
    of_request = EVIDENCE + told.headers["guardrail-request-id"]
    guard.until(lambda: httpx.get(guard.url + of_request).status_code == 200)
    folder = tmp_path_factory.mktemp("pack")
    made = guard.cli(
        *("evidence", "pack", "--state", str(guard.state), "--config", str(guard.config)),
        *("--law", "eu-ai-act", "--lang", "ru", "--no-pdf", "--out", str(folder / "pack.zip")),
    )
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(folder / "pack.zip") as pack:
        (name,) = [one for one in pack.namelist() if one.endswith("report.ru.html")]
        report = pack.extract(name, folder)
    pages = {
        "information": INFORMATION,
        "label": LABEL,
        "request": of_request,
        "entry": EVIDENCE + told.headers["guardrail-evidence"],
        "no entry": f"{EVIDENCE}req_{'0' * 32}",
    }
    known = {name: guard.url + path for name, path in pages.items()}
    return Site(
        host=guard.url.removeprefix("http://"),
        pages={**known, "site": f"{guard.url}/v1/ask", "report": Path(report).as_uri()},
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files to be read: by what they carry."""
    # The library reads the clock itself: certificates must be valid when the test runs.
    now = datetime.now(UTC)  # noqa: TID251
    said = label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10", model="m", provider="Пример")
    plain = io.BytesIO()
    Image.effect_mandelbrot((96, 96), (-2, -1, 1, 1), 20).convert("RGB").save(plain, "PNG")
    labelled = marks.write(plain.getvalue(), said)
    assert isinstance(labelled, marks.Marked)
    signer = c2pa.Signer(credentials=(c2pa.development(now).credential,))
    altered = bytearray(c2pa.sign(plain.getvalue(), "image/png", said, signer, now).data)
    altered[-30] ^= 1
    held = {
        "labelled": labelled.data,
        "unlabelled": plain.getvalue(),
        "cut off": labelled.data[:300],
        "altered": bytes(altered),
    }
    folder = tmp_path_factory.mktemp("files")
    for name, data in held.items():
        (folder / f"{name}.png").write_bytes(data)
    return {name: str(folder / f"{name}.png") for name in held}


# ---------------------------------------------------------------- every page


SEEN = ["information", "label", "request", "entry", "no entry", "report"]


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_every_page_fits_asks_nobody_else_and_keeps_to_the_guidelines(
    browser: Browser, guarded: Site, name: str, size: tuple[int, int], scheme: str
) -> None:
    page = browser.visit(guarded.pages[name], size=size, scheme=scheme, language="ru-KZ")
    host = "" if name == "report" else guarded.host
    assert page.faults(host) == NO_FAULTS
    assert page.status in ({404} if name == "no entry" else {200, None, 0})
    assert page.see("document.documentElement.lang") == "ru"
    page.call("close")


def test_what_is_wrong_with_a_page_would_be_found(browser: Browser, guarded: Site) -> None:
    page = browser.visit(guarded.pages["label"], size=PHONE)
    page.see(
        """(() => { const wrong = document.createElement("div");
          wrong.append(document.createElement("img"));
          wrong.firstChild.src = "http://127.0.0.1:9/elsewhere.png";
          document.querySelector("main").append(wrong);
          wrong.style.width = "400px"; })()"""
    )
    page.call("waitForTimeout", 50)
    found = page.faults("example.kz")
    assert found["wider than the screen"] > 0
    assert "Content Security Policy" in " ".join(found["complaints"])
    assert set(found["other hosts"]) == {guarded.host, "127.0.0.1:9"}
    assert "image-alt" in [one["id"] for one in found["axe"]]
    page.call("close")


@pytest.mark.parametrize(
    ("language", "begins"),
    [("kk-KZ", "Файлда"), ("ru-KZ", "Есть ли"), ("en-GB", "Does"), ("de-DE", "Файлда")],
)
def test_a_page_begins_with_the_persons_language_and_has_kazakh_and_russian(
    browser: Browser, guarded: Site, language: str, begins: str
) -> None:
    page = browser.visit(guarded.pages["label"], language=language)
    spoken = "kk" if language == "de-DE" else language[:2]
    assert page.see("document.documentElement.lang") == spoken
    assert page.text("h1").startswith(begins)
    assert str(page.call("title")).startswith(begins)
    assert {"Файлды таңдау", "Выбрать файл"} <= set(page.text("label").splitlines())
    page.call("close")


# ---------------------------------------------------------------- by keyboard


def test_a_file_is_chosen_and_its_answer_announced_by_keyboard_alone(
    browser: Browser, guarded: Site, files: dict[str, str]
) -> None:
    page = browser.visit(guarded.pages["label"], language="ru-KZ")
    page.call("keyboard.press", "Tab")
    focus = page.focused()
    assert (focus["tag"], focus["shown"]) == ("INPUT", True)
    page.call("choose", "Enter", files["labelled"])
    assert page.answer().startswith("В файле есть метка")
    assert page.see("document.getElementById('answer').ariaLive") == "polite"
    assert 'button "Выбрать файл' in page.call("aria")
    assert "status:" in page.call("aria")
    page.call("close")


@pytest.mark.parametrize("name", ["information", "request"])
def test_all_that_a_mouse_can_reach_a_keyboard_reaches_and_shows(
    browser: Browser, guarded: Site, name: str
) -> None:
    page = browser.visit(guarded.pages[name])
    reached = page.tabbed()
    controls = page.see(
        "[...document.querySelectorAll('a[href], summary, input')].map((o) => o.textContent.trim())"
    )
    assert [one["text"] for one in reached] == controls
    assert len(controls) >= 5
    assert all(one["shown"] for one in reached)
    page.call("close")


def test_every_link_to_a_proof_leads_to_it(browser: Browser, guarded: Site) -> None:
    page = browser.visit(guarded.pages["request"])
    links = page.see("[...new Set([...document.querySelectorAll('a')].map((one) => one.href))]")
    assert {link.partition("?")[0].rpartition(".")[2] for link in links} == {
        *("json", "tlog-proof", "key")
    }
    assert {httpx.get(link).status_code for link in links} == {200}
    page.call("close")


def test_what_is_folded_away_opens_by_keyboard(browser: Browser, guarded: Site) -> None:
    page = browser.visit(guarded.pages["information"])
    assert "KZ_IIN" not in page.text()
    page.call("focus", "summary")
    page.call("keyboard.press", "Enter")
    assert "KZ_IIN" in page.text()
    page.call("close")


# ---------------------------------------------------------------- what a file carries


@pytest.mark.parametrize(
    ("carries", "kind", "words"),
    [
        (
            "labelled", "declares_ai",
            ("жасанды интеллект жасаған", "создано искусственным интеллектом", "AI-generated"),
        ),
        (
            "unlabelled", "no_mark",
            (
                "адам жасағанын білдірмейді",
                "не значит, что материал создан человеком",
                "not mean a person made it",
            ),
        ),
        (
            "cut off", "no_mark",
            ("оқу мүмкін болмады", "Прочитать все метки этого файла не удалось", "could be read"),
        ),
        ("altered", "mark_invalid", ("жарамсыз", "недействительна", "not valid")),
    ],
)  # fmt: skip
def test_the_page_tells_in_three_languages_what_a_file_carries(
    browser: Browser,
    guarded: Site,
    files: dict[str, str],
    carries: str,
    kind: str,
    words: tuple[str, ...],
) -> None:
    page = browser.visit(guarded.pages["label"], size=PHONE)
    page.call("setInputFiles", "#file", files[carries])
    answer = page.answer()
    for said in words:
        assert said in answer
    assert page.call("getAttribute", "#answer", "class") == kind
    assert page.text("#name") == f"{carries}.png"
    assert "ештеңені дәлелдемейді" in page.text("footer"), "that there is no mark proves nothing"
    page.call("close")


def test_an_answer_fits_and_keeps_to_the_guidelines(
    browser: Browser, guarded: Site, files: dict[str, str]
) -> None:
    page = browser.visit(guarded.pages["label"], size=PHONE, scheme="dark")
    page.call("setInputFiles", "#file", files["altered"])
    page.answer()
    assert page.faults(guarded.host) == NO_FAULTS
    page.call("close")


def test_an_unsigned_statement_isnt_called_valid(
    browser: Browser, guarded: Site, files: dict[str, str]
) -> None:
    page = browser.visit(guarded.pages["label"], language="en-GB")
    page.call("setInputFiles", "#file", files["labelled"])
    page.answer()
    english = page.text("#answer section[lang=en] ul")
    assert "iptc:DigitalSourceType" in english
    assert "valid" not in english
    page.call("close")


def test_a_file_may_be_dropped_and_its_name_is_no_markup(browser: Browser, guarded: Site) -> None:
    page = browser.visit(guarded.pages["label"], language="ru-KZ")
    page.see(
        """(() => { const held = new DataTransfer();
          held.items.add(new File(["{}"], "<b>a.json", { type: "application/json" }));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, cancelable: true }));
        })()"""
    )
    assert page.answer().startswith("Метка не найдена")
    assert page.text("#name") == "<b>a.json"
    page.call("close")


def test_a_file_that_is_too_large_isnt_sent(browser: Browser, guarded: Site) -> None:
    page = browser.visit(guarded.pages["label"], language="ru-KZ")
    page.see(
        """(() => { const held = new DataTransfer();
          const most = Number(document.getElementById("file").dataset.most);
          held.items.add(new File([new Uint8Array(most + 1)], "large.png"));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, cancelable: true }));
        })()"""
    )
    assert page.answer().startswith("Файл слишком большой.")
    page.call("close")


# ---------------------------------------------------------------- without scripts


def test_without_scripts_the_page_says_what_it_is_and_what_to_do(
    browser: Browser, guarded: Site
) -> None:
    page = browser.visit(guarded.pages["label"], language="ru-KZ", scripts=False)
    seen = page.text()
    assert seen.startswith("Есть ли в файле метка искусственного интеллекта?")
    assert f"curl --data-binary @FILE …{LABEL}" in seen
    assert "Отсутствие метки ничего не доказывает" in seen
    assert not page.call("isVisible", "#file"), "nothing is offered that doesn't work"
    page.call("close")


@pytest.mark.parametrize("name", ["information", "request"])
def test_other_pages_need_no_scripts(browser: Browser, guarded: Site, name: str) -> None:
    page = browser.visit(guarded.pages[name], scripts=False)
    assert page.call("innerText", "main section p")
    page.call("close")


# ---------------------------------------------------------------- the notice on a service's pages


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_notice_is_seen_first_covers_nothing_and_no_policy_forbids_it(
    browser: Browser, guarded: Site, size: tuple[int, int]
) -> None:
    page = browser.visit("about:blank", size=size, language="ru-KZ")
    page.call("post", guarded.pages["site"], {"question": "Привет"})
    assert page.text("aside p").startswith("Вы общаетесь не с человеком")
    box, header = (
        page.see(f"document.querySelector('{one}').getBoundingClientRect().toJSON()")
        for one in ("aside", "header")
    )
    assert box["top"] >= 0
    assert box["height"] > 40
    assert box["bottom"] <= min(header["top"], size[1])
    assert box["width"] == size[0]
    assert page.see("getComputedStyle(document.querySelector('header')).position") == "sticky"
    tree = str(page.call("aria"))
    assert tree.index("note:") < tree.index("banner:")
    assert page.call("getAttribute", "aside p", "lang") == "ru"
    assert page.faults(guarded.host) == NO_FAULTS
    page.call("close")
