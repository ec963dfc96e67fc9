import pytest

from guardrail.disclose.marks import Layer, wrapped


def _wrapper(data: bytes) -> str:
    """Return a C2PATextManifestWrapper."""
    whole = b"C2PATXT\0\1" + len(data).to_bytes(4, "big") + data
    spelt = (chr(0xFE00 + one) if one < 16 else chr(0xE0100 + one - 16) for one in whole)
    return "\ufeff" + "".join(spelt)


@pytest.mark.parametrize("lead", ["", "Мәтін", "\ufeffa \ufeff b"])
def test_an_invisible_manifest_is_found(lead: str) -> None:
    (found,) = wrapped.read((lead + _wrapper(bytes(range(256)))).encode())
    assert (found.layer, found.technique, found.valid) == (Layer.SIGNED, "c2pa:text", None)


@pytest.mark.parametrize("cut", [1, 200])
def test_a_manifest_that_was_cut_is_found_and_isnt_valid(cut: int) -> None:
    assert [one.valid for one in wrapped.read(_wrapper(bytes(199))[:-cut].encode())] == [False]


def test_an_armoured_manifest_is_found() -> None:
    text = "-----BEGIN C2PA MANIFEST----- https://x/y -----END C2PA MANIFEST-----"
    assert [one.technique for one in wrapped.read(text.encode())] == ["c2pa:armoured"]


@pytest.mark.parametrize("text", ["", "\ufeff", "\ufeffabc", "❤️ \ufeff\ufe0f", "a" * 99])
def test_other_texts_hold_none(text: str) -> None:
    assert list(wrapped.read(text.encode())) == []
