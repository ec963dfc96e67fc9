"""A stranger with the archive and public tools reads, and checks, what became of single requests.

Nothing of guardrail's runs on the stranger's side but the verifier that lies in the archive.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cryptography
import httpx
import pytest

from guardrail.evidence import Entry, EntryKind
from guardrail.settings import load
from guardrail.shells.evidence_log import put_on_record

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

Json = Any
pytestmark = [
    pytest.mark.xdist_group("whole-story"),  # one story is enough for all
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL"),
]

IIN = "900101300017"
LAW = ("--law", "kz-230-viii", "--law", "eu-ai-act")
SCORING = "Build a social credit score of citizens from their behaviour and rank them"
SAID_EIGHT = (
    *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
    *("--notice-url", "https://example.kz/privacy"),
    *("--withdrawal", "https://example.kz/withdraw"),
)
OUTSIDER = """
import base64, hashlib, json, pathlib, subprocess, sys

def signed(note, key):  # C2SP signed-note, RFC 8410
    text, _, signatures = note.partition("\\n\\n")
    pathlib.Path("text").write_text(text + "\\n")
    pathlib.Path("signature").write_bytes(base64.b64decode(signatures.split()[2])[4:])
    pathlib.Path("key").write_bytes(bytes.fromhex("302a300506032b6570032100") + key)
    told = "openssl pkeyutl -verify -pubin -inkey key -keyform DER -rawin -in text -sigfile"
    subprocess.run([*told.split(), "signature"], check=True, stdout=subprocess.DEVNULL)
    return text.split("\\n")

def key_of(vkey):
    return base64.b64decode(vkey.strip().split("+", 2)[2])[1:]

def root(leaf, index, size, path):  # RFC 9162 2.1.3.2
    last = size - 1
    for other in path:
        if index % 2 or index == last:
            leaf = hashlib.sha256(b"\\x01" + other + leaf).digest()
            while not index % 2 and index:
                index, last = index // 2, last // 2
        else:
            leaf = hashlib.sha256(b"\\x01" + leaf + other).digest()
        index, last = index // 2, last // 2
    assert last == 0
    return leaf

proofs, vkey = pathlib.Path(sys.argv[1]), sys.argv[2]
for file in sorted(proofs.glob("*.tlog-proof")):
    head, _, note = file.read_text().partition("\\n\\n")
    lines = head.split("\\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    at = next(n for n, line in enumerate(lines) if line.startswith("index "))
    [statement] = proofs.glob("*.key")
    shard_key = key_of(signed(statement.read_text(), key_of(vkey))[2])
    origin, size, top = signed(note, shard_key)[:3]
    body = file.with_suffix(".json").read_bytes()
    leaf = hashlib.sha256(b"\\x00" + body).digest()
    path = [base64.b64decode(line) for line in lines[at + 1:]]
    assert root(leaf, int(lines[at][6:]), int(size), path) == base64.b64decode(top), file
    print(body.decode())
"""


class Outside:
    """A machine on which guardrail isn't installed, with an archive and a public key."""

    def __init__(self, folder: Path, vkey: str) -> None:
        self.folder, self.vkey = folder, vkey
        library = folder / "library"
        library.mkdir()
        site = Path(cryptography.__file__).parents[1]
        for name in ("cryptography", "cffi", "pycparser"):
            if (site / name).exists():
                (library / name).symlink_to(site / name)
        for binary in site.glob("_cffi_backend*"):
            (library / binary.name).symlink_to(binary)
        self._environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(library)}

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd or self.folder / "pack",
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        return self.run("sh", "-ec", script)

    def python(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-S", "-s", *arguments, cwd=cwd)

    def verify(self, log: Path, *more: str) -> subprocess.CompletedProcess[str]:
        return self.python("verify.pyz", str(log), "--vkey", self.vkey, *more)

    def lines(self) -> list[str]:
        return (self.folder / "pack/data/entries.jsonl").read_text("utf-8").splitlines()


class Story:
    """What was done inside, by the ids that callers were told."""

    def __init__(self) -> None:
        self.replies: dict[str, httpx.Response] = {}

    def id(self, name: str) -> str:
        return self.replies[name].headers["guardrail-request-id"]


@pytest.fixture(scope="module")
def inside(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str]
) -> tuple[Guard, Story, bytes]:
    """Return a guard that did it all and stopped, what it did, and an early checkpoint of it."""
    config = {"service": {"name": "Көмекші"}, "personal_data": "mask"}
    guard = start(the_assistant[1], "--workers", "2", config=config)
    story = Story()
    granted = guard.cli(
        *("consent", "grant", "--subject", "person-u-17", "--pii", "KZ_IIN", "--days", "30"),
        *(*SAID_EIGHT, "--state", str(guard.state)),
    )
    token = granted.stdout.splitlines()[1].partition(" ")[2]
    text = f"Мой ИИН {IIN}, проверьте"
    story.replies["consented"] = guard.chat(text, guardrail_consent=token)
    story.replies["masked"] = guard.chat(text)
    story.replies["refused"] = guard.chat(SCORING)
    story.replies["streamed"] = guard.chat("Сәлем", stream=True)
    early = sealed(guard, story.id("streamed"))
    guard.chat("Hi")
    guard.process.send_signal(signal.SIGTERM)
    assert guard.process.wait(40) == 0, guard.stderr
    return guard, story, early


