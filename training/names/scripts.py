"""Other spellings of a text, with the map of its offsets: letters folded, Latin, transliterated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Table = Mapping[str, str]


def _table(pairs: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for pair in pairs.split():
        source, _, target = pair.partition("=")
        made[source] = target
        made[source.upper()] = target[:1].upper() + target[1:]
    return made


FOLDED: Table = MappingProxyType(_table("ә=а ғ=г қ=к ң=н ө=о ұ=у ү=у һ=х і=и"))  # noqa: RUF001 - Kazakh
"""Kazakh letters as people type them on a Russian keyboard."""

_RUSSIAN = (
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f "
    "х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya"
)
_KAZAKH = "ә=a ғ=g қ=k ң=n ө=o ұ=u ү=u һ=h і=i"  # noqa: RUF001 - Kazakh

PASSPORT: Table = MappingProxyType(
    _table(f"{_RUSSIAN} {_KAZAKH} й=i ъ=ie ю=iu я=ia ц=ts ы=y х=kh э=e")
)
"""Doc 9303 of the ICAO for Russian, with the letters of Kazakh passports."""

EVERYDAY: Table = MappingProxyType(_table(f"{_RUSSIAN} {_KAZAKH}"))
"""The usual English spelling: Yuliya, Zhanar."""

CHAT: Table = MappingProxyType(
    _table(f"{_RUSSIAN} {_KAZAKH} ж=j х=h ш=sh щ=sh ц=c ю=u я=ia й=i ы=i ь=' ё=yo")
)
CHAT_DIGITS: Table = MappingProxyType(
    _table(f"{_RUSSIAN} {_KAZAKH} ж=j х=x ш=w щ=w ч=4 ц=c ю=yu я=ya й=y ё=e қ=q ң=n")
)

ACUTE: Table = MappingProxyType(
    _table(
        f"{_RUSSIAN} ә=á ғ=ǵ қ=q ң=ń ө=ó ұ=u ү=ú һ=h і=i и=ı й=ı у=ý ы=y ж=j х=h ш=sh ч=ch "  # noqa: RUF001 - Kazakh
        "ю=ıý я=ıa ц=ts щ=sh ё=ıo"  # noqa: RUF001 - Kazakh
    )
)
"""The Kazakh Latin of decree 637 of 19.02.2018."""

YEAR_2021: Table = MappingProxyType(
    _table(
        f"{_RUSSIAN} ә=ä ғ=ğ қ=q ң=ñ ө=ö ұ=ū ү=ü һ=h і=i и=i й=i у=u ы=y ж=j х=h ш=ş ч=tş "  # noqa: RUF001 - Kazakh
        "ю=iu я=ia ц=ts щ=ş ё=io"
    )
)
"""The Kazakh Latin of the 2021 proposal."""


def convert(text: str, table: Table) -> tuple[str, tuple[int, ...]]:
    """Rewrites a text letter by letter.

    Returns:
        The new text, and for each offset of the old one (its end included) the new offset.
    """
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for index, letter in enumerate(text):
        offsets.append(position)
        piece = table.get(letter, letter)
        if len(piece) > 1 and letter.isupper() and _among_capitals(text, index):
            piece = piece.upper()
        pieces.append(piece)
        position += len(piece)
    offsets.append(position)
    return "".join(pieces), tuple(offsets)


def _among_capitals(text: str, index: int) -> bool:
    neighbour = text[index + 1 : index + 2] or text[max(index - 1, 0) : index]
    return neighbour.isupper()


def lowered(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in lower case, letter by letter, so that offsets are known."""
    return convert(text, {letter: letter.lower() for letter in set(text)})


def uppered(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in capitals, letter by letter, so that offsets are known."""
    return convert(text, {letter: letter.upper() for letter in set(text)})


def spell(text: str, table: Table) -> str:
    """The rewritten text alone."""
    return convert(text, table)[0]
