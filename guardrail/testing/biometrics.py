"""Biometric records of every standard, made up: right in structure, of nobody.

    from guardrail.testing import biometrics

    biometrics.finger_minutiae()        # ISO/IEC 19794-2:2005
    biometrics.data_group(2)            # ICAO DG2 with a face record inside
    biometrics.samples()                # one of each, by name

The pictures inside are a JPEG's bare marks; the minutiae stand on a grid.
"""

from __future__ import annotations

import json
from base64 import b64encode

PICTURE = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    b"\xff\xc0\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\xaa\xff\xd9"
)
"""What stands for the picture in a record: a JPEG of 8 by 8 pixels."""

_MINUTIAE = b"".join(
    (0x4000 | 20 + 9 * place).to_bytes(2, "big")
    + (30 + 7 * place).to_bytes(2, "big")
    + bytes([10 * place, 60])
    for place in range(12)
)
_SIZES = b"\x01\x2c\x01\x90\0\xc5\0\xc5"
"""Width, height, points a centimetre."""


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def _record(mark: bytes, rest: bytes, size: int = 4) -> bytes:
    """Return a record with its total length behind the mark."""
    return mark + _number(len(mark) + size + len(rest), size) + rest


def finger_minutiae(edition: str = "2005") -> bytes:
    """Return ISO/IEC 19794-2 or, where `edition` begins with ``ansi``, ANSI INCITS 378.

    Args:
        edition: ``2005``, ``2011``, ``ansi-2004`` or ``ansi-2009``.

    Raises:
        KeyError: the edition is another.
    """
    view = b"\x01\0" + b"\x50" + bytes([12]) + _MINUTIAE + b"\0\0"
    sample = bytes(9) + b"\0" * 5 + b"\0" + b"\x01\0" + _SIZES + b"\0" + bytes([12]) + _MINUTIAE
    return {
        "2005": lambda: _record(b"FMR\0 20\0", b"\0\0" + _SIZES + b"\x01\0" + view),
        "2011": lambda: _record(
            b"FMR\x00030\0", b"\0\x01\0" + _number(len(sample) + 4, 4) + sample
        ),
        "ansi-2004": lambda: _record(
            b"FMR\0 20\0", b"\0\x42\0\x11\0\0" + _SIZES + b"\x01\0" + view, 2
        ),
        "ansi-2009": lambda: _record(b"FMR\x00035\0", b"\0\x42\0\x11\0\0\xb5\x01\0" + view),
    }[edition]()


def finger_image(edition: str = "2005") -> bytes:
    """Return ISO/IEC 19794-4 of ``2005`` or ``2011``."""
    if edition == "2005":
        header = b"\0\0" + b"\0\x1e" + b"\x01\x01" + b"\x01\xf4" * 4 + b"\x08\x03\0\0"
        view = _number(14 + len(PICTURE), 4) + b"\x01\x01\x01\x50\0\0\x08\0\x08\0" + PICTURE
        return _record(b"FIR\x00010\0", header + view, 6)
    view = bytes(15) + b"\x07\0\x01" + b"\x01\xf4" * 4 + b"\x08\x03\0\0\x08\0\x08" + PICTURE
    return _record(b"FIR\x00020\0", b"\0\x01\0\x01" + _number(len(view) + 4, 4) + view)


def face_image(edition: str = "2005") -> bytes:
    """Return ISO/IEC 19794-5 of ``2005`` or ``2011``."""
    facial = b"\0\0" + bytes(14) + b"\x01\0\0\x08\0\x08\x01\0\0\0\0\0"
    view = _number(4 + len(facial) + len(PICTURE), 4) + facial + PICTURE
    if edition == "2005":
        return _record(b"FAC\x00010\0", b"\0\x01" + view)
    return _record(b"FAC\x00030\0", b"\0\x01\0\0\0" + view)


def iris_image(edition: str = "2005") -> bytes:
    """Return ISO/IEC 19794-6 of ``2005`` or ``2011``."""
    if edition == "2005":
        header = b"\0\0\x01\0\x2d\0\x05\0\xc8\0\x06\x02\x80\x01\xe0\x08\0" + bytes(16)
        return _record(b"IIR\x00010\0", header + b"\x01\0\x01" + bytes(8) + PICTURE)
    return _record(b"IIR\x00020\0", b"\0\x01\0\x01" + _number(len(PICTURE) + 4, 4) + PICTURE)


