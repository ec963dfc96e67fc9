from __future__ import annotations

import struct
from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.vectors import find
from guardrail.facts import Tier

VECTOR = [((place * 37) % 101 - 50) / 500 for place in range(512)]
FLOATS = struct.pack("<512f", *VECTOR)
PACKED = b64encode(FLOATS).decode()
WRITTEN = "[" + ",".join(map(str, VECTOR)) + "]"
BYTES = b64encode(bytes(range(256))).decode()


def _reasons(tree: object, *, model: str = "", route: str = "") -> list[str]:
    return [seen.reason for _, seen in find(tree, model=model, route=route)]


@pytest.mark.parametrize(
    ("tree", "modality"),
    [
        ({"face_embedding": VECTOR}, "face"),
        ({"faceEmbedding": PACKED}, "face"),
        ({"faceDescriptor": urlsafe_b64encode(FLOATS).decode().rstrip("=")}, "face"),
        ({"face-encoding": tuple(VECTOR)}, "face"),
        ({"faceprint": VECTOR}, "face"),
        ({"face": {"vector": VECTOR}}, "face"),
        ({"faces": [{"id": 1, "embedding": WRITTEN}]}, "face"),
        ({"voice_print": WRITTEN}, "voice"),
        ({"speaker": {"embedding": {"values": VECTOR}}}, "voice"),
        ({"fingerprint_minutiae": VECTOR}, "finger"),
        ({"iris_code": list(range(64))}, "iris"),
        ({"gaitFeatures": VECTOR}, "gait"),
        ({"palm.vein.template": VECTOR}, "palm"),
        ({"лицо": {"эмбеддинг": VECTOR}}, "face"),
        ({"вектор_голоса": VECTOR}, "voice"),
        ({"отпечаток_шаблон": VECTOR}, "finger"),
        ({"бет_векторы": VECTOR}, "face"),
        ({"дауысҮлгісі": VECTOR}, "voice"),
        ({"саусақ_ізі": VECTOR}, "finger"),
        ({"document": {"face_embedding": VECTOR}}, "face"),
    ],
)
def test_a_key_that_names_modality_and_vector_decides(tree: object, modality: str) -> None:
    assert _reasons(tree) == [f"{modality} vector by key"]


@pytest.mark.parametrize(
    "beside",
    [
        {"bbox": [1, 2, 3, 4], "det_score": 0.9},
        {"kps": [[1, 2]], "bbox": [1, 2, 3, 4]},
        {"facial_area": {"x": 1}, "face_confidence": 0.9},
        {"model_name": "VGG-Face"},
        {"liveness": 0.9, "similarity": 0.4},
    ],
)
def test_what_stands_beside_a_vector_tells_whose_it_is(beside: dict[str, object]) -> None:
    assert _reasons({"results": [{"embedding": VECTOR, **beside}]}) == [
        "face vector by keys beside"
    ]


@pytest.mark.parametrize(
    ("model", "modality"),
    [("arcface_r100", "face"), ("Facenet512", "face"), ("speechbrain/spkrec-ecapa", "voice"),
     ("pyannote/embedding", "voice"), ("nvidia/titanet-large", "voice")],
)  # fmt: skip
def test_the_model_tells_whose_vectors_it_makes(model: str, modality: str) -> None:
    assert _reasons({"data": [{"embedding": VECTOR}]}, model=model) == [
        f"{modality} vector by model"
    ]
    assert _reasons([VECTOR], model=model) == [f"{modality} vector by model"]


def test_a_route_alone_makes_a_vector_suspect() -> None:
    ((place, seen),) = find({"output": VECTOR}, route="/v1/faces/represent")
    assert place == ("output",)
    assert (seen.tier, seen.reason) == (Tier.SUSPECT, "face vector by route")


def test_a_template_of_a_makers_own_is_suspect() -> None:
    ((_, seen),) = find({"fingerprint_template": BYTES})
    assert seen.tier is Tier.SUSPECT


