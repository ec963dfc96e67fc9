"""What words in an OpenDocument look like, and how large its pages are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrail.disclose.marks.octets import Edit
from guardrail.disclose.marks.trees import Element, escaped
from guardrail.disclose.visible.office.lines import FONT, SEPARATOR, Line
from guardrail.disclose.visible.office.scanned import local, scanned
from guardrail.disclose.visible.unlabelled import Unlabelled

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
_FORMAT = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
_NAMES = f'xmlns:style="{_STYLE}" xmlns:fo="{_FORMAT}" xmlns:draw="{_DRAW}"'
_BEFORE_STYLES = frozenset({"scripts", "font-face-decls", "styles", "meta", "settings"})
_SIZE = 9.0
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,9})?)(cm|mm|in|pt|pc)")
_UNITS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "pc": 12.0}
_USUAL = (793.7, 595.3)
"""Points of a slide of 28 x 21 cm."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Styles of a label, and words in them."""

    name: str
    lines: tuple[Line, ...]
    edit: Edit
    """Adds the styles to the part."""

    @property
    def shape(self) -> str:
        """The name of a shape's style."""
        return f"{self.name}S"

    def paragraph(self, lines: tuple[Line, ...] = ()) -> bytes:
        """Return all the lines, or those given, as one paragraph."""
        told = lines or self.lines
        return self.written(
            tuple((SEPARATOR * bool(at) + one.text, one.language) for at, one in enumerate(told))
        )

    def written(self, row: tuple[tuple[str, str], ...]) -> bytes:
        """Return texts and their languages as one paragraph."""
        spans = b"".join(
            f'<text:span text:style-name="{self.name}{language}">'.encode() + _spaced(text)
            for text, language in row
        )
        return (
            f'<text:p xmlns:text="{_TEXT}" text:style-name="{self.name}">'.encode()
            + spans
            + b"</text:p>"
        )


def _spaced(text: str) -> bytes:
    return escaped(text) + b"</text:span>"


def looks_of(
    found: list[Element],
    lines: tuple[Line, ...],
    *,
    size: float = _SIZE,
    after: int = 0,
    is_shape: bool = False,
) -> Looks:
    """Return the styles of a label for one part.

    Args:
        found: The part's elements: all down to the second, and every style.
        lines: The words.
        size: Of the letters, in points.
        after: How many looks were made for the part already.
        is_shape: Whether the words stand in a shape.

    Raises:
        Unlabelled: ``unsupported_format``: the part has no place for styles.
    """
    taken = {one.attributes.get(f"{_STYLE} name", "") for one in found if local(one) == "style"}
    free = (f"AiLabel{count}_" for count in range(1, len(taken) + after + 2))
    stem = [one for one in free if not any(name.startswith(one) for name in taken)][after]
    styles = _paragraph(stem, "0cm" if is_shape else "0.2cm")
    styles += b"".join(_text(stem, name, size) for name in _languages(lines))
    styles += _shape(stem) if is_shape else b""
    return Looks(stem, lines, _put(found, styles))


def _languages(lines: tuple[Line, ...]) -> list[str]:
    return sorted({line.language for line in lines})


def _put(found: list[Element], styles: bytes) -> Edit:
    top = [one for one in found if one.depth == 1]
    own = next((one for one in top if local(one) == "automatic-styles"), None)
    if own is not None:
        return own.appended(styles)
    behind = next((one for one in top if local(one) not in _BEFORE_STYLES), None)
    if behind is None:
        raise Unlabelled("unsupported_format")
    head = f'<office:automatic-styles xmlns:office="{_OFFICE}">'.encode()
    return behind.start, behind.start, head + styles + b"</office:automatic-styles>"


def _paragraph(stem: str, below: str) -> bytes:
    head = f'<style:style {_NAMES} style:name="{stem}" style:family="paragraph">'
    look = (
        f'<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="{below}" '
        'fo:margin-left="0cm" fo:margin-right="0cm" fo:text-indent="0cm" fo:text-align="start"/>'
    )
    return f"{head}{look}</style:style>".encode()


def _text(stem: str, name: str, size: float) -> bytes:
    language, _, country = name.partition("-")
    tongue = "".join(
        f' {prefix}:language{ending}="{language}" {prefix}:country{ending}="{country}"'
        for prefix, ending in (("fo", ""), ("style", "-asian"))
    )
    head = f'<style:style {_NAMES} style:name="{stem}{name}" style:family="text">'
    look = (
        f'<style:text-properties fo:font-family="{FONT}" fo:font-size="{size:.2f}pt" '
        'fo:font-weight="bold" fo:color="#000000" fo:background-color="#ffffff"'
        f"{tongue}/>"
    )
    return f"{head}{look}</style:style>".encode()


def _shape(stem: str) -> bytes:
    head = f'<style:style {_NAMES} style:name="{stem}S" style:family="graphic">'
    look = (
        '<style:graphic-properties draw:stroke="none" draw:fill="solid" '
        'draw:fill-color="#ffffff" draw:auto-grow-height="false" draw:auto-grow-width="false" '
        'draw:textarea-vertical-align="middle" fo:wrap-option="no-wrap" fo:padding-top="0cm" '
        'fo:padding-bottom="0cm" fo:padding-left="0.1cm" fo:padding-right="0.1cm"/>'
    )
    return f"{head}{look}</style:style>".encode()


@dataclass(frozen=True, slots=True)
class Sizes:
    """Widths and heights of pages by the names of their masters, in points."""

    by_master: dict[str, tuple[float, float]]

    def get(self, master: str) -> tuple[float, float]:
        """Return the size of a master's pages; a usual one where it isn't told."""
        return self.by_master.get(master, _USUAL)


def page_sizes(held: bytes | None) -> Sizes:
    """Return how large the pages of a document are.

    Args:
        held: The part with its styles, where there is one.

    Raises:
        Unmarkable: As `scanned`.
    """
    layouts: dict[str, tuple[float, float]] = {}
    masters: dict[str, str] = {}
    wanted = {"page-layout", "page-layout-properties", "master-page"}
    for one in scanned(held or b"<none/>", wanted):
        if local(one) == "master-page":
            layout = one.attributes.get(f"{_STYLE} page-layout-name", "")
            masters[one.attributes.get(f"{_STYLE} name", "")] = layout
        elif local(one) == "page-layout-properties" and one.parent is not None:
            size = tuple(_points(one.attributes.get(f"{_FORMAT} page-{side}", ""))
                         for side in ("width", "height"))  # fmt: skip
            if all(size):
                layouts[one.parent.attributes.get(f"{_STYLE} name", "")] = (size[0], size[1])
    return Sizes({name: layouts[layout] for name, layout in masters.items() if layout in layouts})


def _points(length: str) -> float:
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _UNITS[found[2]] if found else 0.0
