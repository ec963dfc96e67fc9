"""Tables of AAC: where bands end, and the two codes that are written (ISO/IEC 14496-3, 4.5.4, 4.A).

Both codes are complete: no word begins another, and there is no room for more.
"""

from __future__ import annotations

_BANDS = {
    (0, 1): """
    4 8 12 16 20 24 28 32 36 40 44 48 52 56 64 72 80 88 96 108 120 132 144 156 172 188 212 240
    276 320 384 448 512 576 640 704 768 832 896 960 1024""",
    (2,): """
    4 8 12 16 20 24 28 32 36 40 44 48 52 56 64 72 80 88 100 112 124 140 156 172 192 216 240 268
    304 344 384 424 464 504 544 584 624 664 704 744 784 824 864 904 944 984 1024""",
    (3, 4): """
    4 8 12 16 20 24 28 32 36 40 48 56 64 72 80 88 96 108 120 132 144 160 176 196 216 240 264 292
    320 352 384 416 448 480 512 544 576 608 640 672 704 736 768 800 832 864 896 928 1024""",
    (5,): """
    4 8 12 16 20 24 28 32 36 40 48 56 64 72 80 88 96 108 120 132 144 160 176 196 216 240 264 292
    320 352 384 416 448 480 512 544 576 608 640 672 704 736 768 800 832 864 896 928 960 992 1024""",
    (6, 7): """
    4 8 12 16 20 24 28 32 36 40 44 52 60 68 76 84 92 100 108 116 124 136 148 160 172 188 204 220
    240 260 284 308 336 364 396 432 468 508 552 600 652 704 768 832 896 960 1024""",
    (8, 9, 10): """
    8 16 24 32 40 48 56 64 72 80 88 100 112 124 136 148 160 172 184 196 212 228 244 260 280 300
    320 344 368 396 424 456 492 532 572 616 664 716 772 832 896 960 1024""",
    (11, 12): """
    12 24 36 48 60 72 84 96 108 120 132 144 156 172 188 204 220 236 252 268 288 308 328 348 372
    396 420 448 476 508 544 580 620 664 712 764 820 880 944 1024""",
}
"""Indices of rates → the first coefficient behind each band of a long window."""

_PAIRS = """
    5:e 4:5 5:10 6:30 7:6f 8:f1 9:1fa 10:3fe 4:3 3:0 4:4 5:12 6:2c 7:6a 7:75 8:f8 5:f
    4:2 4:6 5:14 6:2e 7:69 7:72 8:f5 6:2f 5:11 5:13 6:2a 6:32 7:6c 8:ec 8:fa 7:71 6:2b
    6:2d 6:31 7:6d 7:70 8:f2 9:1f9 8:ef 7:68 6:33 7:6b 7:6e 8:ee 8:f9 10:3fc 9:1f8 7:74
    7:73 8:ed 8:f0 8:f6 9:1f6 9:1fd 10:3fd 8:f3 8:f4 8:f7 9:1f7 9:1fb 9:1fc 10:3ff
"""
"""Codebook 8: words for pairs of numbers from 0 to 7, each with its bits, in hex."""

_STEPS = """
    18:3ffe8 18:3ffe6 18:3ffe7 18:3ffe5 19:7fff5 19:7fff1 19:7ffed 19:7fff6 19:7ffee
    19:7ffef 19:7fff0 19:7fffc 19:7fffd 19:7ffff 19:7fffe 19:7fff7 19:7fff8 19:7fffb
    19:7fff9 18:3ffe4 19:7fffa 18:3ffe3 17:1ffef 17:1fff0 16:fff5 17:1ffee 16:fff2
    16:fff3 16:fff4 16:fff1 15:7ff6 15:7ff7 14:3ff9 14:3ff5 14:3ff7 14:3ff3 14:3ff6
    14:3ff2 13:1ff7 13:1ff5 12:ff9 12:ff7 12:ff6 11:7f9 12:ff4 11:7f8 10:3f9 10:3f7
    10:3f5 9:1f8 9:1f7 8:fa 8:f8 8:f6 7:79 6:3a 6:38 5:1a 4:b 3:4 1:0 4:a 4:c 5:1b 6:39
    6:3b 7:78 7:7a 8:f7 8:f9 9:1f6 9:1f9 10:3f4 10:3f6 10:3f8 11:7f5 11:7f4 11:7f6
    11:7f7 12:ff5 12:ff8 13:1ff4 13:1ff6 13:1ff8 14:3ff8 14:3ff4 16:fff0 15:7ff4 16:fff6
    15:7ff5 18:3ffe2 19:7ffd9 19:7ffda 19:7ffdb 19:7ffdc 19:7ffdd 19:7ffde 19:7ffd8
    19:7ffd2 19:7ffd3 19:7ffd4 19:7ffd5 19:7ffd6 19:7fff2 19:7ffdf 19:7ffe7 19:7ffe8
    19:7ffe9 19:7ffea 19:7ffeb 19:7ffe6 19:7ffe0 19:7ffe1 19:7ffe2 19:7ffe3 19:7ffe4
    19:7ffe5 19:7ffd7 19:7ffec 19:7fff4 19:7fff3
"""
"""The code for differences of scale factors, from -60 to 60."""


def bands(rate: int) -> tuple[int, ...]:
    """Return where the bands of a long window begin, and where the last one ends.

    Args:
        rate: the index of the sampling rate.
    """
    listed = next(words for rates, words in _BANDS.items() if rate in rates)
    return (0, *map(int, listed.split()))


def _code(words: str) -> tuple[str, ...]:
    parts = (word.partition(":") for word in words.split())
    return tuple(f"{int(word, 16):0{width}b}" for width, _, word in parts)


LARGEST = 7
"""Of the numbers that `PAIRS` has words for."""
PAIRS = _code(_PAIRS)
"""Words in zeroes and ones: that of a pair is at eight times the first number and the second."""
FARTHEST = 60
STEPS = _code(_STEPS)
"""That of a difference is at the difference and `FARTHEST`."""
