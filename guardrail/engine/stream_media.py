"""Media in the events of a streamed reply: judged, and changed before their event leaves.

A picture comes whole in an event, and is redacted and labelled like that of a whole reply. Sound
comes in pieces, which no label of a file fits: the stream's own label and notice speak for it. Of
raw samples the first piece begins with the rhythm that recordings have.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.raw_sound import PCM
from guardrail.disclose.layers import VISIBLE
from guardrail.disclose.visible.sound import raw_earcon
from guardrail.engine.case import Case
from guardrail.engine.hidden_media import HIDDEN
from guardrail.engine.labels import Job, Labelled, is_stored, marks_of, note_media, to_label
from guardrail.engine.media import Medium, redactions, seen_in, unseen
from guardrail.errors import UpstreamError
from guardrail.facts import Action, Decision, Duty, Inspected, Opaque, Standing

if TYPE_CHECKING:
    from guardrail.disclose.layers import Said
    from guardrail.engine.guard import Guard

IN_PIECES = "in_pieces"
"""Why streamed sound has no label in itself."""
_PIECES = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be done to the media of an event before it leaves."""

    media: tuple[Medium, ...]
    inspected: tuple[Inspected, ...] = ()
    """What was seen in each of them."""
    redactions: Mapping[int, Redaction]
    """What is to be hidden in which of them, by index."""
    said: Said | None = None
    """What is said of them; None where they aren't labelled."""
    begins: int | None = None
    """Which of them is the first piece of raw sound, and begins with the rhythm."""

    def jobs(self, redacted: Mapping[int, str]) -> dict[int, Job]:
        """Return by index what is labelled: how the event holds it, and what it is by now."""
        return to_label(self.media, redacted, but=_PIECES) if self.said else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was decided on the media of an event."""

    standings: tuple[Standing, ...] = ()
    decision: Decision | None = None
    """None where such media were let through before."""
    changes: Changes | None = None


class StreamMedia:
    """The media of one streamed reply."""

    def __init__(self, guard: Guard, case: Case) -> None:
        """Take who decides, and the exchange."""
        self._guard, self._case = guard, case
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], bool] = {}
        """The kinds of media that were let through, and whether such are labelled."""
        self._is_raw = guard.settings.labels.media.visible and case.raw_sound
        """Whether the next piece of sound is the first, and of raw samples."""
        self._counts: dict[str, Counter[str]] = {
            name: Counter() for name in ("marks", "layers", "unmarked")
        }

    @property
    def fields(self) -> dict[str, dict[str, int]]:
        """What evidence says of their labels."""
        return {name: dict(+counts) for name, counts in self._counts.items() if +counts}

    def judge(
        self, opaque: Sequence[Opaque], inspected: Sequence[Inspected], now: datetime
    ) -> Judged:
        """Decide on the media of an event.

        Args:
            opaque: the media.
            inspected: what was seen in them.
            now: the day of the rules, and the label's date.
        """
        guard, case = self._guard, self._case
        media = tuple(Medium(opaque=one) for one in opaque)
        unexamined = unseen(media, inspected)
        note_media(case, media, inspected, unread=any(unexamined))
        standings = guard.weigher.seen(case, seen_in(inspected), now)
        is_known = unexamined in self._known and not standings
        if is_known and not any(map(_is_whole, media)):
            labelled = self._known[unexamined]
            self._count_pieces(media, labelled=labelled)
            begins = self._beginning(media, labelled=labelled)
            if begins is None:
                return Judged()
            return Judged(changes=Changes(media=media, redactions={}, begins=begins))
        decision = guard.judge_reply(case, standings, now, unexamined=unexamined)
        if decision.action in {Action.REFUSE, Action.HOLD}:
            return Judged(standings=standings, decision=decision)
        hidden = redactions(seen_in(inspected), decision.actions)
        said = None
        if Duty.LABEL in decision.duties and not is_stored(case):
            said = guard.said(case, "", int(now.timestamp()))
        self._expect_labelled(opaque, wanted=said is not None)
        self._known[unexamined] = said is not None
        self._count_pieces(media, labelled=said is not None)
        begins = self._beginning(media, labelled=said is not None)
        wanted = bool(hidden) or (said is not None and any(map(_is_whole, media)))
        changes = None
        if wanted or begins is not None:
            changes = Changes(
                media=media,
                inspected=tuple(inspected),
                redactions=hidden,
                said=said,
                begins=begins,
            )
        if is_known:
            return Judged(changes=changes)  # such were let through before
        return Judged(standings=standings, decision=decision, changes=changes)

    def _expect_labelled(self, opaque: Sequence[Opaque], *, wanted: bool) -> None:
        is_hidden = any(one.reason == HIDDEN.reason and not one.data for one in opaque)
        if wanted and is_hidden and self._guard.settings.unlabelled_media == "refuse":
            raise UpstreamError(
                "a picture in the streamed text can't be waited for to be labelled",
                code="media_not_labelled",
                fix="ask for a whole reply, or set unlabelled_media: pass",
            )

    def _count_pieces(self, media: Sequence[Medium], *, labelled: bool) -> None:
        if labelled:
            self._counts["unmarked"][IN_PIECES] += sum(map(_is_piece, media))

    def _beginning(self, media: Sequence[Medium], *, labelled: bool) -> int | None:
        """Return the index of what begins with the rhythm; None where nothing does."""
        if not (self._is_raw and labelled):
            return None
        pieces = (at for at, one in enumerate(media) if _is_piece(one))
        found = next(
            (at for at in pieces if isinstance(media[at].held, str) and media[at].held), None
        )
        if found is not None:
            self._is_raw = False
            self.sounded()
        return found

    def sounded(self) -> None:
        """Take note that sound of a session began with the rhythm."""
        self._counts["layers"][VISIBLE] += 1

    def texts(
        self, changes: Changes, redacted: Mapping[int, str], labelled: Mapping[int, Labelled]
    ) -> Mapping[int, str]:
        """Return what stands in the places of an event's media, by index.

        Raises:
            UpstreamError: one can't be labelled and may not leave without.
        """
        if changes.begins is not None:
            held = changes.media[changes.begins].held
            assert isinstance(held, str)  # noqa: S101 - `_beginning` looked
            first = redacted.get(changes.begins, held)
            redacted = {**redacted, changes.begins: rhythm() + first}
        if changes.said is None:
            return redacted
        whole = {index: one for index, one in enumerate(changes.media) if not _is_piece(one)}
        order = list(whole)
        marks = marks_of(
            tuple(whole.values()),
            {},
            {at: labelled[index] for at, index in enumerate(order) if index in labelled},
            self._guard.settings,
            tuple(map(changes.inspected.__getitem__, order)) if changes.inspected else (),
        )
        for name, counts in (
            ("marks", marks.written),
            ("layers", marks.layers),
            ("unmarked", marks.missing),
        ):
            self._counts[name].update(counts)
        return {**redacted, **{order[at]: held for at, held in marks.held.items()}}


def rhythm_ms() -> int:
    """Return how long the rhythm is, in milliseconds."""
    return len(rhythm()) // 4 * 3 * 1_000 // PCM.second


@cache
def rhythm() -> str:
    """Return the rhythm as raw samples in base64, which another text in base64 may follow."""
    data = raw_earcon(PCM.rate)
    return b64encode(data[: len(data) - len(data) % 6]).decode()


def _is_piece(one: Medium) -> bool:
    return one.opaque.medium == _PIECES


def _is_whole(one: Medium) -> bool:
    is_text = isinstance(one.held, str) or one.opaque.reason == HIDDEN.reason
    return bool(one.held) and is_text and not _is_piece(one)
