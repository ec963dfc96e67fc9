"""Forms in parts are read exactly or refused, and an edit changes one part."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.errors import BadInput
from guardrail.facts import Edit, Place, Segment
from guardrail.wire.limits import LIMITS, Limits
from guardrail.wire.media_types import media_type
from guardrail.wire.multipart import MAX_PARTS, Multipart
from guardrail.wire.notation import Unread
from guardrail.wire.slots import places_of

FORM = Multipart(b"xyz")
IIN = "900101300017"


@dataclass(frozen=True)
class Part:
    name: str
    text: str
    filename: str = ""

    def bytes(self) -> bytes:
        head = f'Content-Disposition: form-data; name="{self.name}"'
        if self.filename:
            head += f'; filename="{self.filename}"\r\nContent-Type: text/plain; charset=utf-8'
        return f"--xyz\r\n{head}\r\n\r\n{self.text}\r\n".encode()

    def value(self) -> object:
        if not self.filename:
            return self.text
        return {"filename": self.filename, "data": self.text}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10).filter(
    lambda text: "--xyz" not in text and text.lstrip()[:1] not in {"{", "[", '"'}
)
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\%'),
    min_size=1,
    max_size=6,
)
PARTS = st.lists(st.builds(Part, NAMES, TEXTS, NAMES | st.just("")), min_size=1, max_size=5)


def _body(parts: Sequence[Part]) -> bytes:
    return b"".join(part.bytes() for part in parts) + b"--xyz--\r\n"


def _values(parts: Sequence[Part]) -> dict[str, object]:
    values: dict[str, list[object]] = {}
    for part in parts:
        values.setdefault(part.name, []).append(part.value())
    return {name: found if found[1:] else found[0] for name, found in values.items()}


@given(PARTS)
def test_every_form_reads_as_it_was_written(parts: list[Part]) -> None:
    assert FORM.read(_body(parts), LIMITS) == _values(parts)


@given(parts=PARTS, new=TEXTS, data=st.data())
def test_an_edit_changes_one_part_and_no_other_byte(
    parts: list[Part], new: str, data: st.DataObject
) -> None:
    body = _body(parts)
    at = data.draw(st.integers(0, len(parts) - 1))
    part = parts[at]
    place: Place = places_of([part.name for part in parts])[at]
    place = (*place, "data") if part.filename else place
    edit = Edit(segment=0, start=0, end=len(part.text), text=new)
    patched = FORM.patch(body, [Segment(place=place, text=part.text)], [edit])
    parts[at] = Part(part.name, new, part.filename)
    assert patched == _body(parts)
    assert FORM.patch(body, [], []) is body


@given(parts=PARTS, new=NAMES, data=st.data())
def test_a_file_name_changes_alone(parts: list[Part], new: str, data: st.DataObject) -> None:
    files = [at for at, part in enumerate(parts) if part.filename]
    if not files:
        return
    at = data.draw(st.sampled_from(files))
    part = parts[at]
    place = (*places_of([part.name for part in parts])[at], "filename")
    edit = Edit(segment=0, start=0, end=len(part.filename), text=new)
    patched = FORM.patch(_body(parts), [Segment(place=place, text=part.filename)], [edit])
    parts[at] = Part(part.name, part.text, new)
    assert patched == _body(parts)


@given(parts=PARTS, data=st.data())
def test_a_form_that_is_cut_off_is_refused(parts: list[Part], data: st.DataObject) -> None:
    body = _body(parts)
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    if cut == body[:-2]:
        assert FORM.read(cut, LIMITS) == _values(parts)
        return
    with pytest.raises(BadInput):
        FORM.read(cut, LIMITS)


@given(parts=PARTS, at=st.integers(0), byte=st.integers(0, 255), data=st.data())
def test_a_garbled_form_is_refused_or_read_as_others_read_it(
    parts: list[Part], at: int, byte: int, data: st.DataObject
) -> None:
    body = bytearray(_body(parts))
    at %= len(body)
    if data.draw(st.booleans()):
        body[at] = byte
    else:
        body.insert(at, byte)
    try:
        tree = FORM.read(bytes(body), LIMITS)
    except BadInput:
        return
    here, there = _flat(tree), sorted(_read_by_email(bytes(body)))
    assert [name for name, _ in here] == [name for name, _ in there]
    assert {field for field in here if field[1] is not None} <= set(there)


def _flat(tree: object) -> list[tuple[str, bytes | None]]:
    """Return a form's fields; nothing for the data of one that isn't text."""
    assert isinstance(tree, dict)
    fields = [
        (name, value)
        for name, values in tree.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    datas = [(name, value["data"] if isinstance(value, dict) else value) for name, value in fields]
    told = ((name, value.encode() if isinstance(value, str) else None) for name, value in datas)
    return sorted(told, key=lambda field: field[0])


def _read_by_email(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Read a form as the standard library does."""
    head = b"Content-Type: multipart/form-data; boundary=xyz\r\n\r\n"
    message = email.message_from_bytes(head + body, policy=email.policy.compat32)
    for part in message.get_payload():
        assert isinstance(part, Message)
        heads = {name.lower(): value for name, value in part.raw_items()}
        said = heads["content-disposition"].encode("utf-8", "surrogateescape").decode()
        [name] = re.findall(r'(?i); *\t*name="?([^"]*)"?', said)
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        yield name, data


