"""The verifier as one file: `verify.pyz`, which Python runs and `unzip` opens."""

from __future__ import annotations

import io
import zipfile
from importlib.resources import files

NAME = "verify.pyz"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every file, so that the same sources make the same bytes."""
_PACKAGE = '"""What is here of guardrail: its verifier."""\n'


def verifier_archive() -> bytes:
    """Return `guardrail.verify` as a program in one file (PEP 441).

    It needs Python and `cryptography`, and holds nothing else of guardrail's. Sources are stored as
    they are, uncompressed: whoever wants to know what it does unpacks or prints it. The same
    version makes the same bytes.
    """
    package = files("guardrail.verify")
    found = sorted(one.name for one in package.iterdir() if one.name.endswith(".py"))
    sources = {name: package.joinpath(name).read_bytes() for name in found}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as into:
        _add(into, "__main__.py", sources["__main__.py"])
        _add(into, "guardrail/__init__.py", _PACKAGE.encode())
        for name, source in sources.items():
            _add(into, f"guardrail/verify/{name}", source)
    return archive.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # Unix, wherever this runs
    archive.writestr(entry, data)
