"""`guardrail demo`: a scripted assistant, the real guard in front of it, and real requests.

Everything runs in processes of its own, as it would in earnest: nothing here is called in place of
the command line or the wire.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

START_SECONDS = 60
SUBJECT = "demo-person"
IIN = "900101300017"
"""Made up; its check digit is right."""

_console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    text: str
    stream: bool = False
    consent: bool = False


STEPS = (
    _Step(
        "Kazakh: the first answer begins with the notice", "Сәлеметсіз бе! Астана туралы айтыңызшы."
    ),
    _Step("Russian", "Здравствуйте! Расскажите об Алматы."),
    _Step("English, streamed", "Hello! Tell me about the steppe.", stream=True),
    _Step(
        "An IIN, and no consent: refused, the assistant sees nothing",
        f"Менің ЖСН {IIN}, тексеріңізші.",
    ),
    _Step(
        "The same IIN, with the person's consent", f"Менің ЖСН {IIN}, тексеріңізші.", consent=True
    ),
)


def run(*, port: int, admin_port: int, state: Path | None, once: bool) -> int:
    """Show the guard at work; return the exit status."""
    folder = state or Path(tempfile.mkdtemp(prefix="guardrail-demo-"))
    behind = _free_port()
    assistant = [sys.executable, "-m", "guardrail.testing.assistant", "--port", str(behind)]
    guard = [
        *(sys.executable, "-m", "guardrail", "serve", "--policy", "kz-230-viii"),
        *("--policy", "eu-ai-act", "--upstream", f"http://127.0.0.1:{behind}"),
        *("--port", str(port), "--admin-port", str(admin_port), "--state", str(folder)),
    ]
    with (
        _running(assistant, f"http://127.0.0.1:{behind}/v1/models"),
        _running(guard, f"http://127.0.0.1:{admin_port}/readyz"),
    ):
        url = f"http://127.0.0.1:{port}"
        _console.rule("[bold]guardrail demo")
        _console.print(f"The scripted assistant listens on :{behind}, the guard on :{port}.")
        token = _consent(folder)
        for step in STEPS:
            _show(step, url, f"http://127.0.0.1:{behind}", token)
        verified = _verify(folder)
        if not once:
            _stay(url, admin_port, folder)
    return verified


def _show(step: _Step, url: str, behind: str, token: str) -> None:
    _console.rule(f"[bold]{step.title}", align="left")
    _console.print("[cyan]person:[/]   ", step.text, sep="")
    before = len(_received(behind))
    status, headers, said = _ask(url, step, token if step.consent else "")
    _console.print(f"[cyan]caller saw:[/] HTTP {status}")
    for name in sorted(headers):
        # The notice's header form is for machines; people see it in the text below.
        if name.startswith(("guardrail-", "ai-disclosure")) and name != "guardrail-notice":
            _console.print(f"  [dim]{name}: {headers[name]}", markup=True)
    for line in said.splitlines():
        _console.print("  ", line, sep="", markup=False)
    seen = _received(behind)[before:]
    _console.print("[cyan]assistant saw:[/] ", end="")
    if not seen:
        _console.print("[green]nothing: the request never left the guard")
    for text in seen:
        _console.print(text, markup=False)


def _ask(url: str, step: _Step, token: str) -> tuple[int, Mapping[str, str], str]:
    body = {
        "model": "scripted",
        "stream": step.stream,
        "messages": [{"role": "user", "content": step.text}],
    }
    headers = {"content-type": "application/json"} | ({"guardrail-consent": token} if token else {})
    request = urllib.request.Request(  # noqa: S310 - our own server on this machine
        f"{url}/v1/chat/completions", json.dumps(body).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            told = {name.lower(): value for name, value in reply.headers.items()}
            text = _streamed(reply) if step.stream else _whole(reply.read())
            return reply.status, told, text
    except urllib.error.HTTPError as error:
        told = {name.lower(): value for name, value in error.headers.items()}
        return error.code, told, json.loads(error.read())["error"]["message"]


def _whole(body: bytes) -> str:
    content: str = json.loads(body)["choices"][0]["message"]["content"]
    return content


def _streamed(lines: Iterator[bytes]) -> str:
    events = [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]
    return "".join(c["delta"].get("content") or "" for e in events for c in e["choices"])


def _consent(folder: Path) -> str:
    told = subprocess.run(  # noqa: S603 - our own command line
        [
            *(sys.executable, "-m", "guardrail", "consent", "grant", "--subject", SUBJECT),
            *("--pii", "KZ_IIN", "--days", "30", "--state", str(folder)),
            *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
            *("--notice-url", "https://example.kz/privacy"),
            *("--withdrawal", "https://example.kz/withdraw"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return told.stdout.split("token ")[1].strip()


def _verify(folder: Path) -> int:
    _console.rule("[bold]Evidence", align="left")
    time.sleep(1.5)  # the log seals what is new once a second
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "guardrail", "evidence", "verify", str(folder)], check=False
    )
    return done.returncode


def _stay(url: str, admin_port: int, folder: Path) -> None:
    _console.rule("[bold]It stays up: try it yourself", align="left")
    _console.print(f'OpenAI(base_url="{url}/v1", api_key="any").chat.completions.create(…)')
    _console.print(f"metrics:  http://127.0.0.1:{admin_port}/metrics")
    _console.print(f"evidence: guardrail evidence verify {folder}")
    _console.print("Ctrl-C stops it.")
    # Shells let what they start in the background ignore Ctrl-C; containers send SIGTERM.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        _console.print("stopping")


@contextmanager
def _running(command: list[str], probe: str) -> Iterator[None]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
    child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own commands
    try:
        _wait(child, probe)
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait(child: subprocess.Popen[bytes], probe: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise SystemExit(child.returncode or 1)
        try:
            with urllib.request.urlopen(probe, timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit(f"{probe} didn't come up within {START_SECONDS} s")


def _received(behind: str) -> list[str]:
    """Return the last message of each chat that the assistant was sent."""
    with urllib.request.urlopen(f"{behind}/_received", timeout=10) as reply:  # noqa: S310
        items = json.load(reply)
    return [item["body"]["messages"][-1]["content"] for item in items if "chat" in item["path"]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number
