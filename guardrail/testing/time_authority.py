"""A time-stamp authority (RFC 3161) that OpenSSL makes, for tests on machines that have it."""

from __future__ import annotations

import subprocess
from pathlib import Path

_CONFIG = """\
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:true
[leaf]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


class TimeAuthority:
    """Stamps what it is asked to.

    Attributes:
        root: the certificate (PEM) that its stamps are trusted by.
    """

    def __init__(self, folder: Path) -> None:
        """Make keys and certificates in an empty directory; OSError where there is no OpenSSL."""
        self._folder = folder
        self.root = folder / "root.pem"
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder), "utf-8")
        (folder / "serial").write_text("01\n", "utf-8")
        shared = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9")
        config = ("-config", "tsa.cnf")
        name = ("-subj", "/CN=Time of a test")
        self._run("req", "-x509", *shared, *config, "-extensions", "root", *name,
                  "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
        self._run("req", *shared, *config, *name, "-keyout", "tsa.key", "-out", "tsa.csr")
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
                  "-CAcreateserial", "-days", "9", "-extfile", "tsa.cnf", "-extensions", "leaf",
                  "-out", "tsa.pem")  # fmt: skip

    def answer(self, query: bytes) -> bytes:
        """Return the answer to a question, both DER."""
        (self._folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "answer")
        return (self._folder / "answer").read_bytes()

    def verifies(self, answer: bytes, data: bytes) -> bool:
        """Tell what ``openssl ts -verify`` says of an answer for some data."""
        (self._folder / "data").write_bytes(data)
        (self._folder / "answer").write_bytes(answer)
        try:
            self._run("ts", "-verify", "-data", "data", "-in", "answer", "-CAfile", "root.pem")
        except subprocess.CalledProcessError:
            return False
        return True

    def _run(self, *arguments: str) -> None:
        command = ("openssl", *arguments)
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)  # noqa: S603 - ours
