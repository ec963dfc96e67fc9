"""`guardrail evidence pack`, `export` and `incident`: what auditors and authorities are given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.errors import BadInput, ConfigError

if TYPE_CHECKING:
    from guardrail.audit import About
    from guardrail.evidence import Objects
    from guardrail.settings import Settings
    from guardrail.shells.audit_pack import Made, Signing, Wanted

Since = Annotated[
    str | None, typer.Option("--from", help="First day, as 2026-11-01 [the log's first].")
]
Until = Annotated[str | None, typer.Option("--to", help="Last day, as 2026-11-30 [today].")]
Zone = Annotated[str, typer.Option(help="Whose days: a zone as `UTC` or `Asia/Almaty`.")]
Packs = Annotated[
    list[str] | None, typer.Option("--law", help="Policy pack; again for more [those in force].")
]
Languages = Annotated[
    list[str] | None, typer.Option("--lang", help="`kk`, `ru` or `en`; again for more [all].")
]
Statements = Annotated[
    Path | None,
    typer.Option(help="YAML file with what you state, as `gdpr-30.erasure: …`; it fills gaps."),
]
Out = Annotated[Path | None, typer.Option(help="The archive's file, which mustn't be there yet.")]
Risk = Literal["minimal", "medium", "high"]
Format = Literal["ocsf", "csv", "jsonl"]


_FIXED: Mapping[str, tzinfo] = {"UTC": UTC, "Asia/Almaty": timezone(timedelta(hours=5))}
"""All Kazakhstan is at UTC+5 since 1 March 2024, before any log began. A small container has no
zones, and an old one has the hour before that."""


def register(app: typer.Typer) -> None:
    """Add the commands to `guardrail evidence`."""
    app.command("pack")(pack)
    app.command("export")(export)
    app.command("incident")(incident)


def pack(  # noqa: PLR0913 - one parameter for each flag
    *,
    since: Since = None,
    until: Until = None,
    law: Packs = None,
    lang: Languages = None,
    zone: Zone = "UTC",
    risk: Annotated[
        Risk, typer.Option(help="The system's degree of risk (Law 230-VIII art. 17).")
    ] = "high",
    statements: Statements = None,
    results: Annotated[
        Path | None, typer.Option(help="Results of guardrail's own tests, JUnit XML.")
    ] = None,
    pdf: Annotated[bool, typer.Option(help="Whether reports are there as PDF, too.")] = True,
    whole_log: Annotated[
        bool, typer.Option("--whole-log", help="Put all entries in, not the period's alone.")
    ] = False,
    out: Out = None,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Make an audit pack: one signed archive that a stranger can check.

    Reports article by article, documents begun, data, the log itself and proofs; its `README.md`
    says how to check it with tools that aren't ours:

    ```sh
    guardrail evidence pack --from 2026-11-01 --to 2026-11-30 --law kz-230-viii
    ```
    """
    from guardrail.shells.audit_pack import make_pack

    settings = settings_from(config, {"state": state} if state else {})
    period = _period(since, until, zone)
    wish = _wish(settings, period, law or (), _Options(
        languages=_languages(lang), risk=risk, statements=statements, results=results, pdf=pdf,
        whole_log=whole_log,
    ))  # fmt: skip
    path = out or Path(f"audit-{period.first}-{period.last}.zip")
    with _opened(settings) as objects, _progress() as told:
        made = make_pack(objects, wish, _signing(settings), path, told)
    _on_record(settings, "audit-pack", period, made.entries)
    _tell(path, made)