def other_record(code: str, edition: str = "010") -> bytes:
    """Return a record of another part of ISO/IEC 19794 by its code, as ``VIR``."""
    return _record(code.encode() + b"\0" + edition.encode() + b"\0", b"\0\x01" + bytes(range(64)))


def signature_series() -> bytes:
    """Return a signature's time series of ISO/IEC 19794-7:2007, which states no length."""
    points = b"".join(bytes([0, place, 0, 90 - place]) for place in range(20))
    return b"SDI\0 10\0\0\xc0\xc0\x80\xeb\x89\x80\xeb\x89\x84\xbc\x80\x60\0\x02\0\0\0\0\0" + points


def ber(tag: str, value: bytes) -> bytes:
    """Return a BER element of a tag in hexadecimal, its length in the shortest form."""
    size = len(value)
    if size < 0x80:
        length = bytes([size])
    else:
        wide = (size.bit_length() + 7) // 8
        length = bytes([0x80 | wide]) + _number(size, wide)
    return bytes.fromhex(tag) + length + value


_GROUPS = {2: ("75", 0x02, "7f2e"), 3: ("63", 0x08, "5f2e"), 4: ("76", 0x10, "5f2e")}


def data_group(group: int, *, extensible: bool = False) -> bytes:
    """Return DG2 (face), DG3 (finger) or DG4 (iris) of ICAO Doc 9303-10.

    Args:
        group: its number.
        extensible: hold a record of ISO/IEC 39794 instead of 19794.

    Raises:
        KeyError: there is no such group of biometric templates.
    """
    tag, kind, block = _GROUPS[group]
    part = {2: 5, 3: 4, 4: 6}[group]
    record = {2: face_image, 3: finger_image, 4: iris_image}[group]()
    inside = ber("a1", extensible_record(part)) if extensible else record
    header = ber("a1", ber("81", bytes([kind])) + ber("87", b"\x01\x01") + ber("88", b"\0\x08"))
    template = ber("7f60", header + ber("7f2e" if extensible else block, inside))
    return ber(tag, ber("7f61", ber("02", b"\x01") + template))


def displayed(group: int) -> bytes:
    """Return DG5 (portrait) or DG7 (signature) of ICAO Doc 9303-10: a picture and nothing else."""
    tag, picture = {5: ("65", "5f40"), 7: ("67", "5f43")}[group]
    return ber(tag, ber("02", b"\x01") + ber(picture, PICTURE))


def extensible_record(part: int = 5) -> bytes:
    """Return a record of ISO/IEC 39794 in DER: part 2, 4, 5 or 6."""
    version = ber("a0", ber("80", b"\x03") + ber("81", b"\x07\xe3"))
    picture = ber("a1", ber("a0", ber("80", b"\x01")) + ber("81", PICTURE))
    return ber(f"{0x60 + part:02x}", version + ber("a1", ber("30", ber("80", b"\0") + picture)))


def ansi_nist(*kinds: int) -> bytes:
    """Return a traditional file of ANSI/NIST-ITL with records of `kinds`; of 14 for none."""
    kinds = kinds or (14,)
    table = "".join(f"\x1e{kind}\x1f{at:02}" for at, kind in enumerate(kinds))
    content = f"1\x1f{len(kinds)}{table}"
    first = f"1.002:0500\x1d1.003:{content}\x1d1.004:TST\x1d1.009:000\x1c"
    file = f"1.001:{len(first) + 10}\x1d{first}".encode()
    for kind in kinds:
        fields = f"{kind}.002:00\x1d{kind}.999:".encode() + PICTURE + b"\x1c"
        file += f"{kind}.001:{len(fields) + 10}\x1d".encode() + fields
    return file


