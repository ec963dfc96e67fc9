"""What reading costs: time for requests, time for ordinary text, and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from guardrail.detect.intent import IntentDetector
from guardrail.detect.intent.human_claims import find
from guardrail.detect.intent.reading import Reader
from guardrail.facts import Author, Segment

TIMES = 3


def of(
    reader: Reader, requests: Sequence[str], ordinary: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Lines on time, and on how much is read."""
    detector = IntentDetector(reader=reader)
    first = _ms(lambda text: reader.read(text, gated=False), requests, 1)
    again = _ms(lambda text: reader.read(text, gated=False), requests, TIMES)
    yield f"a request: {first:.2f} ms at first sight of its words, {again:.2f} ms later"
    for name, texts in ordinary.items():
        if not texts:
            continue
        length = sum(map(len, texts)) / 1000
        fired = sum(map(reader.fires, texts)) / len(texts)
        spent = _ms(lambda text: detector.examine(_said(text)), texts, 1) * len(texts) / length
        claims = _ms(find, texts, 1) * len(texts) / length
        seen = [detector.examine(_said(text)) for text in texts]
        yield (
            f"{name}: {fired:.2f} of {len(texts)} texts are read by the network, "
            f"{spent:.2f} ms for 1,000 characters; {sum(map(bool, seen)) / len(texts):.4f} have "
            f"findings; claims of being human: {claims:.2f} ms for 1,000 characters"
        )


def _said(text: str) -> list[Segment]:
    return [Segment(place=("x",), text=text, author=Author.USER)]


def _ms(what: Callable[[str], object], texts: Sequence[str], times: int) -> float:
    """Milliseconds of processor time for a text."""
    began = time.process_time()
    for _ in range(times):
        for text in texts:
            what(text)
    return (time.process_time() - began) * 1000 / times / len(texts)


def resident() -> float:
    """Megabytes that the process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