@given(st.binary(max_size=80))
@example(b"--xyz--")
@example(b"--xyz\r\n--xyz--")
@example(b"--xyz\r\n\r\n\r\n--xyz--")
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        FORM.read(body, LIMITS)
    except BadInput as problem:
        assert problem.status in {400, 415}  # noqa: PT017 - both ends are fine


def _one(head: str, data: bytes = b"Hi") -> bytes:
    return b"--xyz\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n--xyz--\r\n"


NAMED = 'Content-Disposition: form-data; name="a"'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"preamble\r\n" + _one(NAMED),
        _one(NAMED) + b"epilogue",
        _one(NAMED).replace(b"\r\n", b"\n"),
        _one(NAMED, b"a --xyz b"),
        _one(NAMED, b"a\n--xyz\r\nb"),
        _one(NAMED, b"a\r\n--xyzw\r\nb"),
        _one(NAMED, b"a\r\n--xyz:\r\nb"),
        _one("Content-Disposition: form-data"),
        _one('Content-Disposition: attachment; name="a"'),
        _one(NAMED + '; name="b"'),
        _one(NAMED + '; size="5"'),
        _one(NAMED + "\r\n" + NAMED),
        _one(NAMED + '; filename="a\\"; name="b"'),
        _one(NAMED + ";\r\n filename=x"),
        _one(NAMED + "; filename*=koi8-r''x"),
        _one(NAMED + "\r\nContent-Type: multipart/mixed; boundary=b"),
        _one(NAMED + "\r\nContent-Type: text/plain, text/html"),
        _one(NAMED + "\r\nContent-Transfer-Encoding: base64"),
        _one(NAMED + "\r\nContent-Length: 3"),
        _one(NAMED + "\r\nX-A: " + "a" * 9000),
        _one(NAMED + "\r\nX 1: a"),
        _one(NAMED, b"\xff"),
        _one(NAMED + "\r\nContent-Type: text/plain; charset=utf-16"),
        _one('Content-Disposition: form-data; name="_charset_"', b"koi8-r"),
        _one(NAMED + '; filename="\xff"').replace("\xff".encode(), b"\xff"),
        b"--xyz\r\nContent-Disposition: form-data; name=a\r\n--xyz--\r\n",
    ],
)
def test_what_another_reader_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        FORM.read(body, LIMITS)


def test_too_many_parts_are_refused() -> None:
    parts = [Part("a", "b")] * (MAX_PARTS + 1)
    with pytest.raises(BadInput) as caught:
        FORM.read(_body(parts), LIMITS)
    assert caught.value.code == "too_many_values"


@pytest.mark.parametrize("said", ["", "; boundary=", "; boundary=ä", f"; boundary={'x' * 71}"])
def test_a_boundary_is_what_the_standard_allows(said: str) -> None:
    with pytest.raises(BadInput):
        Multipart.of(media_type(f"multipart/form-data{said}"))


@pytest.mark.parametrize(
    ("head", "data", "value"),
    [
        (NAMED, b"", ""),
        ("content-disposition:form-data ; NAME=a ;filename=b.txt", b"Hi",
         {"filename": "b.txt", "data": "Hi"}),
        (NAMED + '; filename="%D3%98 1.txt"', b"Hi", {"filename": "Ә 1.txt", "data": "Hi"}),
        (NAMED + "; filename=\"=?utf-8?B?05g=?=\"; filename*=utf-8''%D3%98", b"Hi",
         {"filename": "Ә", "filename_extended": "Ә", "data": "Hi"}),
        (NAMED + "; filename*=UTF-8'kk'%D3%98", b"", {"filename": "Ә", "data": ""}),
        (NAMED + '; filename="a"', b"\0\1", {"filename": "a", "data": Unread("file", b"\0\1")}),
        (NAMED + '; filename="a"\r\nContent-Type: image/png', b"\0",
         {"filename": "a", "data": Unread("image", b"\0")}),
        (NAMED + '; filename="a"\r\nContent-Type: application/json', b'{"b": [1]}',
         {"filename": "a", "data": {"b": [1]}}),
        (NAMED + '; filename="a"', b'{"b": 1}\n{"b": 2}', {"filename": "a",
         "data": [{"b": 1}, {"b": 2}]}),
        (NAMED + "\r\nContent-Type: application/json", b'{"b": 1}', {"b": 1}),
        (NAMED, b'{"b": 1}', '{"b": 1}'),
        (NAMED + "\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: 8BIT\r\n"
         "Content-Length: 2", b"Hi", "Hi"),
        (NAMED + "\r\nX-Who: Aigerim", b"Hi", {"headers": {"x-who": "Aigerim"}, "data": "Hi"}),
        (NAMED + "\r\nContent-Type: text/plain; name=Ai", b"Hi",
         {"headers": {"content-type": "text/plain; name=Ai"}, "data": "Hi"}),
        (f"{NAMED}\r\nContent-Type: text/x{IIN}", b"Hi",
         {"headers": {"content-type": f"text/x{IIN}"}, "data": "Hi"}),
    ],
)  # fmt: skip
def test_a_part_is_read_as_its_head_says(head: str, data: bytes, value: object) -> None:
    assert FORM.read(_one(head, data), LIMITS) == {"a": value}


