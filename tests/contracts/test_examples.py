"""Everything that a reader may copy and run is run: pages and `examples/`, against real servers."""

import dataclasses
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import pytest
import yaml
from pytest_examples import CodeExample, EvalExample, find_examples

from guardrail import testing
from guardrail.settings import load

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
EXAMPLES = CHECKOUT / "examples"
BLOCK = re.compile(r"(?:<!-- (not run|server)[^>]*-->\n)?```(\w+)\n(.*?)```", re.DOTALL)
START_SECONDS = 30

pytestmark = pytest.mark.xdist_group("examples")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and what is to be done with it."""

    mark: str
    language: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    text = (DOCS / page).read_text("utf-8")
    return [
        Block(mark=m[1] or "", language=m[2], text=m[3], line=text[: m.start(3)].count("\n"))
        for m in BLOCK.finditer(text)
    ]


@dataclass(frozen=True)
class Servers:
    """The assistant and the guard of the quickstart, on ports of their own."""

    folder: Path
    ports: dict[str, int]

    def here(self, text: str) -> str:
        for shown, real in self.ports.items():
            text = text.replace(f":{shown}", f":{real}").replace(
                f"--port {shown}", f"--port {real}"
            )
        return text

    def shell(self, text: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(text)],
            check=False,
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GUARDRAIL_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
    # A subprocess whose coverage is measured starts slowly, and these are measured elsewhere.
    clean.pop("COVERAGE_PROCESS_CONFIG", None)
    return clean | {"PATH": path, "PYTHONWARNINGS": "default"}


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextmanager
def running(command: str, folder: Path, probe: str) -> Iterator[None]:
    child = subprocess.Popen(
        ["bash", "-c", f"exec {command}"], cwd=folder, env=environment(), stderr=subprocess.PIPE
    )
    try:
        until_up(probe, child)
        yield
    finally:
        child.terminate()
        child.communicate(timeout=20)


def until_up(probe: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert child.poll() is None, child.communicate()[1].decode()
        try:
            with urllib.request.urlopen(probe, timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"{probe} didn't come up")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Start what the quickstart says to start, with its very commands."""
    known = Servers(
        folder=tmp_path_factory.mktemp("reader"),
        ports=dict(zip(("8080", "8081", "11434"), free_ports(3), strict=True)),
    )
    assistant, guard = [b.text.strip() for b in blocks("quickstart.md") if b.mark == "server"]
    flags = f" --port {known.ports['8080']} --admin-port {known.ports['8081']}"
    with ExitStack() as stack:
        probe = known.here("http://127.0.0.1:11434/v1/models")
        stack.enter_context(running(known.here(assistant), known.folder, probe))
        probe = known.here("http://127.0.0.1:8081/readyz")
        stack.enter_context(running(known.here(guard) + flags, known.folder, probe))
        yield known


def shows(expected: str, printed: str) -> bool:
    pattern = re.escape(expected.strip()).replace("…", ".*")
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


@pytest.mark.parametrize("page", ["quickstart.md", "consent.md", "evidence.md", "authorship.md"])
def test_a_page_does_what_it_says(
    page: str, servers: Servers, eval_example: EvalExample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(servers.folder)
    eval_example.set_config(line_length=110)
    programs = {example.start_line: example for example in find_examples(DOCS / page)}
    printed: str | None = None
    for block in blocks(page):
        if block.mark:
            continue
        if block.language == "sh":
            printed = servers.shell(block.text)
        elif block.language == "text" and printed is not None:
            assert shows(servers.here(block.text), printed), f"{page}:{block.line}\n{printed}"
            printed = None
        elif block.language == "python":
            program = programs[block.line]
            eval_example.run_print_check(
                dataclasses.replace(program, source=servers.here(program.source))
            )


@pytest.mark.parametrize("example", list(find_examples(DOCS / "middleware.md")), ids=str)
def test_a_program_in_a_page_prints_what_it_says(
    example: CodeExample,
    eval_example: EvalExample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    eval_example.run_print_check(example)


def test_yaml_in_the_settings_page_loads() -> None:
    for block in blocks("settings.md"):
        assert load(flags={}, environment={}, file=("page", block.text.encode())).upstream


def test_the_rule_in_the_policy_page_is_one_that_ships() -> None:
    rule, settings = [each.text for each in blocks("policy.md") if each.language == "yaml"]
    assert load(flags={}, environment={}, file=("page", settings.encode())).policy_reload_seconds
    (shown,) = yaml.safe_load(rule)
    pack = yaml.safe_load((CHECKOUT / "policies/kz-230-viii/pack.yaml").read_text("utf-8"))
    (real,) = [rule for rule in pack["rules"] if rule["id"] == shown["id"]]
    assert shown.keys() <= real.keys()
    assert all(
        shown[key] == real[key] for key in ("article", "when", "choose", "notices", "source")
    )


def test_the_settings_in_the_page_on_labels_are_settings() -> None:
    told = [
        load(flags={}, environment={}, file=("page", each.text.encode())).labels
        for each in blocks("labels.md")
        if each.language == "yaml"
    ]
    assert told
    assert any(one.media.place == "top-right" for one in told)


# ---------------------------------------------------------------- examples/


def output_of(name: str, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        check=False,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_chat_example_sees_a_notice_a_label_and_a_refusal(servers: Servers) -> None:
    said = output_of("openai_chat.py", servers.folder, servers.here("http://127.0.0.1:8080/v1"))
    assert "Вы общаетесь не с человеком" in said
    assert "label: mode=ai-originated" in said
    assert said.endswith("guard: content_policy_violation\nrules: kz.10.personal-data\n")


def test_the_stream_example_ends_before_the_number(servers: Servers) -> None:
    said = output_of("openai_stream.py", servers.folder, servers.here("http://127.0.0.1:8080/v1"))
    whole, cut = said.split("[stop]")
    assert "Tell me about the steppe." in whole
    assert cut.strip().endswith("[content_filter]")
    assert "9001" not in cut


def test_the_function_example_refuses_and_masks(tmp_path: Path) -> None:
    said = output_of("guarded_function.py", tmp_path)
    assert "refused by kz.10.personal-data" in said
    assert "<EMAIL_ADDRESS_1>" in said
    assert "aigerim" not in said


async def test_the_middleware_example_masks_and_leaves_other_routes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = util.spec_from_file_location(
        "middleware_starlette", EXAMPLES / "middleware_starlette.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    body = json.dumps({"messages": [{"role": "user", "content": "ЖСН 900101300017"}]}).encode()
    headers = ((b"content-type", b"application/json"),)
    guarded = await testing.call(module.app, "POST", "/v1/chat/completions", headers, body)
    assert "The model got: ЖСН <KZ_IIN_1>" in guarded.body.decode()
    home = await testing.call(module.app, "GET", "/")
    assert (home.body, dict(home.headers).get(b"guardrail-decision")) == (b"hello\n", None)


def test_the_settings_example_loads() -> None:
    file = EXAMPLES / "guardrail.yaml"
    assert load(flags={}, environment={}, file=(file.name, file.read_bytes())).workers == 2


def test_every_example_is_run_here() -> None:
    here = Path(__file__).read_text("utf-8")
    assert all(path.name in here for path in EXAMPLES.iterdir() if path.is_file())
