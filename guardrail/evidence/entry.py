"""What a record of evidence may say: schema version 1.

A record holds kinds, counts, ids, and keyed digests, never a personal value; so every field has a
form that free text doesn't fit. A field that isn't in `FIELDS` must be called ``x_…``. Texts that a
caller chose (the model's name) fit the form of a token and still may be personal: who makes an
entry looks at them first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType

from guardrail.errors import EvidenceError, nearest
from guardrail.evidence.canonical import (
    INTEGER_LIMIT,
    RECORD_LIMIT,
    Plain,
    Value,
    composed,
    named,
    read,
    written,
)
from guardrail.evidence.template import JSON_PLACE, TEXT_PLACE, template
from guardrail.facts import Action, Consent, Direction

SCHEMA_VERSION = 1
OTHER = "other"
"""What totals say of what a newer version wrote, where this one doesn't know the word for it."""

COMMON_BYTES = 1024
"""Room kept in a record for the fields that the log adds; with the longest ids they take 500."""


class EntryKind(StrEnum):
    """What a record is about; the field ``t``."""

    WRITER_START = "writer.start"
    WRITER_BEAT = "writer.beat"
    WRITER_STOP = "writer.stop"
    LOG_OPEN = "log.open"
    LOG_SEAL = "log.seal"
    LOG_ANCHOR = "log.anchor"
    KEY_ROTATE = "key.rotate"
    REQUEST = "request"
    REPLY = "reply"
    STREAM_OPEN = "stream.open"
    STREAM_FINDING = "stream.finding"
    STREAM_CLOSE = "stream.close"
    ERROR = "error"
    UNEXAMINED = "unexamined"
    CONSENT = "consent"
    POLICY_LOAD = "policy.load"
    AUTHORSHIP = "authorship"
    INCIDENT = "incident"
    ERASURE = "erasure"
    HOLD = "hold"
    EXPORT = "export"
    PROBE = "probe"


Check = Callable[[Plain], bool]

_COUNT_LIMIT = 256
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")


def _form(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _one_of(values: type[StrEnum]) -> Check:
    known = frozenset(str(value) for value in values)
    return lambda value: isinstance(value, str) and value in known


def _or_other(check: Check) -> Check:
    return lambda value: value == OTHER or check(value)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _record(**checks: Check) -> Check:
    return lambda value: (
        isinstance(value, dict) and all(key in checks and checks[key](value[key]) for key in value)
    )


def _count(value: Plain) -> bool:
    return type(value) is int and 0 <= value <= INTEGER_LIMIT  # a bool is an int, but no count


def _counts(value: Plain) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= _COUNT_LIMIT
        and all(named(key) and _count(item) for key, item in value.items())
    )


def _citation(value: Plain) -> bool:
    return isinstance(value, str) and _PRINTABLE.fullmatch(value) is not None and composed(value)


def _flag(value: Plain) -> bool:
    return isinstance(value, bool)


def _standings(value: Plain) -> bool:
    return _counts(value) and isinstance(value, dict) and all(map(_consent, value))


_WORD = r"(?:[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,159})?"
_KEYED_DIGEST, _TRACE = r"[0-9a-f]{64}", r"[0-9a-f]{32}"
_PSEUDONYM = r"p:[0-9]{4}h[12]:[0-9a-f]{32}"

token = _form(_WORD)
route = _form(r"/[A-Za-z0-9._~:@!$&'()*+,;={}/%-]{0,255}")
digest = _form(r"(?:sha256:)?[0-9a-f]{8,128}")
keyed_digest = _form(_KEYED_DIGEST)
leaf = _form(r"(?:[0-9a-f]{64})?")
vkey = _form(r"[^\s+\x00-\x1f\x7f]{1,256}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,3000}={0,2}")
author = _form(r"[pk]:[0-9]{4}h[12]:[0-9a-f]{32}")
pseudonym = _form(_PSEUDONYM)
action = _one_of(Action)
_consent = _one_of(Consent)

