"""Media in the midst of text: in a tool's result, in JSON that stands in a string, in Markdown.

Only what surely is one counts: its first bytes say so, in base64 or in hexadecimal digits. A key, a
hash or a token of random bytes is no medium.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.medium import Kind
from guardrail.detect.media.payload import from_base64, spelt_as
from guardrail.detect.media.sniff import sniff
from guardrail.detect.media.templates import find

SHORTEST = 60
"""Characters: no template or picture has fewer."""

_ESCAPE = r"\\{1,8}/|\\{1,8}u002[bBfF]|%2[BbFf]"
"""How JSON in strings, and addresses, spell ``/`` and ``+``."""
_CHARACTER = rf"(?:[A-Za-z0-9+/_-]|{_ESCAPE})"
_CHARACTERS = rf"(?:[A-Za-z0-9+/_-]++|{_ESCAPE})++"
_PADDING = r"(?:={1,2}|(?:%3[Dd]){1,2}|(?:\\{1,8}u003[dD]){1,2})?+"
_RUN = re.compile(rf"(?<![A-Za-z0-9+/_-])(?={_CHARACTER}{{{SHORTEST}}})({_CHARACTERS})({_PADDING})")
"""One line of base64 of either alphabet, with the escapes that it may have."""
_LONGEST_LINE = 256
_NEXT_LINE = re.compile(
    r"(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n)[ \t]{0,32}"
    rf"({_CHARACTER}{{1,{_LONGEST_LINE + 1}}}+)({_PADDING})"
)
_LINE_ENDS = re.compile(r"[ \t]*(?:\Z|[\r\n\"'`<>)\]},;|\\])")
_ESCAPED_BREAK = re.compile(r"(?:\\+r)?\\+n[ \t]*")
_BREAK = re.compile(rf"\r?\n[ \t]*|{_ESCAPED_BREAK.pattern}")
_ESCAPED = re.compile(r"\\+(?:/|u00(2[bBfF]|3[dD]))")
_JUNK = re.compile(
    r"(?<=\\)(?:[nrt]|u[0-9A-Fa-f]{4})|(?<=%)[0-9A-Fa-f]{2}|0?[xX](?=[0-9A-Fa-f]{58})"
)
"""What stands before a run and is no part of it: the rest of an escape, the mark of digits."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})++\Z")
_SPECIAL = re.compile(r"[+/%_-]")
_OTHER_ALPHABET = {False: re.compile(r"[-_]"), True: re.compile(r"\\*[+/]|%2[bBfF]")}
_BEGINNINGS = re.compile(
    r"[/_]9j[/_][0-9A-Za-z+/_-]|iVBORw0KGgo|R0lGOD[dl]h|UklGR|AAAADGpQICA|AAAADEpYTCA|[/_]0[/_][/_]U"
    r"|SUkqA|TU0AK|[/_]6D[/_]|JVBERi|UEsDB|T2dnUw|ZkxhQw|SUQz[AB]|GkXfo|0M8R4|k05VTVBZ|OEJQU"
    r"|AAAA[A-Za-z0-9+/_-]{2}Z0eX|(?:Rk1S|RklS|RkFD|SUlS)A"
)
"""How media begin in base64: for those that something else stands right before."""
_MOST_BEGINNINGS = 16
_PERCENT_URL = re.compile(
    r"data:(?:image|audio|video|application)/[^,\s\"']{1,128},((?:[!$-ce-~]|d(?!ata:))++)"
)
"""An address ends where another begins."""
_HEAD_CHARS = 128
_SHORTEST_TEMPLATE = 65
"""Bytes: more than hashes and signatures have, which aren't worth a search."""

_SURE = (
    b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"RIFF", b"\0\0\0\x0cjP  ",
    b"\xff\x4f\xff\x51", b"II*\0", b"MM\0*", b"\xff\xa0\xff", b"%PDF-", b"PK\x03\x04", b"OggS\0",
    b"fLaC\0", b"ID3\x02", b"ID3\x03", b"ID3\x04", b"\x1aE\xdf\xa3", b"#!AMR", b"caff\0",
    b"\xd0\xcf\x11\xe0", b"\x93NUMPY", b"8BPS\0", b"\0\0\0\x0cJXL ",
)  # fmt: skip
"""How files of media begin that nothing else begins like."""
_NEARLY = frozenset({"image/bmp", "audio/mpeg", "audio/aac"})
"""Media that two bytes begin; what follows must fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A medium in a text: where it stands, in code points, and its bytes."""

    start: int
    end: int
    data: bytes


def hidden_in(text: str) -> Iterator[Hidden]:
    """Yield the media that stand in a text, in its order."""
    if len(text) < SHORTEST or max(map(len, text.split()), default=0) < SHORTEST:
        return  # no word of it is long enough, which nearly always settles it
    urls = [*in_addresses(text)]
    at = 0
    while run := _RUN.search(text, at):
        at = _end_of_lines(text, run)
        while urls and urls[0].end <= run.start():
            yield urls.pop(0)
        if urls and urls[0].start < at:
            # It begins in the run, or the run in it.
            yield from _in_run(text, run.start(), urls[0].start)
            at = urls[0].end
        else:
            yield from _in_run(text, run.start(), at)
    yield from urls


