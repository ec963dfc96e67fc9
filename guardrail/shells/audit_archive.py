"""The archive of an audit pack: a zip, the same for the same contents, digested and signed."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import ConfigError
from guardrail.evidence import sign_note

STATEMENT = "guardrail audit pack v1"
"""First line of what is signed: the root key signs nothing else that begins so."""
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://guardrail.invalid/audit-pack/v1"
SUMS, MANIFEST, SIGNATURE = "SHA256SUMS", "manifest.json", "manifest.sig"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every file: the archive says when in its contents."""
_CHUNK = 1 << 20


class Archive:
    """Writes a new archive; nothing is left behind where that fails.

    Raises:
        ConfigError: a file of this name is there already, or can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._digests: dict[str, str] = {}
        if path.exists():
            raise ConfigError(f"{path} is there already", fix="name another file with --out")
        try:
            self._file: BinaryIO = self._part.open("xb")
        except OSError as error:
            raise ConfigError(f"{self._part}: {error.strerror}") from None
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the archive in its place, or leave nothing."""
        self._zip.close()
        try:
            if error is None:
                self._file.flush()
                os.fsync(self._file.fileno())
                os.link(self._part, self._path)  # unlike a rename, it never replaces
        except FileExistsError:
            raise ConfigError(f"{self._path} is there already") from None
        finally:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def add(self, name: str, data: bytes) -> None:
        """Add a file."""
        self._digests[name] = hashlib.sha256(data).hexdigest()
        self._zip.writestr(_entry(name), data)

    def add_file(self, name: str, path: Path) -> None:
        """Add a file from the disk, however large."""
        digest = hashlib.sha256()
        with path.open("rb") as source, self._zip.open(_entry(name), "w", force_zip64=True) as out:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
        self._digests[name] = digest.hexdigest()

    def seal(
        self, predicate: dict[str, object], *, log: str, signer: Ed25519PrivateKey | None
    ) -> None:
        """Add the sums, the manifest over everything, and its signature.

        Args:
            predicate: what the manifest says beside the digests.
            log: the name that the root key signs under.
            signer: the root key; without it there is no signature.
        """
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._digests.items())]
        self.add(SUMS, "".join(lines).encode())
        manifest = orjson.dumps(
            {
                "_type": STATEMENT_TYPE,
                "subject": [
                    {"name": name, "digest": {"sha256": digest}}
                    for name, digest in sorted(self._digests.items())
                ],
                "predicateType": PREDICATE_TYPE,
                "predicate": predicate,
            },
            option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2,
        )
        self.add(MANIFEST, manifest)
        if signer is not None:
            text = f"{STATEMENT}\n{log}\n{self._digests[MANIFEST]}  {MANIFEST}\n"
            self.add(SIGNATURE, sign_note(text, name=log, signer=signer))


def public_pem(key: bytes) -> bytes:
    """Return 32 bytes of an Ed25519 key as OpenSSL reads them (RFC 8410)."""
    der = bytes.fromhex("302a300506032b6570032100") + key
    body = base64.b64encode(der).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    info.create_system = 3
    return info
