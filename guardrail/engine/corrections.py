"""What puts an answer right that claims to come from a human being, and where it stands.

Behind the answer where a person reads it; an answer of nothing but code or JSON is what a program
reads, so its correction stands beside it: in a header, or in the label at a stream's end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from guardrail.engine.case import Case
from guardrail.engine.claims import Listener
from guardrail.engine.disclosure import Disclosure
from guardrail.engine.prose import Prose
from guardrail.engine.text_labels import is_answer
from guardrail.wire import Delta


class Hearing:
    """Listens to one text of an answer's, however it comes in pieces."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self._listener = Listener()
        self._prose = Prose()
        self.is_prose = False
        """Whether a person reads the text; sure once its last piece was heard."""

    def hear(self, text: str, *, final: bool = False) -> bool:
        """Take the next piece; tell whether a human being is claimed to speak."""
        if not self.is_prose:
            _, prose = self._prose.feed(text, final=final)
            self.is_prose = prose is not None or (final and self._prose.is_behind)
        return self._listener.hear(text, final=final)


class Aside(Protocol):
    """What a stream is told by beside its texts."""

    def correct(self, words: Mapping[str, str]) -> None:
        """Take what is to be told at the end, by language."""
        ...


class Corrections:
    """Puts the answers of one stream right."""

    def __init__(self, disclosure: Disclosure, case: Case, aside: Aside) -> None:
        """Take who has the words, the exchange, and what tells beside the texts."""
        self._disclosure = disclosure
        self._case = case
        self._aside = aside
        self.count = 0
        """Texts that claimed to come from a human being."""

    def hearing(self, delta: Delta) -> Hearing | None:
        """Return what listens to a channel; None where nothing is put right."""
        answers = is_answer(delta.author, delta.kind)
        return Hearing() if answers and self._disclosure.corrects(self._case) else None

    def put_right(self, hearing: Hearing | None, text: str, *, final: bool) -> str:
        """Return what leaves, with what puts it right behind it where it ends and is wrong."""
        if hearing is None or not (hearing.hear(text, final=final) and final):
            return text
        self.count += 1
        if hearing.is_prose:
            return text + self._disclosure.correction(self._case)
        self._aside.correct(self._disclosure.corrections(self._case))
        return text
