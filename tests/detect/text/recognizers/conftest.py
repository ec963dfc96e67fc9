"""Ways to ask a few recognizers by themselves, in one look and in every way a stream may be cut."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.sweep import Sweeper

Found = list[tuple[str, str]]


def _detector(kinds: Sequence[type[TextRecognizer]]) -> TextDetector:
    recognizers = [kind() for kind in kinds]
    made = TextDetector(recognizers, memo_key=b"alone")
    made.sweeper = Sweeper(recognizers, chunk=8000)  # room for the longest finding of any
    return made


@pytest.fixture
def asked() -> Callable[..., Callable[[str], Found]]:
    """Return a maker of functions that tell what only the given recognizers find."""

    def make(*kinds: type[TextRecognizer]) -> Callable[[str], Found]:
        alone = _detector(kinds)
        return lambda text: [(one.entity, text[one.start : one.end]) for one in alone.find(text)]

    return make


@pytest.fixture
def streamed_alike() -> Callable[[Sequence[type[TextRecognizer]], str], None]:
    """Return a check that every cut in two, some in more and single characters change nothing."""

    def check(kinds: Sequence[type[TextRecognizer]], text: str) -> None:
        alone = _detector(kinds)
        whole = [(one.start, one.end, one.entity, one.score) for one in alone.find(text)]
        chance = random.Random(text)  # noqa: S311 - ways to cut a text, not secrets
        cuts = [[place] for place in range(0, len(text) + 1, max(1, len(text) // 250))]
        cuts += [sorted(chance.choices(range(len(text) + 1), k=4)) for _ in range(3)]
        for places in [*cuts, list(range(1, len(text)))]:
            feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
            window = Window(alone, bound=4096)
            out, spans = "", []
            for released in [*map(window.feed, feeds), window.feed("", final=True)]:
                spans += [
                    (one.start + len(out), one.end + len(out), one.entity, one.score)
                    for one in released.findings
                ]
                assert not released.forced
                out += released.text
            assert (out, spans) == (text, whole)

    return check


@pytest.fixture(scope="session")
def same_in() -> Callable[[TextDetector, Iterable[str]], None]:
    """Return a check that a detector finds in a text fed in pieces what it finds in the whole."""

    def check(detector: TextDetector, feeds: Iterable[str]) -> None:
        window = Window(detector)
        pieces = list(feeds)
        out, spans = "", []
        for released in [*map(window.feed, pieces), window.feed("", final=True)]:
            spans += [
                replace(one, start=one.start + len(out), end=one.end + len(out))
                for one in released.findings
            ]
            out += released.text
        assert (out, tuple(spans)) == ("".join(pieces), detector.find(out))

    return check


_PROSE = (
    "Добрый день! Подскажите, как правильно оформить отпуск в этом году, и к кому обратиться "
    "в Алматы, если начальник в командировке — или на больничном? "
    "Қайырлы күн! Демалысқа өтінішті қалай дұрыс жазу керектігін айтып беріңізші, Астанада "
    "себебін көрсету керек пе және кімге жүгінуге болады? "
    "Please summarise the notes of our meeting in Almaty and list the action items, with "
    "owners and 3 deadlines. The report must be short. "
)


@pytest.fixture(scope="session")
def held_of() -> Callable[[TextDetector], list[int]]:
    """Return what tells how much of ordinary prose, fed one by one, waits at each character."""

    def measure(detector: TextDetector) -> list[int]:
        window = Window(detector)
        held = []
        for character in _PROSE:
            assert not window.feed(character).forced
            held.append(window.held)
        return held

    return measure


@pytest.fixture
def most_held() -> Callable[[Sequence[type[TextRecognizer]], str], int]:
    """Return what tells how many code points of a text fed one by one are held at most."""

    def measure(kinds: Sequence[type[TextRecognizer]], text: str) -> int:
        window = Window(_detector(kinds), bound=4096)
        most = 0
        for character in text:
            window.feed(character)
            most = max(most, window.held)
        return most

    return measure


@pytest.fixture
def drawn(chance: random.Random) -> Callable[..., str]:
    """Return a maker of characters drawn by chance."""

    def make(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        return "".join(chance.choices(alphabet, k=length))

    return make