def sealed(guard: Guard, request_id: str) -> bytes:
    """Return the checkpoint once the log holds a request's end."""
    page = f"{guard.url}/.well-known/guardrail/evidence/{request_id}"
    guard.until(lambda: len(httpx.get(page).json().get("entries", ())) >= 3, 20)
    (checkpoint,) = guard.state.glob("evidence/*/checkpoint")
    return checkpoint.read_bytes()


@pytest.fixture(scope="module")
def outside(
    inside: tuple[Guard, Story, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Outside:
    guard, story, early = inside
    folder = tmp_path_factory.mktemp("outside")
    made = guard.cli(
        *("evidence", "pack", "--no-pdf", "--lang", "ru", *LAW, "--out", str(folder / "pack.zip")),
        *("--state", str(guard.state), "--config", str(guard.config)),
    )
    assert made.returncode == 0, made.stdout + made.stderr
    for name in story.replies:
        proofs = ("-o", str(folder / name))
        done = guard.cli("evidence", "prove", story.id(name), "--log", str(guard.state), *proofs)
        assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(folder / "pack.zip") as archive:
        archive.extractall(folder / "pack")
    (folder / "early.note").write_bytes(early)
    (folder / "outsider.py").write_text(OUTSIDER, encoding="utf-8")
    return Outside(folder, (guard.state / "keys/evidence.pem.vkey").read_text("utf-8").strip())


def test_nothing_of_ours_is_installed_outside(outside: Outside) -> None:
    missing = outside.python("-c", "import guardrail")
    assert "No module named 'guardrail'" in missing.stderr


def test_the_files_are_those_that_the_key_signed(outside: Outside) -> None:
    done = outside.shell(
        """
        sha256sum --check --quiet SHA256SUMS
        sed '/^$/,$d' manifest.sig > ../signed.txt
        tail -n 1 manifest.sig | cut -d ' ' -f 3 | base64 -d | tail -c +5 > ../signature
        openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in ../signed.txt -sigfile ../signature
        """
    )
    assert (done.returncode, done.stdout) == (0, "Signature Verified Successfully\n"), done.stderr
    manifest = outside.shell("sha256sum manifest.json").stdout
    assert manifest in (outside.folder / "signed.txt").read_text("utf-8")
    subjects = json.loads((outside.folder / "pack/manifest.json").read_bytes())["subject"]
    sums = outside.shell("sha256sum SHA256SUMS").stdout.split()[0]
    assert {"name": "SHA256SUMS", "digest": {"sha256": sums}} in subjects
    assert (outside.folder / "pack/key.vkey").read_text().strip() == outside.vkey


def test_the_log_in_the_archive_is_whole_and_goes_on_from_an_early_copy(outside: Outside) -> None:
    done = outside.verify(Path("log"), "--anchor", "../early.note")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("VERIFIED\n")
    assert "1 copies compared" in done.stdout


NAMES = ("consented", "masked", "refused", "streamed")
PERSONAL = {"rule": "kz.10.personal-data", "article": "230-VIII art. 10"}
SOCIAL = {"rule": "kz.17-3-3.social-scoring", "article": "230-VIII art. 17(3)(3)"}
TOLD = {
    "consented": ("allow", {"covered": 1}, []),
    "masked": ("mask", {"missing": 1}, [PERSONAL]),
    "refused": ("refuse", {"missing": 1}, [SOCIAL]),
    "streamed": ("allow", {}, []),
}
"""What was done with the request, what consent said, and under which rules of Kazakhstan's law."""


@pytest.fixture(scope="module", params=NAMES)
def proven(
    inside: tuple[Guard, Story, bytes], outside: Outside, request: pytest.FixtureRequest
) -> tuple[str, list[Json]]:
    """Return the name of a request, and its entries as an outsider has proven them."""
    _, story, _ = inside
    done = outside.python("../outsider.py", f"../{request.param}", outside.vkey)
    assert done.returncode == 0, done.stdout + done.stderr
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert {entry["req"] for entry in entries} == {story.id(request.param)}
    return request.param, sorted(entries, key=lambda entry: int(entry["n"]))


def test_what_was_asked_and_done_and_why_is_read_from_the_proven_entries(
    proven: tuple[str, list[Json]], outside: Outside
) -> None:
    name, (asked, *_) = proven
    action, standings, rules = TOLD[name]
    assert (asked["t"], asked["dir"], asked["wire"]) == ("request", "request", "openai-chat@1")
    assert (asked["act"], asked["standings"]) == (action, standings)
    hits = [{"rule": hit["rule"], "article": hit["article"]} for hit in asked["hits"]]
    assert [hit for hit in hits if hit["rule"].startswith("kz.")] == rules
    assert ("sub" in asked) == (name == "consented")
    changed = asked.get("out") not in {None, asked["in"]}
    assert changed == (name == "masked"), "what went on to the model is what came, or isn't"
    manifest = json.loads((outside.folder / "pack/manifest.json").read_bytes())
    known = {(pack["id"], pack["sha256"]) for pack in manifest["predicate"]["packs"]}
    assert {(pack["id"], pack["dig"]) for pack in asked["pol"]} == known


def test_what_was_disclosed_and_labelled_is_read_from_the_proven_entries(
    proven: tuple[str, list[Json]], inside: tuple[Guard, Story, bytes]
) -> None:
    name, (_, *rest) = proven
    reply = inside[1].replies[name]
    kinds = [entry["t"] for entry in rest]
    if name == "refused":
        assert (kinds, reply.status_code) == ([], 400)
        return
    assert kinds == (["stream.open", "stream.close"] if name == "streamed" else ["reply"])
    last = rest[-1]
    assert (last["disclosed"], last["notices"]) == ("text", ["chat.first"])
    assert set(last["lang"].split("+")) == {"kk", "ru", "en"}
    assert {"disclose", "label"} <= set(last["duties"])
    assert {"kz.21-1.disclosure", "kz.22.machine-readable"} <= {one["rule"] for one in last["hits"]}
    assert last["label"] in reply.headers["guardrail-label"] + reply.text


def test_the_archive_tells_of_each_entry_what_was_proven(
    proven: tuple[str, list[Json]], outside: Outside
) -> None:
    name, entries = proven
    lines = outside.lines()
    for entry in entries:
        body = (outside.folder / name / f"{entry['w']}-{entry['n']}.json").read_text("utf-8")
        assert any(body in line for line in lines)


def test_no_value_that_was_said_is_anywhere_outside(outside: Outside) -> None:
    for path in outside.folder.rglob("*"):
        if path.is_file() and "library" not in path.parts:
            data = path.read_bytes()
            assert IIN.encode() not in data, path
            assert b"person-u-17" not in data, path


# ---------------------------------------------------------------- what is found out


def bundle(log: Path) -> Path:
    return max(path for path in log.glob("*/tile/entries/**/*") if path.is_file())


def entries_of(path: Path) -> list[bytes]:
    data, found = path.read_bytes(), []
    while data:
        (size,) = struct.unpack(">H", data[:2])
        found.append(data[2 : 2 + size])
        data = data[2 + size :]
    return found


def written(path: Path, entries: list[bytes]) -> None:
    path.write_bytes(b"".join(struct.pack(">H", len(one)) + one for one in entries))


def flip(log: Path) -> None:
    path = bundle(log)
    path.write_bytes(path.read_bytes().replace(b'"act":"refuse"', b'"act":"allowe"', 1))


def drop(log: Path) -> None:
    path = bundle(log)
    written(path, [one for one in entries_of(path) if b'"act":"refuse"' not in one])


def cut(log: Path) -> None:
    path = bundle(log)
    written(path, entries_of(path)[:-1])


def cut_whole(log: Path) -> None:
    bundle(log).unlink()


def swap(log: Path) -> None:
    path = bundle(log)
    first, second, *rest = entries_of(path)
    written(path, [second, first, *rest])


def put_in(log: Path) -> None:
    path = bundle(log)
    entries = entries_of(path)
    written(path, [*entries, entries[-1]])


def checkpoint(log: Path) -> None:
    (path,) = log.glob("*/checkpoint")
    origin, size, *rest = path.read_text("utf-8").split("\n")
    path.write_text("\n".join([origin, str(int(size) - 1), *rest]), "utf-8")


@pytest.mark.parametrize("tamper", [flip, drop, cut, cut_whole, swap, put_in, checkpoint])
def test_an_archive_that_was_tampered_with_is_found_out(
    outside: Outside, tmp_path: Path, tamper: Callable[[Path], None]
) -> None:
    shutil.copytree(outside.folder / "pack/log", tmp_path / "log")
    assert outside.verify(tmp_path / "log").returncode == 0
    tamper(tmp_path / "log")
    done = outside.verify(tmp_path / "log")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "problem: " in done.stdout
    assert done.stdout.endswith("NOT VERIFIED\n")


def test_a_changed_archive_doesnt_have_its_sums(outside: Outside, tmp_path: Path) -> None:
    shutil.copytree(outside.folder / "pack", tmp_path / "pack")
    flip(tmp_path / "pack/log")
    done = outside.run("sha256sum", "--check", "--quiet", "SHA256SUMS", cwd=tmp_path / "pack")
    assert done.returncode == 1
    assert "entries" in done.stdout


def test_a_history_written_anew_with_all_keys_contradicts_an_early_copy(
    inside: tuple[Guard, Story, bytes], outside: Outside, tmp_path: Path
) -> None:
    """As whoever keeps log and keys can: without a copy nobody would see it."""
    guard, _, _ = inside
    state = tmp_path / "state"
    shutil.copytree(guard.state / "keys", state / "keys")
    settings = load(flags={"state": str(state)}, environment={}, file=None)
    harmless = Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "too_deep"})
    put_on_record(settings, [harmless] * 40)
    sound = outside.verify(state / "evidence")
    assert sound.returncode == 0, sound.stdout
    done = outside.verify(state / "evidence", "--anchor", "../early.note")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "../early.note" in done.stdout


def test_a_proof_of_another_entry_proves_nothing(outside: Outside, tmp_path: Path) -> None:
    shutil.copytree(outside.folder / "masked", tmp_path / "masked")
    one, other = sorted((tmp_path / "masked").glob("*.json"))
    other.write_bytes(one.read_bytes())
    done = outside.python(
        str(outside.folder / "outsider.py"), str(tmp_path / "masked"), outside.vkey, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "AssertionError" in done.stderr