FIELDS: Mapping[str, Check] = MappingProxyType({
    "act": action,
    "anchor": token,
    "author": author,
    "blob": _record(id=token, commit=keyed_digest),
    "bytes": _count,
    "card": digest,
    "code": token,
    "commits": _record(prompt=keyed_digest, request=keyed_digest, output=keyed_digest),
    "corrected": _count,
    "count": _count,
    "created": _count,
    "dec": token,
    "det": digest,
    "dir": _one_of(Direction),
    "disclosed": token,
    "duties": _list_of(token),
    "entities": _counts,
    "epoch": token,
    "events": _count,
    "exempt": token,
    "findings": _count,
    "forced": _count,
    "heads": _list_of(_record(w=token, n=_count, leaf=leaf)),
    "hits": _list_of(
        _record(rule=token, article=_citation, action=action, entities=_counts, pack=token,
                notice=token)
    ),
    "in": keyed_digest,
    "label": token,
    "lang": token,
    "lat_us": _count,
    "late": _count,
    "layers": _counts,
    "marks": _counts,
    "media": _counts,
    "mode": token,
    "model": token,
    "more": _flag,
    "notices": _list_of(token),
    "op": token,
    "opaque": _counts,
    "ok": _flag,
    "origin": token,
    "out": keyed_digest,
    "parent": token,
    "pol": _list_of(_record(id=token, ver=token, dig=digest)),
    "purposes": _list_of(token),
    "reason": token,
    "recipients": _list_of(token),
    "record": token,
    "root": keyed_digest,
    "route": route,
    "since": _count,
    "size": _count,
    "spec": digest,
    "standings": _standings,
    "state": token,
    "status": _count,
    "sub": pseudonym,
    "synthetic": _flag,
    "totals": _record(
        records=_counts,
        decisions=_list_of(
            _record(
                dir=_or_other(_one_of(Direction)), rule=token, action=_or_other(action),
                count=_count,
            )
        ),
    ),
    "trace": _form(_TRACE),
    "unmarked": _counts,
    "until": _count,
    "use": digest,
    "vkey": vkey,
    "wire": token,
})  # fmt: skip
"""Every field an entry may have, and the form of its value.

``act``: the strictest action; ``anchor``: what kind of anchor; ``author``: of a prompt: a person's
pseudonym (``p:``) or the keyed digest of a caller's key (``k:``), both of a half-year;
``blob``: encrypted details kept beside the log, and the commitment to them;
``bytes``, ``events``: size of what passed; ``card``: the digest of what people are told of the
system (``/.well-known/ai-transparency.json``); ``code``: of an error; ``count``: of what an entry
is about;
``commits``: HMAC-SHA256 of a registered prompt, its request and its reply, under a salt that its
author alone has; ``created``: Unix seconds;
``corrected``: how many texts claimed to come from a human being;
``dec``: the decision as the caller was told; ``det``: the detectors' digest;
``exempt``: why the law wants no label in the reply itself;
``disclosed``: where the notice that an AI answers stood (``text``, ``page``, ``header``, or
``none`` for nowhere, though it was due), ``lang``: in which languages, as ``kk+ru``, ``notices``:
which ones;
``dir``: which way;
``entities``: counts by kind; ``epoch``: half-year of the keys of pseudonyms;
``forced``: how often the hold-back's bound was reached; ``heads``: how far each writer has come:
``n`` entries, the last with this leaf hash; ``in``, ``out``: HMAC-SHA256 of the bodies;
``lat_us``: microseconds; ``late``: how often text had waited for as long as it may;
``layers``: how many media of a reply got which layer of their label; ``marks``, ``unmarked``: how
many were labelled, by type, and what others lack, by layer and reason;
``media``: those looked into, by type; ``more``: whether the next entry goes on with this one;
``ok``: whether it came about; ``opaque``: those that weren't, by reason; ``pol``: packs;
``parent``: the registered prompt that one goes on from;
``record``: of consent, or of a registered prompt; ``root``, ``size``: of the tree;
``since``, ``until``: microseconds since 1970, UTC; ``spec``: the digest of the wire format's
specification;
``standings``: counts by what consent says; ``sub``: the subject's pseudonym;
``totals``: entries by kind (with underscores) and decisions by rule, of one writer so far
(``writer.beat``) or of all since the last seal (``log.seal``); `OTHER` stands for a direction or an
action that who summed them up didn't know;
``trace``: the W3C trace id; ``use``: the digest of what tells prohibited uses;
``vkey``: a log's public key, as C2SP writes it.
"""

