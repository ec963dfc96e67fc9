"""Looks into one medium: what it is, what it shows, what stands inside of it.

Runs in a worker process that may die of it. Models are loaded at the first medium that needs them.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from guardrail.detect.media import metadata, templates
from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, check, picture_size
from guardrail.detect.media.marks import standing
from guardrail.detect.media.named_vectors import find_named
from guardrail.detect.media.raw_sound import RawSound, windows
from guardrail.detect.media.sniff import Kind, Medium, declared_differs, oddities, sniff
from guardrail.detect.media.tracks import has_sound
from guardrail.facts import HOLDS_MEDIA, Inspected, Seen, Tier, Verdict

if TYPE_CHECKING:
    from guardrail.detect.media.pictures.decode import Picture
    from guardrail.detect.media.pictures.faces import Faces
    from guardrail.detect.media.ridges.fingerprints import Fingerprints
    from guardrail.detect.media.ridges.irises import Grey
    from guardrail.detect.media.sound.speech import Speech

LOCATION = frozenset({"GEO_LOCATION", "PERSON"})
"""What stands in metadata, where it can be left out without touching a pixel."""
IN_FRAMES = LOCATION | {"FACE"}
"""What is looked for in every frame of an animation, where it is to be filled."""
SOUND_TRACK_UNHEARD = "sound_track_unheard"
"""The flag of a film whose sound couldn't be decoded."""
NOT_HEARD = "not_heard_to_the_end"
"""The flag of sound that is longer than what was listened to, and in which no voice was found."""
RAW = "audio/x-raw"
"""What raw frames are called in evidence: samples without a header have no name of their own."""
_CONTAINERS = frozenset({Kind.DOCUMENT, Kind.ARCHIVE})
_ONE_THING = frozenset({Kind.IMAGE, Kind.SOUND, Kind.VIDEO})
_THUMBNAIL = "thumbnail"
"""In the names of small pictures that office programs draw of a file's first page."""
_OPEN = frozenset({Kind.ARCHIVE})
"""Containers in which any file may stand: one of an unknown kind may be anything."""