def respelt_in(run: str, data: bytes) -> str:
    """Return what stands for `data` in the way of `run`, the text of something `Hidden`."""
    if _PERCENT_URL.match(run):
        return f"{run[: run.index(',')]};base64,{spelt_as('', data)}"
    if _HEX.match(_BREAK.sub("", run)):
        return data.hex().upper() if run.upper() == run else data.hex()
    spelt = spelt_as(_unescaped(_ESCAPED_BREAK.sub("", run)), data)
    slash = re.search(r"\\+/", run)
    return spelt.replace("/", slash[0]) if slash else spelt


def in_addresses(text: str) -> Iterator[Hidden]:
    """Yield the media that stand in percent codes in data URLs (RFC 2397)."""
    for url in _PERCENT_URL.finditer(text) if "%" in text else ():
        if url.end() - url.start() < SHORTEST or "%" not in url[1]:
            continue  # whatever else the text holds
        data = unquote_to_bytes(url[1].encode("utf-8", "surrogatepass"))
        if begins_medium(data):
            yield Hidden(start=url.start(), end=url.end(), data=data)


def _end_of_lines(text: str, run: re.Match[str]) -> int:
    """Return the end of base64 in lines: all are as long as the first, but for the last."""
    junk, end = _JUNK.match(text, run.start()), run.end()
    width = len(run[1]) - (len(junk[0]) if junk else 0)
    if run[2] or width > _LONGEST_LINE:
        return end
    while following := _NEXT_LINE.match(text, end):
        size = len(following[1])
        if size > width or (size < width and not _is_last(text, following)):
            break
        if _BEGINNINGS.match(text, following.start(1)):
            break  # one medium a line
        end = following.end()
        if size < width or following[2]:
            break
    return end


def _is_last(text: str, line: re.Match[str]) -> bool:
    """Tell whether a shorter line ends base64. Else it is a word of the text that goes on."""
    if line[2]:
        return True
    whole = len(line[1]) % 4 == 0 or any(character in "0123456789+/-_" for character in line[1])
    return whole and bool(_LINE_ENDS.match(text, line.end()))


def _in_run(text: str, start: int, end: int) -> Iterator[Hidden]:
    junk = _JUNK.match(text, start)
    at: int | None = junk.end() if junk else start
    while at is not None and end - at >= SHORTEST:
        found = _first(text, at, end)
        if found is not None:
            yield found
        at = found.end if found else None


def _first(text: str, start: int, end: int) -> Hidden | None:
    """Return the first medium between two places of a run."""
    stop, data = _read(text, start, end)
    if data and _is_sure(data):
        return Hidden(start=start, end=stop, data=data)
    for beginning, _ in zip(
        _BEGINNINGS.finditer(text, start + 1, end), range(_MOST_BEGINNINGS), strict=False
    ):
        at = beginning.start()
        stop, data = _read(text, at, end)
        if stop - at >= SHORTEST and data and _is_sure(data) and _goes_on(data):
            return Hidden(start=at, end=stop, data=data)
    return None


def _read(text: str, start: int, end: int) -> tuple[int, bytes]:
    """Return what letters and digits stand for, and their end; no bytes where it is no medium."""
    head = _bytes_of(text[start : min(end, start + _HEAD_CHARS)])
    if not _is_likely(head):
        return end, b""
    run = _one_alphabet(text[start:end])
    return start + len(run), _bytes_of(run)


def _bytes_of(run: str) -> bytes:
    plain = _BREAK.sub("", run)
    if _HEX.match(plain):
        return bytes.fromhex(plain)
    try:
        return from_base64(_one_alphabet(_unescaped(plain)))
    except Uninspectable:
        return b""


def _unescaped(run: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "/", run)


def _one_alphabet(run: str) -> str:
    """Return base64 up to where another alphabet begins, which is no part of it."""
    special = _SPECIAL.search(run)
    if special is None:
        return run
    other = _OTHER_ALPHABET[special[0] in "-_"].search(run)
    return run[: other.start()] if other else run


def _is_likely(head: bytes) -> bool:
    """Tell from its first bytes whether something could be a medium."""
    begins = begins_medium(head) or head.startswith((b"<", b"1.0"))
    return begins or not head[:48].isascii() or b"\0" in head


def _goes_on(data: bytes) -> bool:
    """Tell whether what follows the first bytes fits them: in random bytes they come by chance."""
    if data[:1] == b"\xff" and data[1:2] != b"\x4f":
        length = int.from_bytes(data[4:6], "big")  # of the first segment of a JPEG or WSQ
        return data[4 + length : 5 + length] == b"\xff"
    return sniff(data).kind is not Kind.UNKNOWN


def begins_medium(data: bytes) -> bool:
    """Tell whether bytes begin as files of media do, and nothing else."""
    return data.startswith(_SURE) or data[4:8] == b"ftyp"


def _is_sure(data: bytes) -> bool:
    if begins_medium(data) or (data[:1] in {b"B", b"\xff"} and sniff(data).mime in _NEARLY):
        return True
    if len(data) < _SHORTEST_TEMPLATE:
        return False
    try:
        return bool(find(data))
    except Uninspectable:
        return True  # full of their marks: whoever looks into it says so
