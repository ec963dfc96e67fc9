"""Files of ANSI/NIST-ITL 1 (NIST SP 500-290), traditional and XML, and CBEFF's XML."""

from __future__ import annotations

import re

from guardrail.detect.media.templates.rows import NOTHING, Fit, Match, Row
from guardrail.detect.media.templates.xml_root import root_of, text_of

_KINDS = {
    3: "finger image", 4: "finger image", 5: "finger image", 6: "finger image", 8: "signature",
    9: "finger minutiae", 10: "face or body picture", 11: "voice", 13: "latent print",
    14: "finger image", 15: "palm print", 17: "iris image", 18: "DNA", 19: "sole print",
}  # fmt: skip
"""What the records of each type hold (table 2); those without a biometric are left out."""

_GROUP, _RECORD, _UNIT = b"\x1d", b"\x1e", b"\x1f"
_LENGTH = re.compile(rb"1\.0{0,2}1:[0-9]{1,10}\x1d")
_CONTENT = re.compile(rb"\x1d1\.0{0,2}3:([0-9\x1e\x1f]{3,20000})\x1d")
_HEAD = 1 << 16


def ansi_nist(data: bytes, at: int, _row: Row) -> Match:
    """Read the table of records (field 1.003) of the traditional encoding."""
    if not _LENGTH.match(data, at):
        return NOTHING
    content = _CONTENT.search(data, at, at + _HEAD)
    if content is None:
        return NOTHING
    kinds = []
    for entry in content[1].split(_RECORD)[1:]:
        kind = entry.partition(_UNIT)[0]
        if kind.isdigit() and len(kind) <= 2 and int(kind) in _KINDS:
            kinds.append(_KINDS[int(kind)])
    return Match(Fit.SURE, tuple(dict.fromkeys(kinds))) if kinds else NOTHING


_PACKAGE = "NISTBiometricInformationExchangePackage"
_ELEMENTS = re.compile(
    r"<(?:[\w.-]{1,64}:)?Package((?:Fingerprint|HighResolutionGrayscale|LowResolution|Minutiae|Face"
    r"|FacialAndSMT|Signature|Iris|Palmprint|Palm|Latent|DNA|Voice|VoiceRecording|Plantar)[A-Za-z]*)"
    r"Record[\s>]"
)
_BY_NAME = (
    ("Minutiae", "finger minutiae"), ("Fac", "face or body picture"), ("Iris", "iris image"),
    ("Signature", "signature"), ("Palm", "palm print"), ("Latent", "latent print"), ("DNA", "DNA"),
    ("Voice", "voice"), ("Plantar", "sole print"), ("", "finger image"),
)  # fmt: skip


def ansi_nist_xml(data: bytes, _at: int, _row: Row) -> Match:
    """Read which records an XML file of ANSI/NIST-ITL holds (annex C)."""
    if root_of(data) != _PACKAGE:
        return NOTHING
    kinds = [
        next(kind for part, kind in _BY_NAME if part in name)
        for name in dict.fromkeys(_ELEMENTS.findall(text_of(data)))
    ]
    return Match(Fit.SURE, tuple(dict.fromkeys(kinds))) if kinds else NOTHING


_SPACE = re.compile(r"standards\.iso\.org/iso-iec/19785|cbeff", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:[\w.-]{1,64}:)?BDB[\s>]")
_TYPE = re.compile(r"<(?:[\w.-]{1,64}:)?Type>\s*([A-Za-z]{2,20})\s*<")


def cbeff_xml(data: bytes, _at: int, _row: Row) -> Match:
    """Read of what biometric information records in XML are (ISO/IEC 19785-3, clause 14 on)."""
    if root_of(data) not in {"BIR", "BiometricInformationRecord"}:
        return NOTHING
    text = text_of(data)
    if not _BLOCK.search(text) or not _SPACE.search(text[:_HEAD]):
        return NOTHING
    kinds = tuple(dict.fromkeys(kind.lower() for kind in _TYPE.findall(text)))
    return Match(Fit.SURE, kinds[:8])
