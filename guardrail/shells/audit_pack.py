"""Makes audit packs: reads the log once, counts, and writes reports, data, documents, proofs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import guardrail
from guardrail.audit import About, Case, Figures, Law, Page, Place, Tally, Words, proof_name, report
from guardrail.audit.documents import Form, Happened, document, on_incident, wanted
from guardrail.audit.html import html
from guardrail.audit.markdown import markdown
from guardrail.audit.ocsf import event
from guardrail.audit.rows import csv_row, heads, json_line
from guardrail.errors import EvidenceError
from guardrail.evidence import Objects, leaf_hash, origin_of, verifier
from guardrail.shells.audit_archive import Archive, public_pem
from guardrail.shells.audit_log import Snapshot, copy_shard, proved, snapshot
from guardrail.shells.verifier_archive import NAME, verifier_archive
from guardrail.stores.evidence_reader import read_entries

Progress = Callable[[int], None]
"""Hears how many entries were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an audit pack is to be of."""

    since_us: int
    until_us: int
    """Microseconds since 1970, UTC; the latter is no longer in it."""
    about: About
    law: Law
    languages: Sequence[str]
    risk: str = "high"
    """Degree of risk of the system (Law 230-VIII art. 17(1))."""
    statements: Mapping[str, str] = field(default_factory=dict)
    pdf: bool = True
    packs: Mapping[str, bytes] = field(default_factory=dict)
    """Files of the operator's own packs, by their paths with slashes."""
    whole_log: bool = False
    """Whether all bundles of the shards go in, not those of the period alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """The log's name and root key."""

    log: str
    key: Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an audit pack came to."""

    entries: int
    cases: int
    gaps: int
    """In documents, in the first language."""
    shards: tuple[str, ...]


def make_pack(
    objects: Objects,
    wish: Wanted,
    signing: Signing,
    out: Path,
    progress: Progress = lambda _: None,
) -> Made:
    """Write an audit pack.

    Args:
        objects: where the log is kept.
        wish: what it is to be of.
        signing: what signs the manifest.
        out: the archive's file, which mustn't be there.
        progress: hears how far it is.

    Raises:
        ConfigError: the file is there already, or can't be made.
        EvidenceError: the log can't be read, doesn't verify, or has no entry in the period.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=out.parent)))
        archive = stack.enter_context(Archive(out))
        tally = _read(objects, wish, signing.log, folder, progress)
        if not tally.entries:
            raise EvidenceError("the log has no entry in this period", code="evidence_empty")
        return _Pack(objects, wish, signing, archive, tally).write(folder)