_COUNTS = ("bytes", "created", "events", "lat_us", "size")
_TEXTS = {
    "in": _KEYED_DIGEST,
    "label": _WORD,
    "out": _KEYED_DIGEST,
    "root": _KEYED_DIGEST,
    "sub": _PSEUDONYM,
    "trace": _TRACE,
}
"""Fields whose values hardly ever come again: counts, and texts of ASCII without quotes, escapes
and line ends, each with its pattern. All others of an entry mostly come again together."""
_PLACES = dict.fromkeys(_COUNTS, JSON_PLACE) | dict.fromkeys(_TEXTS, TEXT_PLACE)
_ADDED = {
    "n": JSON_PLACE,
    "prev": TEXT_PLACE,
    "ts": JSON_PLACE,
    "w": JSON_PLACE,
    "req": TEXT_PLACE,
}
"""What a chain adds, in the order in which it does."""
_VARYING_BYTES = 200
"""What one of them takes at most as JSON, name and all: a token has 160."""
_KNOWN, _KNOWN_BYTES = 4_096, 2_048
_SHAPES = 1_024
"""How many sets of fields are known to have their form, and how large one may be."""

WITHOUT_REQUEST = frozenset({
    EntryKind.WRITER_START, EntryKind.WRITER_BEAT, EntryKind.WRITER_STOP, EntryKind.LOG_OPEN,
    EntryKind.LOG_SEAL, EntryKind.LOG_ANCHOR, EntryKind.KEY_ROTATE, EntryKind.CONSENT,
    EntryKind.POLICY_LOAD, EntryKind.INCIDENT, EntryKind.ERASURE, EntryKind.HOLD,
    EntryKind.EXPORT, EntryKind.PROBE,
})  # fmt: skip
"""Kinds that may stand for themselves; every other names its request."""


@dataclass(slots=True, eq=False)
class Form:
    """What entries have in common that differ in fields which vary, and in what a chain adds.

    Attributes:
        pieces: the record's canonical JSON, with places for those: see `template`.
        order: picks what goes there out of the values of the fields that vary, followed by number,
            previous leaf hash, time, writer (as JSON) and request; all as texts.
        kind: what they are about.
        more: whether the next entry goes on with this one.
        sub: where the person's pseudonym stands among the values; -1 for nowhere.
        fields: those that they have in common.
        rules: what totals count of them (`guardrail.evidence.totals.counted`), once that is known.
    """

    pieces: list[str]
    order: Callable[[tuple[str, ...]], Sequence[str]]
    kind: str
    more: bool
    sub: int
    fields: Mapping[str, Plain]
    rules: tuple[tuple[str, str, str], ...] | None = None


