from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from guardrail.disclose.visible.document import stamp
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

WORDS = "Жасанды интеллект жасаған\nСоздано искусственным интеллектом"


def document(*sizes: tuple[int, int], colour: str = "navy") -> bytes:
    pages = [Image.new("RGB", size, colour) for size in sizes]
    target = io.BytesIO()
    pages[0].save(target, "PDF", save_all=True, append_images=pages[1:])
    return target.getvalue()


def test_every_page_says_it_in_words_that_can_be_read_aloud() -> None:
    done = stamp(document((595, 842), (842, 595), (120, 90)), WORDS)
    assert (done.mime, done.words) == ("application/pdf", WORDS)
    for page in pypdfium2.PdfDocument(done.data):
        assert page.get_textpage().get_text_range().splitlines() == WORDS.splitlines()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_words_stand_upright_at_the_foot_of_what_is_shown(turn: int) -> None:
    source = pypdfium2.PdfDocument(document((600, 800)))
    source[0].set_rotation(turn)
    source[0].set_cropbox(100, 150, 500, 650)
    target = io.BytesIO()
    source.save(target)
    shown = pypdfium2.PdfDocument(stamp(target.getvalue(), WORDS).data)[0].render(scale=2)
    grey = np.asarray(shown.to_pil().convert("L"))
    rows, columns = np.nonzero(grey > 240)
    assert rows.min() > 0.85 * grey.shape[0]
    assert columns.max() - columns.min() > 5 * (rows.max() - rows.min())
    assert columns.min() < 0.1 * grey.shape[1]
    # Letters are dark on white.
    label = grey[rows.min() : rows.max(), columns.min() : columns.max()]
    assert label.min() < 60


def test_a_label_is_not_wider_than_the_page() -> None:
    done = stamp(document((80, 400)), WORDS)
    grey = np.asarray(pypdfium2.PdfDocument(done.data)[0].render(scale=4).to_pil().convert("L"))
    columns = np.nonzero(grey > 240)[1]
    assert columns.max() < grey.shape[1] - 2


def test_a_locked_document_is_not_touched() -> None:
    locked = document((100, 100)).replace(
        b"trailer\n<<",
        b"trailer\n<<\n/Encrypt <</Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"00" * 32
        + b"> /U <"
        + b"00" * 32
        + b">>> /ID [<00> <00>]",
    )
    assert b"/Encrypt" in locked
    with pytest.raises(Unlabelled) as caught:
        stamp(locked, WORDS)
    assert caught.value.reason in {"unreadable", "encrypted"}


@pytest.mark.parametrize(
    ("data", "words", "bounds", "reason"),
    [
        (b"", WORDS, Bounds(), "unreadable"),
        (b"%PDF-1.7\n", WORDS, Bounds(), "unreadable"),
        (document((90, 90), (90, 90)), WORDS, Bounds(pages=1), "too_many_pages"),
        (document((90, 90)), WORDS, Bounds(encoded_bytes=9), "too_large"),
        (document((90, 90)), " \n", Bounds(), "no_letters"),
        (document((90, 90)), "生成", Bounds(), "no_letters"),
    ],
)
def test_what_is_not_labelled_is_told(data: bytes, words: str, bounds: Bounds, reason: str) -> None:
    with pytest.raises(Unlabelled) as caught:
        stamp(data, words, bounds=bounds)
    assert caught.value.reason == reason


@pytest.mark.no_cover
def test_every_broken_document_is_a_verdict() -> None:
    data = document((60, 40))
    for at in range(0, len(data), 1 + len(data) // 60):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]):
            try:
                stamp(broken, WORDS)
            except Unlabelled as error:
                assert error.reason  # noqa: PT017
