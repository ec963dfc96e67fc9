from __future__ import annotations

import io
import pickle

import numpy as np
import pytest

from guardrail.detect.media.named_vectors import find_named
from guardrail.detect.media.sniff import sniff
from guardrail.facts import Tier


def _npy(*shape: int, kind: str = "f4") -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(shape, kind))
    return file.getvalue()


@pytest.mark.parametrize("name", ["face_embeddings.npy", "voiceprint.npy", "бет_векторы.npy"])
def test_an_array_under_a_telling_name_is_found(name: str) -> None:
    data = _npy(3, 512)
    (seen,) = find_named(name, data, sniff(data))
    assert seen.tier is Tier.CERTAIN


def test_other_files_under_a_telling_name_are_suspected() -> None:
    for data in (pickle.dumps([0.5] * 128), b"MATLAB 5.0 MAT-file" + bytes(200)):
        (seen,) = find_named("face_embedding.bin", data, sniff(data))
        assert seen.tier is Tier.SUSPECT


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("surface_normals.npy", _npy(3, 512)),
        ("embeddings.npy", _npy(3, 512)),
        ("face_embeddings.npy", _npy(512, 2)),
        ("face_embeddings.npy", _npy(3, 512, kind="U4")),
        ("face_embeddings.npy", b"\x93NUMPY\x01\0"),
        ("face_embeddings.txt", b"hello"),
    ],
)
def test_other_arrays_are_nobodys(name: str, data: bytes) -> None:
    assert find_named(name, data, sniff(data)) == ()