_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Entry:
    """One thing to be put on record. The log adds version, time, writer, number and chain.

    Raises:
        EvidenceError: a field is unknown, or its value doesn't have the field's form.
    """

    kind: EntryKind
    req: str
    """The request's id."""
    fields: Mapping[str, Value]
    form: Form = field(init=False, repr=False, compare=False)
    """How the record is spelt."""
    varying: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The values of those fields that `form` has places for, numbers in their digits."""

    def __init__(
        self, *, kind: EntryKind, req: str = "", fields: Mapping[str, Value] = _NOTHING
    ) -> None:
        """Check all fields and keep a copy of our own."""
        if not req and kind not in WITHOUT_REQUEST:
            raise _invalid(f"an entry {kind} needs a request id")
        if type(fields) is not dict and not isinstance(fields, Mapping):
            raise _invalid("the fields of an entry have names")
        shape = _shape(tuple(fields))
        varying = shape.values(fields, req)
        data = written(shape.usual(fields))
        known = _known(shape, data) if len(data) <= _KNOWN_BYTES else _Usual(shape, data)
        if len(data) + shape.size > RECORD_LIMIT - COMMON_BYTES:
            raise _invalid(f"an entry {kind} is too large")
        copy = known.fields.copy()
        copy.update(zip(shape.varying, varying))  # noqa: B905 - as many as there are names
        _keep_kind(self, kind)
        _keep_req(self, req)
        _keep_fields(self, MappingProxyType(copy))
        _keep_form(self, known.forms.get((kind, bool(req))) or known.form(str(kind), bool(req)))
        _keep_varying(self, tuple(map(str, varying)) if shape.counts else varying)


# A frozen dataclass's own way to set them takes three times as long.
_keep_kind, _keep_req, _keep_fields, _keep_form, _keep_varying = (
    getattr(Entry, name).__set__ for name in ("kind", "req", "fields", "form", "varying")
)


class _Shape:
    """The names that fields have together; their values are told apart by whether they come again.

    Attributes:
        names: of those that do.
        varying: of the others.
        counts: whether some of the others are counts.
        usual: picks the values of the former.
        size: how many bytes of JSON all take beside the values of the former, or less.
    """

    __slots__ = ("_counts", "_matched", "_texts", "counts", "names", "size", "usual", "varying")

    def __init__(self, names: Sequence[str]) -> None:
        counts = [name for name in names if name in _COUNTS]
        texts = [name for name in names if name in _TEXTS]
        self.names = [name for name in names if name not in _PLACES]
        self.varying = (*counts, *texts)
        self.counts = bool(counts)
        self.usual = _picking(self.names)
        self.size = sum(len(name) + 3 for name in self.names) + len(self.varying) * _VARYING_BYTES
        self._counts, self._texts = _picking(counts), _picking(texts)
        patterns = [_WORD, *(_TEXTS[name] for name in texts)]
        self._matched = re.compile("\n".join(patterns)).fullmatch

    def values(self, fields: Mapping[str, Value], req: str) -> tuple[str | int, ...]:
        """Return the values of the fields that vary, which are within their forms.

        Args:
            fields: all of them.
            req: a request's id or an empty text, which is held against its form, too.

        Raises:
            EvidenceError: one isn't.
        """
        counts, texts = self._counts(fields), self._texts(fields)
        for count in counts:
            if type(count) is not int or not 0 <= count <= INTEGER_LIMIT:
                raise self._misformed(fields)
        try:
            # One search for all: no form has a line end in it. What isn't a text is a TypeError.
            fine = self._matched("\n".join((req, *texts)))  # type: ignore[arg-type]
        except TypeError:
            fine = None
        if fine is None:
            raise self._misformed(fields)
        return counts + texts  # type: ignore[return-value]

    def _misformed(self, fields: Mapping[str, Value]) -> EvidenceError:
        for name in self.varying:
            if not FIELDS[name](fields[name]):  # type: ignore[arg-type]
                return _misformed(name)
        return _invalid("an entry needs a request id that has its form")


class _Usual:
    """Fields that are within their forms, and how records with them are spelt."""

    __slots__ = ("_shape", "fields", "forms")

    def __init__(self, shape: _Shape, data: bytes) -> None:
        """Take values that are spelt as JSON, each held against its field's form.

        Raises:
            EvidenceError: one doesn't have it.
        """
        values = read(data)
        assert isinstance(values, list)  # noqa: S101 - a tuple was written
        self.fields: dict[str, Plain] = dict(zip(shape.names, values, strict=True))
        for key, value in self.fields.items():
            if not FIELDS.get(key, _extension)(value):
                raise _misformed(key)
        self._shape = shape
        self.forms: dict[tuple[str, bool], Form] = {}
        """Those made so far, by kind and whether there is a request."""

    def form(self, kind: str, has_request: bool) -> Form:  # noqa: FBT001 - a key
        """Make a form."""
        varying = self._shape.varying
        places = {name: _PLACES[name] for name in varying} | _ADDED
        if not has_request:
            del places["req"]
        pieces, names = template(self.fields | {"t": kind, "v": SCHEMA_VERSION}, places)
        at = {name: index for index, name in enumerate((*varying, *_ADDED))}
        order = itemgetter(*[at[name] for name in names])
        more, sub = bool(self.fields.get("more")), at.get("sub", -1)
        form = Form(pieces, order, kind, more, sub, self.fields)
        self.forms[kind, has_request] = form
        return form


_known = lru_cache(_KNOWN)(_Usual)
"""The same for fields that come again. Entries share what it returns, and nobody changes it."""


@lru_cache(_SHAPES)
def _shape(names: tuple[str, ...]) -> _Shape:
    """Return what fields with these names have in common.

    Raises:
        EvidenceError: one is unknown.
    """
    plain = [str(key) for key in names]
    for key in plain:
        if not (key in FIELDS or (key.startswith("x_") and named(key))):
            raise _invalid(f"evidence has no field {key!r}{nearest(key, FIELDS)}")
    return _Shape(plain)


def _picking(names: Sequence[str]) -> Callable[[Mapping[str, Value]], tuple[Value, ...]]:
    """Return what picks the values of names, as a tuple."""
    if not names:
        return lambda _: ()
    if len(names) == 1:
        (name,) = names
        return lambda fields: (fields[name],)
    return itemgetter(*names)


def _extension(value: Plain) -> bool:
    return _flag(value) or _count(value) or _counts(value) or token(value) or _list_of(token)(value)


def _misformed(key: str) -> EvidenceError:
    return _invalid(f"the evidence field {key!r} doesn't have its form")


def _invalid(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_record_invalid", status=500)
