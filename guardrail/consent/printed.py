"""The receipt in words: Kazakh and Russian first, then English. The words lie in `words`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardrail.consent.document import instant, receipt
from guardrail.consent.record import ConsentRecord
from guardrail.consent.words import DATA, LANGUAGES, METHODS, STATES, WORDS
from guardrail.errors import BadInput


def receipt_text(record: ConsentRecord, languages: Sequence[str] = LANGUAGES) -> str:
    """Return the receipt as printable plain text, one part for each of `languages`.

    Raises:
        BadInput: a language that isn't in `LANGUAGES` (``consent_language``).
    """
    if not set(languages) <= set(LANGUAGES):
        raise BadInput(f"receipts are in {', '.join(LANGUAGES)}", code="consent_language")
    return "\n\n".join(_part(record, LANGUAGES.index(tag)) for tag in languages) + "\n"


def _part(record: ConsentRecord, column: int) -> str:
    def word(key: str) -> str:
        return WORDS[key][column]

    rows = list(_rows(record, column))
    title = word("title")
    lines = [title, "=" * len(title), *(f"{word(key)}: {value}" for key, value in rows)]
    lines += ["", f"{word('events')}:"]
    for event in record.events:
        lines.append(f"  {instant(event.at)}  {STATES[event.state][column]}")
    return "\n".join([*lines, "", word("closing")])


def _rows(record: ConsentRecord, column: int) -> Iterator[tuple[str, str]]:
    def yes(answer: bool) -> str:  # noqa: FBT001 - its only argument is the answer itself
        return WORDS["yes" if answer else "no"][column]

    recipients = ", ".join(sorted(record.recipients))
    yield "receipt", str(receipt(record)["receipt_id"])
    yield "record", f"{record.record_id} ({WORDS['version'][column]} {record.version})"
    yield "state", STATES[record.state][column]
    yield "operator", record.operator.name
    yield "bin", record.operator.bin
    if record.operator.contact:
        yield "contact", record.operator.contact
    yield "subject", record.subject
    if record.guardian:
        yield "guardian", record.guardian
    yield "term", f"{instant(record.valid_from)} – {instant(record.valid_to)}"
    yield "purposes", "; ".join(_purpose(record, name, column) for name in record.purposes)
    yield "data", "; ".join(_datum(name, column) for name in sorted(record.pii))
    yield "third_parties", yes(bool(record.recipients)) + (f" ({recipients})" if recipients else "")
    yield "cross_border", f"{yes(record.cross_border)} ({', '.join(sorted(record.locations))})"
    yield "public_sources", yes(record.public_sources)
    yield "storage", ", ".join(record.storage)
    yield "method", METHODS[record.method][column]
    yield "notice", f"{record.notice.url} ({WORDS['version'][column]} {record.notice.version})"
    yield "withdrawal", record.withdrawal_method


def _purpose(record: ConsentRecord, name: str, column: int) -> str:
    text = record.purpose_texts.get(name, {}).get(LANGUAGES[column])
    return f"{text} ({name})" if text else name


def _datum(name: str, column: int) -> str:
    return f"{DATA[name][column]} ({name})" if name in DATA else name