def ansi_nist_xml(element: str = "PackageFingerprintImageRecord") -> bytes:
    """Return an XML file of ANSI/NIST-ITL with one record."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made up -->\n'
        "<itl:NISTBiometricInformationExchangePackage"
        ' xmlns:itl="http://biometrics.nist.gov/standard/2011">'
        f"<itl:PackageInformationRecord/><itl:{element}>"
        f"<nc:BinaryBase64Object>{b64encode(PICTURE).decode()}</nc:BinaryBase64Object>"
        f"</itl:{element}></itl:NISTBiometricInformationExchangePackage>"
    ).encode()


def cbeff_xml(kind: str = "Finger") -> bytes:
    """Return a biometric information record in XML (ISO/IEC 19785-3) with a record inside."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<BIR xmlns="http://standards.iso.org/iso-iec/19785/-3/ed-2/"><BIRInfo/><BIR>'
        f"<BDBInfo><Format><Type>7</Type></Format><Type>{kind}</Type></BDBInfo>"
        f"<BDB>{b64encode(finger_image()).decode()}</BDB></BIR></BIR>"
    ).encode()


def piv() -> bytes:
    """Return a record of a PIV card: the CBEFF header of NIST SP 800-76 and minutiae behind it."""
    block = finger_minutiae("ansi-2004")
    header = b"\x03\x0d" + _number(len(block), 4) + b"\0\0" + b"\0\x1b\x02\x01"
    return header.ljust(88, b"\0") + block


def wsq() -> bytes:
    """Return the segments of a WSQ picture; its data is not to be decoded."""

    def segment(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + _number(len(body) + 2, 2) + body

    frame = b"\0\xff" + b"\x01\x90\x01\x2c" + b"\x03\xe8" * 2 + b"\x00" * 5
    return (
        b"\xff\xa0" + segment(0xA8, b"NIST_COM 3\nPPI 500\n") + segment(0xA4, bytes(40))
        + segment(0xA5, bytes(60)) + segment(0xA2, frame) + segment(0xA6, bytes(30))
        + segment(0xA3, b"\0") + bytes(range(1, 120)) + b"\xff\xa1"
    )  # fmt: skip


def sourceafis() -> bytes:
    """Return a template as SourceAFIS writes it: a CBOR map."""

    def text(value: str) -> bytes:
        return bytes([0x60 + len(value)]) + value.encode()

    def whole(values: list[int]) -> bytes:
        return bytes([0x80 + len(values)]) + b"".join(b"\x19" + _number(one, 2) for one in values)

    places = [100 + 3 * one for one in range(12)]
    angles = b"\x8c" + b"\xfa\x3f\x80\0\0" * 12
    return (
        b"\xa7" + text("version") + text("3.18.1-java") + text("width") + b"\x19\x01\x40"
        + text("height") + b"\x19\x01\x90" + text("positionsX") + whole(places)
        + text("positionsY") + whole(places) + text("directions") + angles
        + text("types") + text("EEBBEEBBEEBB")
    )  # fmt: skip


def sourceafis_json() -> bytes:
    """Return a template as older versions of SourceAFIS wrote it."""
    places = [100 + 3 * one for one in range(12)]
    fields = {"version": "3.0", "width": 320, "height": 400, "positionsX": places,
              "positionsY": places, "directions": [1.5] * 12, "types": "EEBBEEBBEEBB"}  # fmt: skip
    return json.dumps(fields).encode()


def samples() -> dict[str, bytes]:
    """Return one record of each standard and edition, by a name."""
    minutiae = {one: finger_minutiae(one) for one in ("2005", "2011", "ansi-2004", "ansi-2009")}
    images = {"FIR": finger_image, "FAC": face_image, "IIR": iris_image}
    codes = ("FSP", "FSK", "VIR", "HND", "SPD", "VDI", "DNA", "SDI")
    return {
        **{f"minutiae {one}": data for one, data in minutiae.items()},
        **{f"{code} {one}": make(one) for code, make in images.items() for one in ("2005", "2011")},
        **{f"{code} {one}": other_record(code, one) for code in codes for one in ("020", "030")},
        "SDI 2007": signature_series(),
        **{f"DG{group}": data_group(group) for group in _GROUPS},
        **{f"DG{group} 39794": data_group(group, extensible=True) for group in _GROUPS},
        **{f"DG{group}": displayed(group) for group in (5, 7)},
        **{f"39794-{part}": extensible_record(part) for part in (2, 4, 5, 6)},
        "ANSI/NIST": ansi_nist(4, 9, 10, 14, 17),
        "ANSI/NIST XML": ansi_nist_xml(),
        "CBEFF XML": cbeff_xml(),
        "PIV": piv(),
        "WSQ": wsq(),
        "SourceAFIS": sourceafis(),
        "SourceAFIS JSON": sourceafis_json(),
    }