@pytest.mark.parametrize(
    "tree",
    [
        {"surface_normals": VECTOR},
        {"interface": {"embedding": VECTOR}},
        {"interface_vector": VECTOR},
        {"face_value": VECTOR},
        {"face_values_vector": VECTOR},
        {"typeface": {"vector": VECTOR}},
        {"font": {"face": {"features": VECTOR}}},
        {"mesh": {"faces": {"vectors": VECTOR}}},
        {"clock_face": {"vector": VECTOR}},
        {"face_landmarks": VECTOR},
        {"tls": {"fingerprint": VECTOR}},
        {"browser_fingerprint": PACKED},
        {"device_fingerprint_vector": VECTOR},
        {"fingerprint": VECTOR},
        {"molecule": {"fingerprint": {"vector": [0, 1] * 512}}},
        {"system_fingerprint": "fp_" + "0" * 200},
        {"ssh_key_fingerprint_code": PACKED},
        {"embedding": VECTOR},
        {"data": [{"embedding": PACKED, "index": 0}], "object": "list"},
        {"vectors": [{"id": "a", "values": VECTOR, "metadata": {"title": "x"}}]},
        {"voice": {"waveform": VECTOR}},
        {"voice": {"mel_spectrogram": [VECTOR] * 4}},
        {"speaker": {"samples": VECTOR}},
        {"voice": "alloy", "input": "x" * 500},
        {"input": list(range(1000))},
        {"tokens": {"face": VECTOR}},
        {"face_embedding": [0.1] * 63},
        {"face_embedding": ["a"] * 100},
        {"face_embedding": [*VECTOR[:200], "x"]},
        {"face_embedding": [1e9] * 128},
        {"face_embedding": [float("nan")] * 128},
        {"face_embedding": "not base64 at all, but rather a long sentence " * 9},
        {"face_embedding": b64encode(b"\xff" * 512).decode()},
        {"face": {"image": PACKED}},
        {"face_template": "<html>" + "a" * 300},
        {"bbox": VECTOR, "det_score": 0.5},
        {"logprobs": VECTOR, "speaker": "A"},
    ],
)
def test_other_numbers_are_nobodys(tree: object) -> None:
    assert _reasons(tree) == []


@pytest.mark.parametrize(
    "model", ["text-embedding-3-large", "bge-m3", "intfloat/e5-large", "nomic-embed-text", "clip"]
)
def test_replies_of_text_embeddings_are_let_be(model: str) -> None:
    tree = {"object": "list", "model": model, "data": [{"embedding": VECTOR, "index": 0}]}
    assert _reasons(tree, model=model, route="/v1/embeddings") == []
    named = {**tree, "face_embedding": VECTOR}
    assert _reasons(named, model=model, route="/v1/embeddings") == ["face vector by key"]


def test_a_passkeys_assertion_holds_no_biometrics() -> None:
    passkey = {"clientDataJSON": PACKED, "authenticatorData": PACKED, "signature": PACKED}
    assert _reasons({"fingerprint": {"template": passkey}}) == []
    assert _reasons({**passkey, "face_embedding": VECTOR}) == ["face vector by key"]


def test_vectors_are_told_in_the_order_of_the_document() -> None:
    tree = {
        "a": {"face_vector": VECTOR},
        "b": [{"voice_vector": VECTOR}],
        "c": {"iris_code": VECTOR},
    }
    assert [place for place, _ in find(tree)] == [
        ("a", "face_vector"),
        ("b", 0, "voice_vector"),
        ("c", "iris_code"),
    ]


@pytest.mark.no_cover
def test_a_tree_beyond_measure_is_refused() -> None:
    deep: object = "x"
    for _ in range(100):
        deep = [deep]
    with pytest.raises(Uninspectable, match="too_deep"):
        find(deep)
    with pytest.raises(Uninspectable, match="too_many_parts"):
        find(["x"] * 500_001)


def test_as_many_are_told_as_are_needed() -> None:
    assert len(find({"face_embeddings": [VECTOR] * 300})) == 256


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=200),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=20), inner),
)


@given(JSON)
def test_any_json_is_walked_without_an_error(tree: object) -> None:
    find({"face_embedding": tree})
