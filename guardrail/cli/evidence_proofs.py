"""`guardrail evidence prove`, `anchor`, `witness` and `probe`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.errors import BadInput, ConfigError, GuardrailError

if TYPE_CHECKING:
    from guardrail.evidence import Objects, Receipt, Verifier
    from guardrail.shells.evidence_page import Told
    from guardrail.shells.probing import Prove
    from guardrail.stores.evidence_index import EvidenceIndex

MOST_PROBES = 10_000
_LOG = typer.Option(
    "--log",
    help="A state directory, a log's own directory or a copy of one, or the store's address.",
)


def register(app: typer.Typer) -> None:
    """Put the commands into `guardrail evidence`."""
    app.command("prove")(prove)
    app.command("anchor")(anchor)
    app.command("keys")(keys)
    app.command("witness")(witness)
    app.command("probe")(probe)


def prove(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="An entry (`<writer>-<n>`, as `Guardrail-Evidence` says), a request (`req_…`), or "
            "a whole `Guardrail-Receipt`.",
        ),
    ],
    *,
    log: Annotated[str, _LOG] = "guardrail-state",
    out: Annotated[Path, typer.Option("--out", "-o", help="The directory to write to.")] = Path(),
) -> None:
    r"""Write the proof that an entry is in the log, to be handed to anybody.

    Beside each `<id>.tlog-proof` (C2SP) stands the entry itself and the statement of the key that
    signed; whoever has the log's public key checks them without the log and without us:

    ```sh
    guardrail evidence prove req_0123456789abcdef0123456789abcdef -o proofs
    python -m guardrail.verify proofs/ID.json --proof proofs/ID.tlog-proof \
      --vkey KEY --key-statement proofs/2026h2.key
    ```
    """
    from guardrail.stores.evidence_reader import read_entry

    with _told(log) as (told, index, objects):
        out.mkdir(parents=True, exist_ok=True)
        keys = set[str]()
        for entry in _named(name, index):
            at = told.position(entry)
            _write(out / f"{entry}.tlog-proof", told.proof(entry))
            if at.shard not in keys:
                _write(out / f"{at.shard}.key", told.key(at.shard))
                keys.add(at.shard)
            body = read_entry(objects, at.shard, at.index)
            if body is None:
                typer.echo(f"note: {entry} itself is kept no more, its proof still is")
            else:
                _write(out / f"{entry}.json", body)


def anchor(*, state: StateDir = None, config: ConfigFile = None) -> None:
    """Have the newest checkpoint confirmed outside, now, as `evidence` in the settings says.

    A guard that runs does so every `evidence.anchor_minutes`. Ends with 1 where an anchor failed:

    ```sh
    guardrail evidence anchor --config guardrail.yaml
    ```
    """
    from guardrail.shells.anchoring import anchoring
    from guardrail.shells.evidence_log import put_on_record
    from guardrail.stores.evidence_home import open_objects
    from guardrail.stores.state import State

    settings = settings_from(config, {"state": state} if state else {})
    objects = open_objects(settings.evidence.store, State(settings.state))
    try:
        work = anchoring(settings, objects, record=lambda entries: put_on_record(settings, entries))
        if work is None:
            raise ConfigError(
                "no anchor is set",
                fix="set evidence.timestamps, evidence.witnesses or evidence.push",
            )
        results = work.once()
    finally:
        objects.close()
    for one in results:
        typer.echo(f"{one.anchor}: {one.code or 'ok'} at {one.size} entries of {one.origin}")
    if not results:
        typer.echo("there is no checkpoint yet")
    if not all(one.ok for one in results):
        raise typer.Exit(1)


def keys(*, state: StateDir = None, config: ConfigFile = None) -> None:
    """Print the log's public keys, to be kept by whoever checks it: the root key is enough.

    With `evidence.ml_dsa` each half-year has a second key, which checkpoints are cosigned with:

    ```sh
    guardrail evidence keys --state guardrail-state
    ```
    """
    from guardrail.evidence import origin_of, verifier
    from guardrail.evidence.cosignature import cosigner, ml_dsa_key
    from guardrail.shells.evidence_log import log_keys, now_us
    from guardrail.stores.evidence_home import open_objects
    from guardrail.stores.evidence_reader import shards_between
    from guardrail.stores.state import State

    settings = settings_from(config, {"state": state} if state else {})
    log, own = settings.evidence.origin, log_keys(settings)
    typer.echo(f"root: {verifier(log, own.root.public_key())}")
    objects = open_objects(settings.evidence.store, State(settings.state))
    shards = [shard for shard, _ in shards_between(objects, 0, now_us())]
    objects.close()
    for shard in shards:
        key, origin = own.shard(shard), origin_of(log, shard)
        typer.echo(f"{shard}: {verifier(origin, key.public_key())}")
        if settings.evidence.ml_dsa:
            typer.echo(f"{shard}: {cosigner(origin, ml_dsa_key(key).public_key())}")


def witness(  # noqa: PLR0913 - one parameter for each flag
    *,
    listen: Annotated[str, typer.Option(help="Where to listen: `host:port`.")] = "127.0.0.1:8085",
    log: Annotated[
        list[str],
        typer.Option(
            help="The public key (vkey) of a log that is witnessed: its root key, or a shard's. "
            "May be repeated."
        ),
    ],
    name: Annotated[
        str,
        typer.Option(help="What the witness is called; an address of yours is good, as `x.kz/w1`."),
    ],
    key: Annotated[Path, typer.Option(help="Its key (PEM, Ed25519); made if there is none.")],
    state: Annotated[Path, typer.Option(help="Where it remembers what it saw.")],
    certificate: Annotated[
        Path | None, typer.Option(help="Certificates (PEM), to be reached by https.")
    ] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="Their private key (PEM).")] = None,
) -> None:
    r"""Be a witness for somebody else's log: cosign one history of it, and no other.

    For an auditor, a regulator or a partner. The log's keeper sets this witness's address and
    public key in `evidence.witnesses`; then it can't show you one history and others another.
    What contradicts stays in the state directory, signed by who did it:

    ```sh
    guardrail evidence witness --name x.kz/w1 --key witness.pem \
      --state witness --log 'guardrail+90b1f2d3+ASkX…'
    ```

    Follows C2SP tlog-witness. Its own public keys are printed, and served at `/`.
    """
    from guardrail.evidence import parse_vkey
    from guardrail.shells.witness import Witness
    from guardrail.shells.witness_server import serve_witness
    from guardrail.stores.object_folder import ObjectFolder
    from guardrail.stores.signing_key import load_or_create_key

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise ConfigError("where to listen?", fix="write --listen host:port")
    one = Witness(
        ObjectFolder(state),
        name=name,
        key=load_or_create_key(key, origin=name),
        logs=[parse_vkey(vkey) for vkey in log],
    )
    for cosigner in one.cosigners:
        typer.echo(f"public key: {cosigner}")
    typer.echo(f"listening on {listen}")
    serve_witness(one, host.strip("[]"), int(port), certificate, certificate_key)


def probe(  # noqa: PLR0913 - one parameter for each flag
    url: Annotated[
        str | None,
        typer.Argument(help="The guard, as `https://ai.example.kz`: probes are sent through it."),
    ] = None,
    *,
    save: Annotated[
        Path, typer.Option(help="Where receipts are kept; what is there already stays.")
    ] = Path("probes.jsonl"),
    count: Annotated[int, typer.Option(min=1, max=MOST_PROBES, help="How many to send.")] = 10,
    path: Annotated[str, typer.Option(help="Of chat completions.")] = "/v1/chat/completions",
    model: Annotated[str, typer.Option(help="The model to ask.")] = "gpt-4o-mini",
    header: Annotated[
        list[str] | None, typer.Option(help="A header to send, as `Authorization: Bearer …`.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Send none: look for those that were kept in the log.")
    ] = False,
    log: Annotated[
        str | None,
        typer.Option("--log", help="Look in this log, or copy of one, not at the guard."),
    ] = None,
    vkey: Annotated[
        str | None, typer.Option(help="The log's public key, kept elsewhere than the log.")
    ] = None,
) -> None:
    r"""Send requests like anybody's and keep their receipts; later see that all are in the log.

    For an auditor, from a machine of the auditor's:

    ```sh
    guardrail evidence probe https://ai.example.kz --count 20 \
      --header "Authorization: Bearer $KEY"
    guardrail evidence probe https://ai.example.kz --check \
      --vkey 'guardrail+90b1f2d3+ASkX…'
    ```

    Ends with 1 where a probe got no receipt, or an entry isn't proven. An entry is in the log some
    seconds after its answer.
    """
    if check:
        _checked(save, url, log, vkey)
    elif url is None:
        raise ConfigError("which guard?", fix="give its address, as https://ai.example.kz")
    else:
        _probed(url.rstrip("/") + path, count, save, model=model, headers=_headers(header or ()))


def _probed(url: str, count: int, save: Path, *, model: str, headers: dict[str, str]) -> None:
    from guardrail.shells.probing import probe as send

    without = 0
    with save.open("ab") as file:
        for _ in range(count):
            try:
                one = send(url, model=model, headers=headers)
            except ValueError as error:
                raise ConfigError(str(error), fix="as in https://ai.example.kz") from None
            except OSError as error:
                raise BadInput(f"the guard doesn't answer: {error}") from None
            file.write(bytes(one))
            file.flush()
            without += not one.receipts
    typer.echo(f"{count} sent, {count - without} receipts kept in {save}")
    if without:
        typer.secho(f"PROBLEM: {without} answers had no receipt", fg=typer.colors.RED)
        raise typer.Exit(1)


def _checked(save: Path, url: str | None, log: str | None, vkey: str | None) -> None:
    from guardrail.shells.probing import check, prove_by_url, read_probes

    if vkey is None or (url is None) == (log is None):
        raise ConfigError(
            "a check needs the log's public key, and either the guard's address or a log",
            fix="give --vkey, and an address or --log",
        )
    try:
        probes = read_probes(save.read_bytes())
    except OSError as error:
        raise BadInput(f"{save}: {error.strerror}") from None
    root = _verifier(vkey)
    if url is not None:
        results = list(check(probes, root, prove_by_url(url)))
    else:
        with _told(log or "") as (told, _, _):
            results = list(check(probes, root, _by(told)))
    missing = [one for one in results if one.problem]
    for one in missing:
        typer.secho(f"PROBLEM: {one.receipt}: {one.problem}", fg=typer.colors.RED)
    typer.echo(f"{len(results) - len(missing)} of {len(results)} receipts are proven")
    if missing or not results:
        raise typer.Exit(1)


def _by(told: Told) -> Prove:
    def of(receipt: Receipt) -> tuple[bytes, bytes]:
        return told.proof(str(receipt)), told.key(told.position(str(receipt)).shard)

    return of


@contextmanager
def _told(log: str) -> Iterator[tuple[Told, EvidenceIndex, Objects]]:
    """Open a log and an index over it, which is made for now where the log has none beside it."""
    import tempfile
    import time

    from guardrail.cli.evidence import opened
    from guardrail.shells.evidence_page import Told
    from guardrail.stores.evidence_index import EvidenceIndex
    from guardrail.stores.state import State

    with opened(log) as (objects, beside), tempfile.TemporaryDirectory() as folder:
        kept = State(beside).evidence_index if beside is not None else None
        index = EvidenceIndex(kept if kept and kept.exists() else Path(folder) / "index.sqlite")
        try:
            index.follow(objects, time.time_ns() // 1_000)
            yield Told(objects, index, log=""), index, objects
        finally:
            index.close()


def _named(name: str, index: EvidenceIndex) -> Sequence[str]:
    """Return the ids of the entries that a request, a receipt or an id means."""
    from guardrail.evidence.receipt import parse_id, parse_receipts

    if name.startswith("req_"):
        found = [f"{one.writer}-{one.n}" for one in index.find(name)]
        if not found:
            raise GuardrailError(
                "no entry of this request is in the log", code="evidence_unknown", status=404
            )
        return found
    if ";" in name:
        return [str(receipt) for _, receipt in parse_receipts(name)]
    parse_id(name)
    return [name]


def _verifier(vkey: str) -> Verifier:
    from guardrail.evidence import parse_vkey

    return parse_vkey(vkey)


def _headers(said: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition(":") for one in said]
    if not all(colon and name.strip() for name, colon, _ in pairs):
        raise ConfigError("a header has a name, a colon and a value")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    typer.echo(path)
