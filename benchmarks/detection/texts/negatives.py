"""Texts without anything personal, near misses above all."""

from __future__ import annotations

import base64
import datetime as dt

from benchmarks.detection.texts import values
from benchmarks.detection.texts.drawing import Drawing
from benchmarks.detection.texts.fill import Fill, Text, fill, joined

LANGS = ("kk", "ru", "en")
LEVELS = ("INFO", "WARN", "ERROR", "DEBUG")


def moment(rng: Drawing) -> dt.datetime:
    start = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
    return start + dt.timedelta(milliseconds=rng.randint(0, 220_000_000_000))


def uuid(rng: Drawing) -> str:
    made = f"{rng.getrandbits(128):032x}"
    made = made[:12] + rng.choice("147") + made[13:16] + rng.choice("89ab") + made[17:]
    return "-".join((made[:8], made[8:12], made[12:16], made[16:20], made[20:]))


def _blob(rng: Drawing) -> str:
    return base64.b64encode(rng.randbytes(rng.randint(24, 240))).decode()


MADE: dict[str, values.Make] = {
    "iso": lambda rng: moment(rng).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    "stamp": lambda rng: moment(rng).strftime("%Y%m%d%H%M%S"),
    "stamp12": lambda rng: moment(rng).strftime("%y%m%d%H%M%S"),
    "epoch": lambda rng: str(int(moment(rng).timestamp())),
    "epochms": lambda rng: str(int(moment(rng).timestamp() * 1000)),
    "date": lambda rng: moment(rng).strftime(rng.choice(("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y"))),
    "time": lambda rng: moment(rng).strftime("%H:%M:%S"),
    "uuid": uuid,
    "blob": _blob,
    "level": lambda rng: rng.choice(LEVELS),
    "float": lambda rng: f"{rng.uniform(-180, 180):.{rng.randint(2, 9)}f}",
    "sum": lambda rng: f"{rng.randint(1_000_000, 900_000_000):,}.00".replace(",", " "),
    "money": lambda rng: f"{rng.randint(1, 900_000):,}.{rng.randint(0, 99):02}",
    "version": lambda rng: ".".join(str(rng.randint(0, 40)) for _ in range(rng.choice((3, 3, 4)))),
    "port": lambda rng: str(rng.randint(1024, 65_535)),
    "local": lambda rng: rng.choice(("127.0.0.1", "0.0.0.0", "localhost", "::1")),
}  # fmt: skip


def value(rng: Drawing, name: str) -> Text:
    return Text(MADE[name](rng)) if name in MADE else values.slot(rng, name, lang="en")


FILL: Fill = value


def clean(rng: Drawing, prose: str = "") -> Text:
    """Return a text in which nothing is to be found.

    Args:
        rng: decides.
        prose: a language, for one sentence in it only.
    """
    if prose:
        return fill(rng, rng.line(f"clean_{prose}.txt"), FILL)
    kind = rng.random()
    if kind < 0.42:
        lang = rng.choice(LANGS)
        return fill(rng, rng.line(f"clean_{lang}.txt"), FILL)
    if kind < 0.56:
        return _several(rng)
    return fill(rng, rng.choice(rng.blocks("clean_blocks.txt")), FILL)


def _several(rng: Drawing) -> Text:
    """Return a longer text, in one language or in all."""
    langs = rng.choice((LANGS, ("kk", "ru"), (rng.choice(LANGS),)))
    chosen = [rng.line(f"clean_{rng.choice(langs)}.txt") for _ in range(rng.randint(2, 7))]
    return joined([fill(rng, one, FILL) for one in chosen], rng.choice((" ", "\n")))
