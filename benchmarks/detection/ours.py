"""The product's detector, asked line by line like stock Presidio."""

from __future__ import annotations

import json
import secrets
import sys
import time
from typing import Protocol, cast

from guardrail.detect import TextDetector, text_detector
from guardrail.facts import Segment


class Tiered(Protocol):
    """Builds the detector of a tier."""

    def __call__(self, *, memo_key: bytes, tier: str) -> TextDetector: ...


def detector(tier: str | None) -> TextDetector:
    """Return the detector of a tier; of the default one where none is said."""
    key = secrets.token_bytes(32)
    if tier is None:
        return text_detector(memo_key=key)
    return cast("Tiered", text_detector)(memo_key=key, tier=tier)


def main() -> None:
    ours = detector(sys.argv[1] if len(sys.argv) > 1 else None)
    print(json.dumps({"ready": time.process_time()}), flush=True)
    for row in sys.stdin:
        asked = json.loads(row)
        requests = [
            [Segment(place=(number,), text=text) for number, text in enumerate(request)]
            for request in asked["requests"]
        ]
        found = 0
        begun = time.process_time()
        for request in requests:
            if asked["remember"]:
                found += len(ours.examine(request))
            else:
                found += sum(len(ours.find(segment.text)) for segment in request)
        print(json.dumps({"cpu": time.process_time() - begun, "found": found}), flush=True)


if __name__ == "__main__":
    main()
