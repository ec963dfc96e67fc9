"""Which sheet an OpenDocument opens at."""

from __future__ import annotations

from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import Element, escaped
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.office.scanned import local, scanned, within

MANIFEST = "META-INF/manifest.xml"
_SETTINGS = "settings.xml"
_CONFIG = "urn:oasis:names:tc:opendocument:xmlns:config:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_FILES = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_OWN = "http://openoffice.org/2004/office"
_ITEM, _SET = "ActiveTable", "ooo:view-settings"
_WANTED = frozenset({"config-item", "config-item-set", "config-item-map-entry",
                     "config-item-map-indexed"})  # fmt: skip


def at(parts: Parts, table: str) -> None:
    """Let a document open at one of its sheets.

    Args:
        parts: Of the document.
        table: The sheet's name.

    Raises:
        Unmarkable: As `scanned` and `Archive`.
        Unlabelled: ``too_much_unpacked``.
    """
    held = parts.get(_SETTINGS)
    if held is None:
        _new(parts, table)
        return
    found = scanned(held, _WANTED, deepest=1)
    items = [one for one in found if local(one) == "config-item" and _name(one) == _ITEM]
    if items:
        text = escaped(table)
        edits = [
            one.appended(text) if one.is_bare else (one.inside, one.stop, text) for one in items
        ]
        parts.change(_SETTINGS, patched(held, edits))
        return
    places = {_name(one): one for one in found if local(one) != "config-item"}
    views = places.get("Views")
    entries = within(found, views) if views is not None else []
    root = next((one for one in found if one.depth == 1), found[0])
    if entries:
        edit = entries[0].appended(_item(table))
    elif _SET in places:
        edit = places[_SET].appended(_map(table))
    else:
        edit = root.appended(_views(table))
    parts.change(_SETTINGS, patched(held, [edit]))


def _name(one: Element) -> str:
    return one.attributes.get(f"{_CONFIG} name", "")


def _item(table: str) -> bytes:
    head = f'<config:config-item xmlns:config="{_CONFIG}" config:name="{_ITEM}" '
    return f'{head}config:type="string">'.encode() + escaped(table) + b"</config:config-item>"


def _map(table: str) -> bytes:
    head = (
        f'<config:config-item-map-indexed xmlns:config="{_CONFIG}" config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" '
        'config:type="string">view1</config:config-item>'
    )
    tail = b"</config:config-item-map-entry></config:config-item-map-indexed>"
    return head.encode() + _item(table) + tail


def _views(table: str) -> bytes:
    # The set's name has a prefix of its own, which LibreOffice looks up.
    names = f'xmlns:config="{_CONFIG}" xmlns:ooo="{_OWN}"'
    head = f'<config:config-item-set {names} config:name="{_SET}">'
    return head.encode() + _map(table) + b"</config:config-item-set>"


def _new(parts: Parts, table: str) -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-settings '
    head += f'xmlns:office="{_OFFICE}" office:version="1.2"><office:settings>'
    tail = b"</office:settings></office:document-settings>"
    parts.change(_SETTINGS, head.encode() + _views(table) + tail)
    manifest = parts.get(MANIFEST)
    if manifest is not None:
        entry = f'<manifest:file-entry xmlns:manifest="{_FILES}" manifest:full-path="{_SETTINGS}" '
        entry += 'manifest:media-type="text/xml"/>'
        root = scanned(manifest, deepest=0)[0]
        parts.change(MANIFEST, patched(manifest, [root.appended(entry.encode())]))