class Inspector:
    """Looks into media, one after another."""

    def __init__(self, budget: Budget | None = None) -> None:
        """Load nothing yet."""
        self._budget = budget or Budget()

    def inspect(self, data: bytes, declared: str = "", name: str = "") -> Inspected:
        """Return what is in a medium, or why it can't be looked into.

        Args:
            data: the whole of it.
            declared: the media type that it says it has, which is believed in nothing.
            name: the file's, by which arrays of numbers tell what they are.
        """
        medium = sniff(data)
        try:
            named = find_named(name, data, medium) if name else ()
            seen, flags = (named, ()) if named else self._look(data, medium, depth=0)
        except Uninspectable as verdict:
            return Inspected(
                verdict=Verdict.UNINSPECTABLE, reason=verdict.reason, medium=_named(medium)
            )
        if declared and declared_differs(medium, declared):
            flags = (*flags, "declared_type_differs")
        return Inspected(
            verdict=Verdict.INSPECTED,
            medium=medium.mime,
            seen=seen,
            flags=tuple(dict.fromkeys(flags)),
        )

    def listen(self, sound: RawSound) -> Inspected:
        """Return whether there is a voice in raw frames, or why nobody can listen to them."""
        try:
            seen = self._in_frames(sound)
        except Uninspectable as verdict:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason=verdict.reason)
        return Inspected(verdict=Verdict.INSPECTED, medium=RAW, seen=seen)

    def redact(self, data: bytes, redaction: Redaction) -> bytes:
        """Return a medium without what `redaction` names, in its own format where that is written.

        Raises:
            Uninspectable: it can't be done, or can't be proven to have been done.
        """
        medium = sniff(data)
        if redaction.face_only:
            return self._face_only(data, medium)
        if medium.kind is Kind.SOUND and "VOICE" in redaction.entities:
            return self._silenced(data, medium)
        return self._proven(self._freed(data, medium, redaction, depth=0), redaction)

    def _freed(self, data: bytes, medium: Medium, redaction: Redaction, *, depth: int) -> bytes:
        """Return a picture, or a container of some, without what `redaction` names; unproven."""
        if medium.kind in _CONTAINERS:
            return self._rewritten(data, medium, redaction, depth)
        if medium.kind is not Kind.IMAGE:
            raise Uninspectable("cannot_redact")
        if redaction.entities <= LOCATION and not self._shows(data, medium, redaction):
            return metadata.strip(data, medium, everything=False)
        return self._filled(data, medium, redaction)

    def _shows(self, data: bytes, medium: Medium, redaction: Redaction) -> bool:
        """Tell whether what `redaction` names is seen in a picture itself, as in a zone a name."""
        return "PERSON" in redaction.entities and any(
            one.entity in redaction.entities and one.box is not None
            for one in self._in_picture(data, medium)
        )

    def _rewritten(self, data: bytes, medium: Medium, redaction: Redaction, depth: int) -> bytes:
        """Return a container whose parts are free of what `redaction` names."""
        from guardrail.detect.media.containers.rewritten import rewritten

        if depth >= self._budget.depth:
            raise Uninspectable("nested_too_deep")
        return rewritten(
            data, medium.mime, lambda part: self._part(part, redaction, depth + 1), self._budget
        )

    def _part(self, part: bytes, redaction: Redaction, depth: int) -> bytes | None:
        """Return what stands in a part's place; None where it shows nothing of `redaction`."""
        inner = sniff(part)
        if inner.kind is Kind.UNKNOWN and not templates.find(part, standing(part)):
            return None  # `_proven` knows whether that may be
        seen, _ = self._look(part, inner, depth=depth)
        if not any(one.entity in redaction.entities for one in seen):
            return None
        if inner.kind is Kind.SOUND:
            return self._silenced(part, inner)
        freed = self._freed(part, inner, redaction, depth=depth)
        return freed if inner.kind is not Kind.IMAGE else self._in_format(freed, inner)

    def _in_format(self, freed: bytes, medium: Medium) -> bytes:
        """Return a picture in the format that its container says it has."""
        from guardrail.detect.media.pictures.encode import in_format

        return freed if sniff(freed) == medium else in_format(freed, medium.mime)

    def _look(
        self, data: bytes, medium: Medium, *, depth: int
    ) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        """Return what is seen in a medium, and what is odd about it."""
        if len(data) > self._budget.encoded_bytes:
            raise Uninspectable("too_large")
        present = standing(data)
        found = templates.find(data, present)
        if found or medium.kind is Kind.TEMPLATE:
            return found, ()
        odd = oddities(data, medium, present)
        if "polyglot" in odd and medium.kind in _ONE_THING:
            # Who gets it may read it as the other thing that it is.
            raise Uninspectable("polyglot")
        match medium.kind:
            case Kind.IMAGE:
                seen = self._in_picture(data, medium, present)
                return seen, (*odd, *metadata.flags(data, medium, present))
            case Kind.SOUND:
                return self._in_sound(data, medium, odd)
            case Kind.VIDEO:
                return self._in_video(data, medium, odd)
            case Kind.DOCUMENT | Kind.ARCHIVE | Kind.MARKUP:
                return self._in_container(data, medium, odd, depth)
            case _:
                raise Uninspectable("unknown_format")

    def _in_picture(
        self, data: bytes, medium: Medium, present: Container[bytes] | None = None
    ) -> tuple[Seen, ...]:
        from guardrail.detect.media.pictures.animated import frames
        from guardrail.detect.media.pictures.decode import LONG_SIDE, decode

        size = picture_size(data, medium)
        check(size, self._budget)
        told = metadata.find(data, medium, present)
        if (size.frames or 1) > 1:
            shown = [
                seen
                for number, picture in frames(data, size, self._budget)
                for seen in self._shown(picture, f"frame {number + 1}")
            ]
            return (*told, *shown)
        picture = decode(data, size, long_side=LONG_SIDE, budget=self._budget)
        return (*told, *self._shown(picture, ""))

    def _shown(self, picture: Picture, part: str) -> tuple[Seen, ...]:
        """Return what a picture shows: faces, and where there is none, other material."""
        from guardrail.detect.media.pictures import identity_documents
        from guardrail.detect.media.pictures.opencv import cv2

        faces = self._faces.find(picture, part)
        documents = identity_documents.find(picture, faces, part)
        grey = np.asarray(cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        prints = self._fingerprints.find(grey, scale=1 / picture.scale)
        seen = (*prints, *self._eyes(grey, picture, faces))
        named = [replace(one, part=part) for one in seen if not _within_any(one, faces)]
        return (*faces, *documents, *named)

    def _eyes(self, grey: Grey, picture: Picture, faces: tuple[Seen, ...]) -> tuple[Seen, ...]:
        """Return the eye that a picture is a close-up of, where that is asked for."""
        if faces or not self._budget.irises:
            return ()
        from guardrail.detect.media.ridges.irises import Irises

        return Irises().find(grey, scale=1 / picture.scale)

    def _in_sound(
        self, data: bytes, medium: Medium, odd: tuple[str, ...]
    ) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        seen, cut = self._heard(data, medium, self._budget)
        return seen, (*odd, *cut)

    def _heard(
        self, data: bytes, medium: Medium, budget: Budget
    ) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        """Listen to every sound track, until there is a voice in one."""
        from guardrail.detect.media.sound.decode import recordings

        best: tuple[Seen, ...] = ()
        cut: tuple[str, ...] = ()
        for track in recordings(data, medium.mime, budget):
            seen = self._speech.find(track)
            if seen and seen[0].tier is Tier.CERTAIN:
                # A voice that was found settles it: nobody needs to hear the rest.
                return seen, ()
            best = max(best, seen, key=_sureness)
            cut = cut if track.whole or seen else (NOT_HEARD,)
        return best, () if best else cut

    def _in_frames(self, sound: RawSound) -> tuple[Seen, ...]:
        from guardrail.detect.media.sound.decode import raw

        coding = sound.coding
        if sound.whole:
            return self._speech.find(raw(sound, coding.encoding, coding.rate, self._budget))
        best: tuple[Seen, ...] = ()
        for window, since in windows(sound):
            heard = raw(window, coding.encoding, coding.rate, self._budget)
            seen = self._speech.find(heard, since=since)
            if seen and seen[0].tier is Tier.CERTAIN:
                return seen
            best = max(best, seen, key=_sureness)
        return best

    def _in_video(
        self, data: bytes, medium: Medium, odd: tuple[str, ...]
    ) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        from guardrail.detect.media.video import frames

        told = metadata.find(data, medium)
        shown = [
            seen
            for seconds, picture in frames(data, self._budget)
            for seen in self._shown(picture, f"second {seconds:.0f}")
        ]
        spoken, unheard = self._spoken(data, medium)
        return (*told, *shown, *spoken), (*odd, *unheard)

    def _spoken(self, data: bytes, medium: Medium) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        """Return whether there is a voice in a film's sound; a flag where nobody can hear it."""
        budget = replace(self._budget, sound_seconds=self._budget.sound_seconds / 2)
        try:
            seen, cut = self._heard(data, medium, budget)
        except Uninspectable:
            return (), (SOUND_TRACK_UNHEARD,) if has_sound(data) else ()
        return tuple(replace(one, part="sound") for one in seen), cut

    def _in_container(
        self, data: bytes, medium: Medium, odd: tuple[str, ...], depth: int
    ) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        from guardrail.detect.media.containers.embedded import embedded, flags

        if depth >= self._budget.depth:
            raise Uninspectable("nested_too_deep")
        found = list(metadata.find(data, medium))
        strange = [*odd, *flags(data, medium.mime)]
        for part in embedded(data, medium.mime, self._budget):
            inner = sniff(part.data)
            if inner.kind is Kind.UNKNOWN and not templates.find(part.data, standing(part.data)):
                if medium.kind in _OPEN:
                    raise Uninspectable("unknown_format_inside")
                continue
            seen, more = self._look(part.data, inner, depth=depth + 1)
            found += (replace(one, part=_joined(part.name, one.part)) for one in seen)
            strange += more
            if inner.kind in _ONE_THING and _THUMBNAIL not in part.name.lower():
                strange.append(HOLDS_MEDIA)
        return tuple(found), tuple(dict.fromkeys(strange))

    def _filled(self, data: bytes, medium: Medium, redaction: Redaction) -> bytes:
        from guardrail.detect.media.pictures.moving import fill_frames
        from guardrail.detect.media.pictures.redact import fill

        size = picture_size(data, medium)
        moves = (size.frames or 1) > 1
        if moves and not redaction.entities <= IN_FRAMES:
            raise Uninspectable("cannot_redact")
        boxes = [
            one.box
            for one in self._in_picture(data, medium)
            if one.entity in redaction.entities and one.box is not None
        ]
        if moves:
            return fill_frames(data, size, boxes, faces=self._faces, budget=self._budget).data
        return fill(data, size, boxes, faces=self._faces, budget=self._budget).data

    def _face_only(self, data: bytes, medium: Medium) -> bytes:
        from guardrail.detect.media.pictures.redact import face_only

        if medium.kind is not Kind.IMAGE:
            raise Uninspectable("cannot_redact")
        size: Size = picture_size(data, medium)
        return face_only(data, size, faces=self._faces, budget=self._budget).data

    def _silenced(self, data: bytes, medium: Medium) -> bytes:
        from guardrail.detect.media.sound.decode import recording
        from guardrail.detect.media.sound.silence import silence

        stretches = self._speech.stretches(recording(data, medium.mime, self._budget))
        return silence(data, medium.mime, stretches, self._speech)

    def _proven(self, redacted: bytes, redaction: Redaction) -> bytes:
        """Return what was redacted once another look finds nothing that is to be gone."""
        left = self.inspect(redacted)
        if left.verdict is not Verdict.INSPECTED or any(
            one.entity in redaction.entities and one.tier is Tier.CERTAIN for one in left.seen
        ):
            raise Uninspectable("redaction_unproven")
        return redacted

    @cached_property
    def _faces(self) -> Faces:
        from guardrail.detect.media.pictures.faces import Faces

        return Faces()

    @cached_property
    def _fingerprints(self) -> Fingerprints:
        from guardrail.detect.media.ridges.fingerprints import Fingerprints

        return Fingerprints()

    @cached_property
    def _speech(self) -> Speech:
        from guardrail.detect.media.sound.speech import Speech

        return Speech()


def _named(medium: Medium) -> str:
    return "" if medium.kind is Kind.UNKNOWN else medium.mime


def _sureness(seen: tuple[Seen, ...]) -> float:
    return max((one.score for one in seen), default=0.0)


def _joined(outer: str, inner: str) -> str:
    return f"{outer}/{inner}" if inner else outer


def _within_any(one: Seen, others: tuple[Seen, ...]) -> bool:
    """Tell whether something lies mostly within others: a beard isn't a fingerprint."""
    return any(_share(one, other) > 0.5 for other in others)


def _share(one: Seen, other: Seen) -> float:
    if one.box is None or other.box is None:
        return 0.0
    (x, y, w, h), (left, top, wide, high) = one.box, other.box
    across = min(x + w, left + wide) - max(x, left)
    down = min(y + h, top + high) - max(y, top)
    return max(0, across) * max(0, down) / max(1, w * h)
