"""What happens to pictures on their way."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import sqrt

import numpy as np
from PIL import Image

Change = Callable[[Image.Image], Image.Image]


def jpeg(quality: int) -> Change:
    """Compress."""

    def done(image: Image.Image) -> Image.Image:
        target = io.BytesIO()
        image.save(target, "JPEG", quality=quality)
        return Image.open(target).convert("RGB")

    return done


def scale(by: float) -> Change:
    """Make larger or smaller."""

    def done(image: Image.Image) -> Image.Image:
        size = max(1, round(image.width * by)), max(1, round(image.height * by))
        return image.resize(size, Image.Resampling.LANCZOS)

    return done


def crop(share: float) -> Change:
    """Cut a share of the area away, more on one side than on the other."""

    def done(image: Image.Image) -> Image.Image:
        keep = sqrt(1 - share)
        width, height = int(image.width * keep), int(image.height * keep)
        left, top = (image.width - width) * 5 // 7, (image.height - height) * 2 // 7
        return image.crop((left, top, left + width, top + height))

    return done


def noise(deviation: float) -> Change:
    """Add noise."""

    def done(image: Image.Image) -> Image.Image:
        rng = np.random.default_rng(1)
        loud = rng.normal(0, deviation, (image.height, image.width, 3))
        return Image.fromarray(np.clip(np.asarray(image) + loud, 0, 255).astype(np.uint8))

    return done


def light(times: float) -> Change:
    """Make brighter or darker."""
    return lambda image: image.point([min(255, int(one * times)) for one in range(256)] * 3)


def both(*changes: Change) -> Change:
    """Do one after the other."""

    def done(image: Image.Image) -> Image.Image:
        for change in changes:
            image = change(image)
        return image

    return done


CHANGES: dict[str, Change] = {
    "nothing": both(),
    **{f"jpeg {one}": jpeg(one) for one in (90, 70, 50, 30)},
    **{f"resize {one:.0%}": scale(one) for one in (0.5, 0.6, 0.75, 0.9, 1.1, 1.25, 1.5)},
    **{f"crop {one:.0%}": crop(one) for one in (0.1, 0.25, 0.5)},
    "crop 50%, jpeg 50": both(crop(0.5), jpeg(50)),
    "screenshot": both(scale(0.83), crop(0.08)),
    "screenshot, jpeg 80": both(scale(0.83), crop(0.08), jpeg(80)),
    "resize 50%, jpeg 70": both(scale(0.5), jpeg(70)),
    "noise 5": noise(5),
    "noise 10": noise(10),
    "brightness +20%": light(1.2),
    "brightness -20%": light(0.8),
    "mirror": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "turned by 2 degrees": lambda image: image.rotate(2),
}
"""Of each: the last two aren't survived, by design."""
