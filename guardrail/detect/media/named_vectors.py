"""Vectors of persons' features in files of arrays, under a name that says so."""

from __future__ import annotations

import re

from guardrail.detect.media.medium import Kind, Medium
from guardrail.detect.media.vector_words import modality_of
from guardrail.detect.media.vectors import RECOGNIZER, SHORTEST
from guardrail.facts import Category, Seen, Tier

_HEAD = 4096
_SHAPE = re.compile(rb"'shape':\s*\(([0-9,\s]{0,100})\)")
_NUMBERS = re.compile(rb"'descr':\s*'[<>|=]?[fiu][1248]'")


def find_named(name: str, data: bytes, medium: Medium) -> tuple[Seen, ...]:
    """Return what an array file is by its name: ``face_embeddings.npy``, ``voiceprint.pkl``.

    The shape is read from NumPy's header; other files are only suspected. Nothing is unpickled.
    """
    modality = modality_of((name.rpartition(".")[0] or name,))
    if not modality or medium.kind is not Kind.DATA:
        return ()
    certain = medium.mime == "application/x-npy"
    if certain and not _is_vectors(data[:_HEAD]):
        return ()
    return (
        Seen(
            entity="BIOMETRIC_TEMPLATE",
            category=Category.BIOMETRIC,
            tier=Tier.CERTAIN if certain else Tier.SUSPECT,
            score=0.95 if certain else 0.6,
            recognizer=RECOGNIZER,
            reason=f"{modality} vector by file name",
        ),
    )


def _is_vectors(head: bytes) -> bool:
    """Tell whether the last side of an array is as long as a vector."""
    shape = _SHAPE.search(head)
    if shape is None or not _NUMBERS.search(head):
        return False
    sides = [int(one) for one in shape[1].replace(b",", b" ").split()]
    return bool(sides) and sides[-1] >= SHORTEST