def export(  # noqa: PLR0913 - one parameter for each flag
    *,
    form: Annotated[
        Format, typer.Option("--format", help="`ocsf`: events of OCSF 1.8; `csv`; `jsonl`.")
    ] = "jsonl",
    since: Since = None,
    until: Until = None,
    zone: Zone = "UTC",
    out: Annotated[
        Path | None, typer.Option(help="A file, which mustn't be there yet [standard output].")
    ] = None,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Write the entries of a period for other programs, one a line.

    `ocsf` has what was decided on messages, as API Activity (6003); the others have every entry:

    ```sh
    guardrail evidence export --format csv --from 2026-11-01
    ```
    """
    from guardrail.shells.audit_pack import lines

    settings = settings_from(config, {"state": state} if state else {})
    period = _period(since, until, zone)
    count = 0
    with _opened(settings) as objects, _output(out) as write:
        for line in lines(objects, form, (period.since_us, period.until_us), _log(settings)):
            write(line)
            count += 1
    _on_record(settings, form, period, count)


def incident(  # noqa: PLR0913 - one parameter for each flag
    *,
    kind: Annotated[
        str,
        typer.Option(help="`breach`, `serious`, `serious.death` or `serious.widespread`."),
    ],
    aware: Annotated[
        str, typer.Option(help="When somebody became aware, as 2026-11-20T15:30+05:00.")
    ],
    number: Annotated[str, typer.Option(help="Your number for it [by the time].")] = "",
    since: Since = None,
    until: Until = None,
    zone: Zone = "Asia/Almaty",
    law: Packs = None,
    lang: Languages = None,
    statements: Statements = None,
    out: Out = None,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Put an incident on record, show its clocks, and draft what has to be told.

    The clocks of all laws run side by side; working days are Kazakhstan's:

    ```sh
    guardrail evidence incident --kind breach --aware 2026-11-20T15:30+05:00
    ```
    """
    from guardrail.audit import running
    from guardrail.audit.clocks import kinds
    from guardrail.audit.documents import Happened
    from guardrail.shells.audit_pack import make_incident_pack

    if kind not in kinds():
        raise BadInput(f"no clock knows incidents of the kind {kind!r}", fix=", ".join(kinds()))
    settings = settings_from(config, {"state": state} if state else {})
    moment = _moment(aware)
    period = _period(since, until, zone)
    due = running(kind, moment, zone=period.zone)
    name = number or f"{kind}-{moment.astimezone(UTC):%Y%m%dT%H%M}"
    wish = _wish(settings, period, law or (), _Options(
        languages=_languages(lang), statements=statements, pdf=False,
    ))  # fmt: skip
    happened = Happened(number=name, kind=kind, aware=moment, due=due)
    path = out or Path(f"incident-{name.replace('/', '-')}.zip")
    fields: dict[str, str | int] = {
        "code": kind,
        "record": name,
        "since": int(moment.timestamp() * 1_000_000),
    }
    _record(settings, "incident", fields)
    with _opened(settings) as objects:
        made = make_incident_pack(objects, wish, _signing(settings), path, happened)
    for one in due:
        typer.echo(
            f"{one.by.isoformat(sep=' ', timespec='minutes')}  {one.clock.title['en']}"
            f" ({one.clock.law}{'; to be verified with counsel' if one.clock.verify else ''})"
        )
    _tell(path, made)


# ---------------------------------------------------------------- what is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    first: date
    last: date
    zone: tzinfo
    zone_name: str

    @property
    def since_us(self) -> int:
        return _microseconds(self.first, self.zone)

    @property
    def until_us(self) -> int:
        return _microseconds(self.last + timedelta(days=1), self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    languages: Sequence[str]
    risk: str = "high"
    statements: Path | None = None
    results: Path | None = None
    pdf: bool = True
    whole_log: bool = False


def _microseconds(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp()) * 1_000_000


def _period(since: str | None, until: str | None, zone: str) -> _Period:
    named = _zone(zone)
    last = _day(until) if until else datetime.now(named).date()
    first = _day(since) if since else date(2026, 1, 1)
    if first > last:
        raise BadInput(
            "the period ends before it begins", fix="--from is the first day, --to the last"
        )
    return _Period(first=first, last=last, zone=named, zone_name=zone)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no day", fix="write it as 2026-11-30") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"{text!r} is no moment", fix="write it as 2026-11-20T15:30+05:00")
    return moment


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name in _FIXED:
        return _FIXED[name]
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise BadInput(f"no time zone {name!r} is known here", fix="UTC, or Asia/Almaty") from None


def _languages(lang: Sequence[str] | None) -> Sequence[str]:
    from guardrail.audit import LANGUAGES

    for each in lang or ():
        if each not in LANGUAGES:
            raise BadInput(f"no words in {each!r}", fix=", ".join(LANGUAGES))
    return tuple(dict.fromkeys(lang or LANGUAGES))


def _wish(settings: Settings, period: _Period, names: Sequence[str], options: _Options) -> Wanted:
    from guardrail.shells.audit_law import law_in_force
    from guardrail.shells.audit_pack import Wanted

    if options.pdf:
        _need_pdf()
    held = law_in_force(settings, tuple(names), _outcomes(options.results))
    return Wanted(
        since_us=period.since_us,
        until_us=period.until_us,
        about=_about(settings, period),
        law=held.law,
        packs=held.files,
        languages=options.languages,
        risk=options.risk,
        statements=_stated(options.statements),
        pdf=options.pdf,
        whole_log=options.whole_log,
    )


def _about(settings: Settings, period: _Period) -> About:
    import guardrail
    from guardrail.audit import About

    service = settings.service
    return About(
        service=service.name,
        owner=service.owner,
        bin=service.bin,
        contact=service.contact,
        provider=service.provider,
        recipient=service.recipient,
        country=service.country,
        purpose=service.purpose,
        since=period.first.isoformat(),
        until=period.last.isoformat(),
        zone=period.zone,
        zone_name=period.zone_name,
        version=guardrail.__version__,
    )


def _need_pdf() -> None:
    from importlib.util import find_spec

    if find_spec("reportlab") is None:
        raise ConfigError(
            "for PDF the extra audit isn't installed",
            fix="pip install 'guardrail-gateway[audit]', or take --no-pdf",
        )


def _outcomes(path: Path | None) -> dict[str, str]:
    from guardrail.audit.results import read_results

    return dict(read_results(_bytes(path))) if path else {}


def _stated(path: Path | None) -> dict[str, str]:
    import yaml

    from guardrail.audit.documents import check_statements

    if path is None:
        return {}
    try:
        told = yaml.safe_load(_bytes(path))
    except yaml.YAMLError:
        raise ConfigError(f"{path} isn't YAML") from None
    if not isinstance(told, dict) or not all(
        isinstance(key, str) and isinstance(value, str) for key, value in told.items()
    ):
        raise ConfigError(f"{path} isn't a mapping of texts", fix="gdpr-30.erasure: after a year")
    check_statements(told)
    return told


def _bytes(path: Path) -> bytes:
    from guardrail.stores.pack_folder import bounded

    return bounded(path, 64 << 20)


# ---------------------------------------------------------------- log, keys, output


@contextmanager
def _opened(settings: Settings) -> Iterator[Objects]:
    from guardrail.stores.evidence_home import open_objects
    from guardrail.stores.state import State

    objects = open_objects(settings.evidence.store, State(settings.state))
    try:
        yield objects
    finally:
        objects.close()


def _log(settings: Settings) -> str:
    return settings.evidence.origin


def _signing(settings: Settings) -> Signing:
    from guardrail.shells.audit_pack import Signing
    from guardrail.shells.evidence_log import log_keys
    from guardrail.stores.state import State

    path = settings.evidence.key or State(settings.state).evidence_key
    if not path.is_file():
        raise ConfigError(f"{path}: the log's root key isn't there", fix="name it: evidence.key")
    return Signing(log=_log(settings), key=log_keys(settings).root)


def _on_record(settings: Settings, what: str, period: _Period, count: int) -> None:
    span = {"since": period.since_us, "until": period.until_us, "count": count}
    _record(settings, "export", {"op": what, **span})


def _record(settings: Settings, kind: str, fields: dict[str, str | int]) -> None:
    from guardrail.evidence import Entry, EntryKind
    from guardrail.shells.evidence_log import put_on_record

    put_on_record(settings, [Entry(kind=EntryKind(kind), fields=fields)])


@contextmanager
def _output(path: Path | None) -> Iterator[Callable[[bytes], object]]:
    if path is None:
        yield sys.stdout.buffer.write
        sys.stdout.flush()
        return
    try:
        opened: BinaryIO = path.open("xb")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    with opened:
        yield opened.write


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Show how many entries were read, where a person looks on."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("reading the log")
        yield lambda count: progress.update(task, description=f"{count} entries read")


def _tell(path: Path, made: Made) -> None:
    typer.echo(
        f"{path}: {made.entries} entries, {made.cases} cases with proofs, "
        f"{made.gaps} gaps for people to fill"
    )