def make_incident_pack(
    objects: Objects,
    wish: Wanted,
    signing: Signing,
    out: Path,
    happened: Happened,
) -> Made:
    """Write what has to be told of an incident: drafts with their clocks, and the period's data.

    Args:
        objects: where the log is kept.
        wish: what was around the incident.
        signing: what signs the manifest.
        out: the archive's file, which mustn't be there.
        happened: the incident.

    Raises:
        ConfigError: the file is there already, or can't be made.
        EvidenceError: the log can't be read or doesn't verify.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=out.parent)))
        archive = stack.enter_context(Archive(out))
        tally = _read(objects, wish, signing.log, folder, lambda _: None)
        return _Pack(objects, wish, signing, archive, tally).write(folder, happened)


def tallied(
    entries: Iterator[tuple[str, int, bytes]], tally: Tally
) -> Iterator[tuple[bytes, Mapping[str, object], Place]]:
    """Count entries as they pass by."""
    for shard, index, entry in entries:
        place = Place(shard=shard, index=index, leaf=leaf_hash(entry).hex())
        record = orjson.loads(entry)
        tally.add(record, place)
        yield entry, record, place


def lines(objects: Objects, form: str, span: tuple[int, int], log: str) -> Iterator[bytes]:
    """Yield the entries of a period as lines of ``ocsf``, ``csv`` or ``jsonl``.

    Args:
        objects: where the log is kept.
        form: which of the three.
        span: since when and until when, microseconds since 1970, UTC.
        log: the log's name.

    Raises:
        EvidenceError: the log can't be read.
    """
    if form == "csv":
        yield heads()
    for shard, index, entry in read_entries(objects, *span):
        place = Place(shard=shard, index=index, leaf=leaf_hash(entry).hex())
        match form:
            case "csv":
                yield csv_row(orjson.loads(entry), place)
            case "jsonl":
                yield json_line(entry, place)
            case _:
                if line := _event_line(orjson.loads(entry), place, log, guardrail.__version__):
                    yield line


def _event_line(record: Mapping[str, object], place: Place, log: str, version: str) -> bytes:
    told = event(record, place, product=version, log=origin_of(log, place.shard))
    return orjson.dumps(told) + b"\n" if told else b""


def _read(objects: Objects, wish: Wanted, log: str, folder: Path, progress: Progress) -> Tally:
    tally = Tally(zone=wish.about.zone)
    names = ("entries.csv", "entries.jsonl", "ocsf.jsonl")
    with ExitStack() as stack:
        rows, lines, events = (stack.enter_context((folder / name).open("wb")) for name in names)
        rows.write(heads())
        found = read_entries(objects, wish.since_us, wish.until_us)
        for entry, record, place in tallied(found, tally):
            rows.write(csv_row(record, place))
            lines.write(json_line(entry, place))
            events.write(_event_line(record, place, log, wish.about.version))
            if tally.entries % 1000 == 0:
                progress(tally.entries)
    progress(tally.entries)
    return tally


class _Pack:
    def __init__(
        self, objects: Objects, wish: Wanted, signing: Signing, archive: Archive, tally: Tally
    ) -> None:
        self._objects, self._wish, self._signing = objects, wish, signing
        self._archive, self._tally = archive, tally
        root = verifier(signing.log, signing.key.public_key())
        self._root = root
        self._taken = {shard: snapshot(objects, shard, root) for shard in sorted(tally.shards)}

    def write(self, folder: Path, happened: Happened | None = None) -> Made:
        proofs = self._proofs()
        about = replace(self._wish.about, proofs=proofs)
        gaps = 0
        for lang in self._wish.languages:
            figures = Figures(self._tally, self._wish.law, about, Words(lang))
            if happened is None:
                self._page(f"report.{lang}", report(figures))
            left = sum(self._document(form, figures, happened) for form in self._forms(happened))
            gaps = gaps or left
        for path in sorted(folder.iterdir()):
            self._archive.add_file(f"data/{path.name}", path)
        self._log()
        for name, data in sorted(self._wish.packs.items()):
            self._archive.add(f"packs/{name}", data)
        self._archive.add("key.vkey", f"{self._root}\n".encode())
        self._archive.add("key.pem", public_pem(self._root.key))
        self._archive.add(NAME, verifier_archive())
        self._archive.add("README.md", self._readme(proofs))
        self._archive.seal(self._predicate(), log=self._signing.log, signer=self._signing.key)
        return Made(
            entries=self._tally.entries,
            cases=len(proofs),
            gaps=gaps,
            shards=tuple(self._taken),
        )

    def _forms(self, happened: Happened | None) -> Sequence[Form]:
        if happened is not None:
            return on_incident(happened.kind)
        return wanted([pack.id for pack in self._wish.law.packs], self._wish.risk)

    def _page(self, name: str, page: Page) -> None:
        self._archive.add(f"{name}.html", html(page))
        if self._wish.pdf:
            from guardrail.audit.pdf import pdf  # noqa: PLC0415 - an extra

            self._archive.add(f"{name}.pdf", pdf(page))

    def _document(self, form: Form, figures: Figures, happened: Happened | None = None) -> int:
        page = document(form, figures, self._wish.statements, happened)
        name = f"documents/{form.id}.{figures.words.lang}"
        self._archive.add(f"{name}.md", markdown(page))
        self._archive.add(f"{name}.html", html(page))
        return page.gaps

    # ---------------------------------------------------------------- log and proofs

    def _proofs(self) -> dict[str, str]:
        """Add proofs of the sample cases; return their files by leaf hash."""
        cases: dict[Place, Case] = {
            case.place: case
            for _, rule in self._wish.law.rules()
            for case in self._tally.cases(rule.id)
        }
        made: dict[str, str] = {}
        for place in sorted(cases):
            entry, proof = proved(self._objects, self._taken[place.shard], place.index)
            name = proof_name(place.shard, place.index)
            self._archive.add(name, bytes(proof))
            self._archive.add(f"{name.removesuffix('.tlog-proof')}.json", entry)
            made[place.leaf] = name
        return made

    def _log(self) -> None:
        for shard, taken in self._taken.items():
            span = self._span(shard, taken)
            copy_shard(self._objects, taken, span, lambda name, data: self._archive.add(
                f"log/{name}", data))  # fmt: skip

    def _span(self, shard: str, taken: Snapshot) -> tuple[int, int]:
        whole = (0, taken.checkpoint.size - 1)
        return whole if self._wish.whole_log else self._tally.shards[shard]

    # ---------------------------------------------------------------- words for a stranger

    def _readme(self, proofs: Mapping[str, str]) -> bytes:
        about = self._wish.about
        text = files("guardrail.audit").joinpath("templates/README.md").read_text("utf-8")
        return text.format(
            service=about.service,
            since=about.since,
            until=about.until,
            zone=about.zone_name,
            vkey=self._root,
            verify="\n".join(f"    {line}" for line in self._commands()),
            proof=self._proof_command(proofs),
        ).encode()

    def _commands(self) -> Iterator[str]:
        for shard, taken in self._taken.items():
            command = f'python {NAME} log --vkey "$(cat key.vkey)" --shard {shard}'
            first, last = self._span(shard, taken)
            whole = (first, last) == (0, taken.checkpoint.size - 1)
            yield command if whole else f"{command} --from {first} --to {last}"

    def _proof_command(self, proofs: Mapping[str, str]) -> str:
        if not proofs:
            return "No rule applied in this period: there is no case to prove."
        name = min(proofs.values())
        entry = name.replace(".tlog-proof", ".json")
        shard = name.removeprefix("proofs/").partition("-")[0]
        return (
            f'    python {NAME} {entry} --proof {name} --vkey "$(cat key.vkey)" \\\n'
            f"      --key-statement log/{shard}/key"
        )

    def _predicate(self) -> dict[str, object]:
        wish, about = self._wish, self._wish.about
        return {
            "service": about.service,
            "since": about.since,
            "until": about.until,
            "zone": about.zone_name,
            "guardrail": about.version,
            "entries": self._tally.entries,
            "packs": [
                {"id": pack.id, "version": pack.version, "sha256": pack.digest, "own": pack.own}
                for pack in wish.law.packs
            ],
            "shards": [
                {
                    "origin": taken.checkpoint.origin,
                    "size": taken.checkpoint.size,
                    "root": taken.checkpoint.root.hex(),
                    "first": self._tally.shards[shard][0],
                    "last": self._tally.shards[shard][1],
                }
                for shard, taken in self._taken.items()
            ],
        }