def test_limits_hold_for_documents_in_parts() -> None:
    body = _one(NAMED + "\r\nContent-Type: application/json", b"[1, 2, 3]")
    with pytest.raises(BadInput) as caught:
        FORM.read(body, Limits(values=3))
    assert caught.value.code == "too_many_values"


def test_a_head_is_edited_as_it_is_spelt() -> None:
    head = (
        f'Content-Disposition: form-data; name={IIN}; filename="Ә%20{IIN}.txt"; '
        f"filename*=utf-8''%D3%98%20{IIN}\r\nX-Who: {IIN}\r\nContent-Length: 2"
    )
    body = _one(head)
    texts = {
        ("filename",): f"Ә {IIN}.txt",
        ("filename_extended",): f"Ә {IIN}",
        ("headers", "x-who"): IIN,
        ("data",): "Hi",
    }
    assert FORM.read(body, LIMITS) == {
        IIN: {
            "filename": texts["filename",],
            "filename_extended": texts["filename_extended",],
            "headers": {"x-who": IIN},
            "data": "Hi",
        }
    }
    segments = [Segment(place=(IIN,), text=IIN, key=True)]
    segments += [Segment(place=(IIN, *below), text=text) for below, text in texts.items()]
    edits = [
        Edit(
            segment=index, start=segment.text.find(IIN), end=segment.text.find(IIN) + 12, text="<1>"
        )
        for index, segment in enumerate(segments[:-1])
    ]
    edits.append(Edit(segment=4, start=0, end=2, text="Сәлем"))
    assert FORM.patch(body, segments, edits) == _one(
        'Content-Disposition: form-data; name="<1>"; filename="Ә <1>.txt"; '
        "filename*=utf-8''%D3%98%20%3C1%3E\r\nX-Who: <1>\r\nContent-Length: 10",
        "Сәлем".encode(),
    )


def test_a_document_in_a_part_is_patched_inside() -> None:
    lines = b'{ "iin" : 900101300017 }\n{"a":"\\u0410"}'
    body = _one(NAMED + '; filename="x.jsonl"', lines)
    segments = [Segment(place=("a", "data", 0, "iin"), text=IIN)]
    patched = FORM.patch(body, segments, [Edit(segment=0, start=0, end=12, text="<1>")])
    assert patched == body.replace(IIN.encode(), b'"<1>"')


@pytest.mark.parametrize("new", ["--xyz", "a\r\n--xyz--"])
def test_an_edit_never_divides_a_part(new: str) -> None:
    edit = Edit(segment=0, start=0, end=2, text=new)
    with pytest.raises(ValueError, match="divide"):
        FORM.patch(_one(NAMED), [Segment(place=("a",), text="Hi")], [edit])


def test_an_edit_that_leads_nowhere_is_never_passed_over() -> None:
    edit = Edit(segment=0, start=0, end=0, text="x")
    for place in (("b",), ("a", "filename"), ("a", 0)):
        with pytest.raises(ValueError, match="edit"):
            FORM.patch(_one(NAMED), [Segment(place=place, text="")], [edit])


def test_what_a_well_known_client_sends_is_read() -> None:
    request = httpx.Request(
        "POST",
        "http://guard/",
        data={"a": "Сәлем", "b": ["1", "2"]},
        files={"f": ('Ә "1".txt', "Ә".encode()), "g": ("a.png", b"\x89PNG\0")},
    )
    body = request.read()
    notation = Multipart.of(media_type(request.headers["content-type"]))
    assert notation.read(body, LIMITS) == {
        "a": "Сәлем",
        "b": ["1", "2"],
        "f": {"filename": 'Ә "1".txt', "data": "Ә"},
        "g": {"filename": "a.png", "data": Unread("image", b"\x89PNG\0")},
    }
