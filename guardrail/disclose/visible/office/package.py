"""Office's packages (ECMA-376, part 2): parts that lead to each other by relationships."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import escaped
from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.office.scanned import local, namespace, scanned
from guardrail.disclose.visible.unlabelled import Unlabelled

_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_KINDS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_STRICT_DRAWING = "http://purl.oclc.org/ooxml/drawingml/main"


@dataclass(frozen=True, slots=True)
class Relation:
    """One part's relationship to another."""

    id: str
    kind: str
    """The last word of its type, as ``slide``."""
    target: str
    """The other part's name."""


class Package(Parts):
    """A file of Word, Excel or PowerPoint."""

    def __init__(self, archive: Archive) -> None:
        """Find the main part.

        Raises:
            Unmarkable: As `scanned` and `Archive`.
            Unlabelled: ``unsupported_format``: there is none.
        """
        super().__init__(archive)
        self.kinds = _KINDS
        """The namespace of relationships' types, and of attributes that name one: documents are
        written in the transitional one, or in the strict."""
        main = [one.target for one in self.relations("") if one.kind == "officeDocument"]
        if not main or main[0] not in archive.names:
            raise Unlabelled("unsupported_format")
        self.main = main[0]

    @property
    def drawing(self) -> str:
        """The namespace of text in shapes."""
        return _STRICT_DRAWING if self.kinds == _STRICT_KINDS else _DRAWING

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part, or of the whole package where it is empty.

        Raises:
            Unmarkable: As `scanned` and `Archive`.
        """
        found = []
        for one in scanned(self.get(_relations_of(part)) or b"<none/>", {"Relationship"}):
            base, _, kind = one.attributes.get("Type", "").rpartition("/")
            if (
                base not in {_KINDS, _STRICT_KINDS}
                or one.attributes.get("TargetMode") == "External"
            ):
                continue
            if not part and kind == "officeDocument":
                self.kinds = base
            target = _resolved(part, one.attributes.get("Target", ""))
            found.append(Relation(one.attributes.get("Id", ""), kind, target))
        return found

    def add(self, name: str, held: bytes, content_type: str, *, to: str, kind: str) -> str:
        """Add a part.

        Args:
            name: Of a part that there isn't yet, in the folder of `to` or below it.
            held: What it holds.
            content_type: What it is.
            to: The part that leads to it.
            kind: Of the relationship.

        Returns:
            The relationship's identifier.

        Raises:
            Unmarkable: As `scanned` and `Archive`.
            Unlabelled: ``unreadable``.
        """
        self.change(name, held)
        types = self.read(_TYPES)
        root = scanned(types, deepest=0)[0]
        override = f'<Override xmlns="{namespace(root)}" PartName="/{name}"'.encode()
        override += f' ContentType="{content_type}"/>'.encode()
        self.change(_TYPES, patched(types, [root.appended(override)]))
        place = _relations_of(to)
        relations = self.get(place) or f'<Relationships xmlns="{_RELATIONS}"/>'.encode()
        found = scanned(relations, {"Relationship"}, deepest=0)
        taken = {one.attributes.get("Id", "").lower() for one in found}
        free = next(
            f"rId{count}" for count in range(1, len(found) + 2) if f"rid{count}" not in taken
        )
        target = posixpath.relpath(name, posixpath.dirname(to) or ".")
        new = f'<Relationship xmlns="{namespace(found[0])}" Id="{free}" '.encode()
        new += f'Type="{self.kinds}/{kind}" Target="'.encode() + escaped(target) + b'"/>'
        self.change(place, patched(relations, [found[0].appended(new)]))
        return free

    def says_of_itself(self, word: str) -> bool:
        """Tell whether a word stands in a content type of some part."""
        types = scanned(self.read(_TYPES), {"Override", "Default"})
        return any(word in one.attributes.get("ContentType", "").lower() for one in types)

    def root(self) -> str:
        """Return the local name of the main part's root."""
        return local(scanned(self.read(self.main), deepest=0)[0])


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
