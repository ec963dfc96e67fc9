"""What a file carries: its tags, its signed manifest and its watermark, in one answer.

Nothing that the file names is fetched, and no mark proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import unquote

from guardrail.disclose import c2pa, marks
from guardrail.disclose.c2pa.library import MAX_BYTES
from guardrail.disclose.label import name
from guardrail.disclose.marks import aigc
from guardrail.errors import ConfigError

MOST_BYTES = MAX_BYTES
"""Of a file, and of what is given beside it."""

DECLARES_AI, NO_MARK, MARK_INVALID = "declares_ai", "no_mark", "mark_invalid"

_METADATA, _SIGNED, _WATERMARK = "metadata", "signed", "watermark"
_PARENT = "c2pa:parent"
_BOUND = frozenset({"c2pa", "c2pa:text", "sidecar"})
"""Techniques that are bound to one content: where the binding fails, nothing else is believed."""
_TECHNIQUE = "guardrail-spread-1"
_LAST_SECOND = 253_402_300_799
"""Of the year 9999."""
_PROBES = (b"c2pa", b"C2PA", b"dcterms:provenance")
"""Stand in files that hold a manifest, or name one, unless in compressed parts."""
_PACKED = MappingProxyType(
    {
        "application/vnd.openxmlformats-officedocument": (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        ),
        "application/vnd.oasis.opendocument": "application/vnd.oasis.opendocument.text",
    }
)
"""Families of documents by content → one of them: a manifest stands at the same place in all."""

Watermark = Callable[[bytes], str | None]
"""Returns a picture's message in hex, None for none; ValueError, a slug, where it can't look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark that was found. All its words are its writer's: bounded, printable, and no more."""

    layer: str
    """``metadata``: a statement that anybody can write; ``signed``; ``watermark``."""
    technique: str
    """As ``iptc:DigitalSourceType``; ``c2pa:parent`` is of a work that this one was made from."""
    valid: bool | None
    """Whether it is as its standard wants it, and of this content; None where nobody can tell."""
    trusted: bool = False
    """A signature by somebody whose root was given as trusted."""
    level: str = ""
    """As ``ai-generated``; ``none`` says that no AI took part; empty where it doesn't tell."""
    producer: str = ""
    model: str = ""
    id: str = ""
    signed_at: str = ""
    """ISO 8601, by a trusted time-stamp."""
    codes: tuple[str, ...] = ()
    """What failed, as ``assertion.dataHash.mismatch``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A kind of mark that wasn't looked for, and why: a slug."""

    layer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a file carries."""

    conclusion: str
    """``declares_ai``; ``mark_invalid``: a mark is there and doesn't hold; ``no_mark``: none of AI,
    which proves nothing."""
    medium: str
    """By content, as ``image/png``; empty where that is unknown."""
    found: tuple[Mark, ...] = ()
    unread: tuple[Unread, ...] = ()

    def document(self) -> dict[str, object]:
        """Return it ready for a JSON writer, with `words` for people."""
        return {
            "conclusion": self.conclusion,
            "medium": self.medium,
            "found": [asdict(one) for one in self.found],
            "not_looked_for": [asdict(one) for one in self.unread],
            "words": words(self),
        }


def detect(
    data: bytes,
    *,
    media_type: str = "",
    sidecar: bytes = b"",
    anchors: bytes = b"",
    watermark: Watermark | None = None,
) -> Carried:
    """Return the marks of a file. It may be hostile: native code reads manifests.

    A signature that doesn't hold is the conclusion, whatever tags say beside it: what was checked
    and failed must not pass for what was never checked.

    Args:
        data: the whole file.
        media_type: what it is said to be; only texts are told apart by that.
        sidecar: what came beside it: a label of ours in JSON, or a C2PA manifest store.
        anchors: PEM of roots that are trusted, checked: see `c2pa.certificates.roots`.
        watermark: reads one.

    Raises:
        ValueError: the file or the sidecar is larger than `MOST_BYTES`.
    """
    if max(len(data), len(sidecar)) > MOST_BYTES:
        raise ValueError("too many bytes")
    medium = marks.sniff(data, media_type)
    label, store = (sidecar, b"") if sidecar.lstrip()[:1] == b"{" else (b"", sidecar)
    tags, missed = _tags(data, media_type)
    there = [one for one in tags if one.layer == _SIGNED]
    signed, unsigned = _signed(data, kind_of(data, media_type), anchors, store, there)
    beside, lost = _beside(label, data)
    hidden, unseen = _hidden(data, medium, watermark)
    found = (*signed, *(one for one in tags if one.layer != _SIGNED), *beside, *hidden)
    return Carried(
        conclusion=_conclusion(found),
        medium=medium,
        found=found,
        unread=(*unsigned, *missed, *lost, *unseen),
    )


def kind_of(data: bytes, media_type: str = "") -> str:
    """Return the type that readers and writers of manifests know a medium by."""
    medium = marks.sniff(data, media_type)
    stated = media_type.partition(";")[0].strip().lower()
    if medium in _PACKED:
        return stated if stated.startswith(medium) else _PACKED[medium]
    return medium or stated


def spread(key: bytes) -> Watermark:
    """Return what reads the built-in watermark by its key.

    Raises:
        ConfigError: the extra ``labels`` isn't installed.
        ValueError: the key is too short.
    """
    try:
        from guardrail.disclose import watermark  # noqa: PLC0415 - NumPy and Pillow, for pictures
        from guardrail.disclose.visible.unlabelled import Unlabelled  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise ConfigError(
            "Watermarks need Pillow, which isn't installed.",
            code="labels_not_installed",
            fix="pip install 'guardrail-gateway[labels]'",
        ) from error
    own = watermark.Spread(key)

    def read(data: bytes) -> str | None:
        try:
            found = watermark.detected(data, own)
        except Unlabelled as error:
            raise ValueError(error.reason) from None
        return found.message.hex() if found else None

    return read


def words(carried: Carried) -> dict[str, str]:
    """Return language → what a person should know of it, Kazakh and Russian first."""
    told = [carried.conclusion]
    if carried.conclusion == DECLARES_AI and not any(map(_is_vouched_for, carried.found)):
        told.append("claim")
    if carried.conclusion == NO_MARK and any(one.layer == _METADATA for one in carried.unread):
        told.append("unread")
    return {tag: " ".join(said[key] for key in told) for tag, said in WORDS.items()}


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "kk": {
            DECLARES_AI: "Файлда белгі бар: оны жасанды интеллект жасаған немесе өзгерткен.",
            "claim": (
                "Белгіге сенімді қол қойылмаған: мұндай белгіні кез келген адам жаза немесе өшіре "
                "алады."
            ),
            MARK_INVALID: (
                "Белгі бар, бірақ жарамсыз: файл белгі қойылғаннан кейін өзгертілген, белгінің "
                "мерзімі өткен, белгі бүлінген немесе жалған болуы мүмкін."
            ),
            NO_MARK: "Белгі табылмады. Бұл материалды адам жасағанын білдірмейді.",
            "unread": "Бұл файлдағы белгілердің бәрін оқу мүмкін болмады.",
        },
        "ru": {
            DECLARES_AI: "В файле есть метка: он создан или изменён искусственным интеллектом.",
            "claim": (
                "У метки нет доверенной подписи: такую метку может записать или удалить кто угодно."
            ),
            MARK_INVALID: (
                "Метка есть, но она недействительна: возможно, файл изменён после маркировки, срок "
                "метки истёк, она повреждена или подделана."
            ),
            NO_MARK: "Метка не найдена. Это не значит, что материал создан человеком.",
            "unread": "Прочитать все метки этого файла не удалось.",
        },
        "en": {
            DECLARES_AI: "The file carries a mark: AI made or altered it.",
            "claim": (
                "No trusted signature stands behind the mark: anybody could write or remove such a "
                "mark."
            ),
            MARK_INVALID: (
                "There is a mark, but it doesn't hold: the file may have been changed after it was "
                "marked, or the mark has expired, is damaged or forged."
            ),
            NO_MARK: "No mark was found. This does not mean a person made it.",
            "unread": "Not all marks of this file could be read.",
        },
    }
)
"""Language → conclusion, or what may follow it → words. Kazakh and Russian first (Law 274-IV)."""

_Read = tuple[list[Mark], list[Unread]]


def _tags(data: bytes, media_type: str) -> _Read:
    try:
        return [_tag(one) for one in marks.read(data, media_type=media_type)], []
    except marks.Unmarkable as error:
        return [], [Unread(layer=_METADATA, reason=error.reason)]


def _tag(one: marks.Found) -> Mark:
    # GB 45438 wants ASCII: other letters are percent-encoded there.
    plain = unquote if one.technique == aigc.TECHNIQUE else str
    return Mark(
        layer=str(one.layer),
        technique=one.technique,
        valid=one.valid,
        level=one.level,
        producer=name(plain(one.producer)),
        model=name(one.model),
        id=name(plain(one.id)),
    )


def _signed(
    data: bytes, kind: str, anchors: bytes, store: bytes, there: Sequence[Mark]
) -> tuple[Sequence[Mark], list[Unread]]:
    """Return what signed manifests say; `there` are those that were seen and not read."""
    try:
        told = c2pa.verify(data, kind, anchors=anchors, sidecar=store)
    except ConfigError as error:  # without the library the rest is still read
        return there, [Unread(layer=_SIGNED, reason=error.code)]
    if told.found:
        return [_manifest(one) for one in told.found], []
    if told.conclusion == "unsupported_format":
        return there, [Unread(layer=_SIGNED, reason=told.conclusion)]
    if told.conclusion == "no_mark":
        return there, []
    if told.conclusion == "mark_elsewhere":
        return there or [Mark(layer=_SIGNED, technique="c2pa:remote", valid=None)], []
    return _broken(holds=bool(store or there) or any(probe in data for probe in _PROBES))


def _broken(*, holds: bool) -> tuple[Sequence[Mark], list[Unread]]:
    """Tell a broken manifest from a broken file without one: their reader says the same of both."""
    if holds:
        return [Mark(layer=_SIGNED, technique="c2pa", valid=False)], []
    return [], [Unread(layer=_SIGNED, reason="unreadable")]


def _manifest(one: c2pa.Found) -> Mark:
    return Mark(
        layer=_SIGNED,
        technique="c2pa" if one.active else _PARENT,
        valid=one.valid,
        trusted=one.trusted,
        level=one.level,
        producer=one.producer,
        model=one.model,
        id=one.label_id or one.id,
        signed_at=_moment(one.signed_at),
        codes=one.codes,
    )


def _moment(seconds: int) -> str:
    if seconds <= 0:
        return ""
    moment = datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _beside(label: bytes, data: bytes) -> _Read:
    if not label:
        return [], []
    try:
        return [_tag(one) for one in marks.read_sidecar(label, data)], []
    except marks.Unmarkable as error:
        return [], [Unread(layer=_METADATA, reason=error.reason)]


def _hidden(data: bytes, medium: str, watermark: Watermark | None) -> _Read:
    if not medium.startswith("image/"):
        return [], []
    if watermark is None:
        return [], [Unread(layer=_WATERMARK, reason="no_key")]
    try:
        message = watermark(data)
    except ValueError as error:
        return [], [Unread(layer=_WATERMARK, reason=str(error))]
    if message is None:
        return [], []
    return [Mark(layer=_WATERMARK, technique=_TECHNIQUE, valid=True, id=message)], []


def _conclusion(found: Sequence[Mark]) -> str:
    if any(one.valid is False and one.technique in _BOUND for one in found):
        return MARK_INVALID
    if any(map(_says_ai, found)):
        return DECLARES_AI
    return MARK_INVALID if any(map(_says_nonsense, found)) else NO_MARK


def _says_ai(one: Mark) -> bool:
    # Tags in a wrong spelling say what they say. Only what AI made gets a watermark.
    if one.layer == _WATERMARK:
        return True
    return one.level.startswith("ai-") and (one.layer != _SIGNED or one.valid is True)


def _is_vouched_for(one: Mark) -> bool:
    return _says_ai(one) and (one.trusted or one.layer == _WATERMARK)


def _says_nonsense(one: Mark) -> bool:
    return one.valid is False and not one.level and one.technique != _PARENT
