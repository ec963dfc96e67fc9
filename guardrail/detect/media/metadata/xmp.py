"""What XMP tells: faces and persons that people or programs marked, and places.

XMP is read by bounded patterns, never by a general parser: no entity is expanded, nothing fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.templates.xml_root import text_of

_MOST = 16 << 20
_ITEM = re.compile(r"<(?:[\w.-]{1,32}:)?li\b")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_NAME = r"(?:[\w.-]{1,32}:)"


def _value(name: str, value: str) -> re.Pattern[str]:
    """Match a property as an attribute or as an element."""
    return re.compile(
        rf"{_NAME}{name}\s*=\s*[\"']\s*{value}|<{_NAME}{name}(?:\s[^>]{{0,500}})?>\s*{value}"
    )


_SOME = r"[^<\"'\s]"
_FACE = _value("Type", r"[Ff]ace\b")
_CALLED = _value("Name", _SOME)
_DISPLAY_NAME = _value("PersonDisplayName", _SOME)
_RECTANGLE = _value("Rectangle", r"[0-9.]")
_PERSONS = re.compile(rf"<{_NAME}?PersonInImage(?:WDetails)?[\s>]")
_SHOWN = re.compile(r"[^<\s]")
_TAG = re.compile(r"<[^>]{0,2000}>")
_LATITUDE = re.compile(
    rf"{_NAME}(?i:GPS-?Latitude)\s*=\s*[\"']\s*{_SOME}"
    rf"|<{_NAME}(?i:GPS-?Latitude)(?:\s[^>]{{0,500}})?>\s*{_SOME}"
)
_REGIONS = "http://www.metadataworkinggroup.com/schemas/regions/"
_MICROSOFT = "http://ns.microsoft.com/photo/1.2/"
_APPLE_FACES = "http://ns.apple.com/faceinfo/1.0/"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


@dataclass(frozen=True, slots=True)
class Told:
    """What a block of XMP tells; each a reason, empty where it doesn't."""

    place: str = ""
    face: str = ""
    person: str = ""


def read(block: bytes) -> Told:
    """Return what XMP tells of places, faces and persons.

    Raises:
        Uninspectable: ``xml_entities``: it declares entities, and so isn't XMP; ``too_large``.
    """
    if len(block) > _MOST:
        raise Uninspectable("too_large")
    text = _REFERENCE.sub(_character, text_of(block))
    if "<!ENTITY" in text:
        raise Uninspectable("xml_entities")
    face, person = _regions(text)
    if _APPLE_FACES in text:
        face = face or "xmp apple-fi face"
    if _names_persons(text):
        person = person or "xmp PersonInImage"
    return Told("xmp gps" if _LATITUDE.search(text) else "", face, person)


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if code <= 0x10FFFF else ""


def _regions(text: str) -> tuple[str, str]:
    """Return the reasons for a face and a person among the marked regions of a picture."""
    face = person = ""
    working_group, microsoft = _REGIONS in text, _MICROSOFT in text
    if not working_group and not microsoft:
        return face, person
    for item in _ITEM.split(text):
        if working_group and _FACE.search(item):
            face = "xmp mwg-rs face region"
            person = person or ("xmp mwg-rs face name" if _CALLED.search(item) else "")
        if microsoft and _DISPLAY_NAME.search(item):
            person = person or "xmp MP person name"
        if microsoft and _RECTANGLE.search(item):
            face = face or "xmp MP face region"
    return face, person


def _names_persons(text: str) -> bool:
    """Tell whether IPTC's list of persons shown has one."""
    if _IPTC not in text:
        return False
    for start in _PERSONS.finditer(text):
        head = text[start.start() : start.start() + 4000]
        inside = head.partition(">")[2].partition("PersonInImage")[0]
        if _SHOWN.search(_TAG.sub(" ", inside).rpartition("<")[0] or _TAG.sub(" ", inside)):
            return True
    return False
