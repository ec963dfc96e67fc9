from __future__ import annotations

import pytest

from guardrail.detect.media.containers.names import named


@pytest.mark.parametrize(
    "name",
    [
        "word/media/image12.jpeg",
        "ppt/media/media1.mp4",
        "xl/embeddings/oleObject3.bin",
        "docProps/thumbnail.jpeg",
    ],
)
def test_a_formats_own_names_are_told(name: str) -> None:
    assert named(name, 3) == name


@pytest.mark.parametrize(
    "name",
    [
        "photo.jpg",
        "word/media/Aigul.png",
        "../word/media/image1.png",
        "word/media/image1.png\n",
        "",
    ],
)
def test_names_that_people_give_are_numbers(name: str) -> None:
    assert named(name, 3) == "entry 3"
