"""What is changed in the texts of a whole reply: masks, placeholders, what people are told.

A stream says the same, in pieces (`guardrail.engine.reply_stream`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guardrail.enforce import Restorer
from guardrail.engine.case import Examined
from guardrail.engine.corrections import Hearing
from guardrail.engine.disclosure import Disclosure, Opening
from guardrail.engine.edits import Span, applied, apply_edits, by_segment, then
from guardrail.engine.prose import noticed
from guardrail.engine.text_labels import is_answer
from guardrail.facts import Decision, Direction, Edit, Place, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTexts:
    """The changes, and what people are told by them."""

    edits: Sequence[Edit]
    opening: Opening | None
    """What an answer begins with; None where nothing is due."""
    told: bool
    """Whether it stands in some text."""
    corrected: int
    """Texts that claimed to come from a human being."""
    aside: bool
    """Whether one of them is nothing but code or JSON, so that it is put right beside it."""


def reply_texts(examined: Examined, decision: Decision, disclosure: Disclosure) -> ReplyTexts:
    """Return what is changed in a reply's texts.

    Args:
        examined: the reply.
        decision: on it.
        disclosure: tells people.
    """
    case = examined.case
    opening = disclosure.opening(case, decision) if examined.ok else None
    correction = disclosure.correction(case) if examined.ok and disclosure.corrects(case) else ""
    answers = _answers(examined) if correction or opening is not None else {}
    masks = by_segment(
        case.masker.edits(
            examined.segments,
            examined.findings,
            decision.actions[: len(examined.findings)],
            direction=Direction.REPLY,
        )
    )
    restorer = Restorer(case.masker.issued)
    told: set[Place] = set()
    corrected, aside = 0, False
    edits: list[Edit] = []
    for index, segment in enumerate(examined.segments):
        own = masks.get(index, [])
        spans = then(segment.text, own, restorer.labels(apply_edits(segment.text, own)))
        answer = answers.get(index)
        if answer is not None and correction:
            wrong, right = _put_right(segment, spans, correction)
            corrected += wrong
            aside = aside or (wrong and not right)
            spans = [*spans, *right]
        if answer is not None and opening is not None and answer not in told:
            with_notice = noticed(segment.text, spans, opening.text)
            if with_notice is not None:
                spans = with_notice
                told.add(answer)
        edits += [
            Edit(segment=index, start=start, end=end, text=text) for start, end, text in spans
        ]
    return ReplyTexts(
        edits=edits, opening=opening, told=bool(told), corrected=corrected, aside=aside
    )


def _answers(examined: Examined) -> dict[int, Place]:
    """Return which of a reply's answers each segment is of that the assistant says."""
    adapter = examined.case.route.adapter
    return {
        index: adapter.answer_of(segment.place)
        for index, segment in enumerate(examined.segments)
        if is_answer(segment.author, segment.kind)
    }


def _put_right(
    segment: Segment, spans: Sequence[Span], correction: str
) -> tuple[bool, tuple[Span, ...]]:
    """Tell whether a text claims to come from a human being; return what puts it right in it."""
    hearing = Hearing()
    if not hearing.hear(applied(segment.text, spans), final=True):
        return False, ()
    end = len(segment.text)
    return True, ((end, end, correction),) if hearing.is_prose else ()
