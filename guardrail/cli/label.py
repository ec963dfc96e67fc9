"""`guardrail label`: what does a file carry, and marks for files that have none."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from guardrail.errors import BadInput, ConfigError

if TYPE_CHECKING:
    from guardrail.disclose.detect import Carried, Mark, Watermark
    from guardrail.facts import Label

app = typer.Typer(no_args_is_help=True, help="Read the marks of files, and write them.")

_TYPES: Mapping[str, str] = {
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xhtml": "application/xhtml+xml",
}
"""Ending of a file's name → its type. Only texts aren't told apart by their content."""
_MOST_KEY = 4_096
_MOST_HEAD = 1 << 20
_MOST_REPLY = 32 << 20
_SIGNATURES = {"valid": 0, "unsigned": 1, "changed": 3}
_CODES = {"declares_ai": 0, "no_mark": 1, "mark_invalid": 3}

_InFile = Annotated[Path, typer.Argument(help="The file, or - for standard input.")]


@app.command("verify")
def verify(  # noqa: PLR0913 - one parameter for each flag
    files: Annotated[
        list[Path],
        typer.Argument(help="Files of any kind, or - for standard input.", show_default=False),
    ],
    *,
    json: Annotated[bool, typer.Option("--json", help="A JSON line for each file.")] = False,
    roots: Annotated[
        Path | None, typer.Option(help="Certificates (PEM) that signatures are trusted by.")
    ] = None,
    watermark_key: Annotated[
        Path | None,
        typer.Option(help="File with the secret key of your watermark, 16 bytes or more."),
    ] = None,
    sidecar: Annotated[
        Path | None,
        typer.Option(help="What came beside the file: a label in JSON, or a C2PA manifest."),
    ] = None,
    media_type: Annotated[
        str, typer.Option("--type", help="What standard input is, as text/markdown.")
    ] = "",
    headers: Annotated[
        Path | None,
        typer.Option(help="Header fields of a reply, of which the file is the body; needs --keys."),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(help="What /.well-known/guardrail/label-keys gave, or a public key in PEM."),
    ] = None,
    wire: Annotated[
        str, typer.Option("--format", help="The wire format of the body of a reply.")
    ] = "openai-chat",
) -> None:
    """Tell what a file says of its origin: tags, signed manifests, watermarks.

    No mark proves nothing, and without a trusted signature a mark is anybody's word:

    ```sh
    guardrail label verify picture.png --roots roots.pem
    ```
    ```text
    picture.png: declares_ai
      signed c2pa: valid, trusted, ai-generated, by example
      metadata tc260:AIGC: valid, ai-generated, by example
    ```

    For programs:

    ```sh
    curl -s https://example.kz/a.jpg | guardrail label verify --json -
    ```
    ```json
    {"path":"-","conclusion":"no_mark","medium":"image/jpeg","found":[],
      "not_looked_for":[{"layer":"watermark","reason":"no_key"}],"words":{}}
    ```

    With the header fields of a reply, whole or streamed, whether its words are those that were
    signed:

    ```sh
    guardrail label verify --headers head.txt --keys keys.json reply.json
    ```
    ```text
    reply.json: valid, urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10
    ```

    Nothing that a file names is fetched. Ends with 0 where each file declares AI, with 1 where one
    has no mark, with 3 where a mark doesn't hold, with 2 on errors.
    """
    if headers is not None or keys is not None:
        _reply(files, headers, keys, wire)
    if sidecar is not None and len(files) > 1:
        raise BadInput("--sidecar is of one file: give one")
    if [str(file) for file in files].count("-") > 1:
        raise BadInput("standard input can be read once")
    from guardrail.disclose.detect import MOST_BYTES, detect

    anchors = _roots(roots) if roots else b""
    watermark = _watermark(watermark_key) if watermark_key else None
    beside = _bytes(sidecar, MOST_BYTES) if sidecar else b""
    code = 0
    for file in files:
        carried = detect(
            _bytes(file, MOST_BYTES),
            media_type=media_type if str(file) == "-" else _TYPES.get(file.suffix.lower(), ""),
            sidecar=beside,
            anchors=anchors,
            watermark=watermark,
        )
        (_json if json else _lines)(file, carried)
        code = max(code, _CODES[carried.conclusion])
    raise typer.Exit(code)


@app.command("write")
def write(  # noqa: PLR0913 - one parameter for each flag
    file: _InFile,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the marked file goes.")],
    model: Annotated[str, typer.Option(help="The model that made it.")],
    provider: Annotated[str, typer.Option(help="Who provides the model.")],
    level: Annotated[
        Literal["ai-generated", "ai-assisted", "ai-autonomous"],
        typer.Option(help="AI's part in it."),
    ] = "ai-generated",
    kind: Annotated[
        Literal["result", "synthetic", "synthetic_person"],
        typer.Option(
            "--class",
            help="synthetic: it imitates or invents (Law 230-VIII art. 1); synthetic_person: "
            "a person's face or voice.",
        ),
    ] = "result",
    cert: Annotated[
        Path | None, typer.Option(help="Sign with this certificate and its issuers (PEM), too.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's private key (PEM).")] = None,
    media_type: Annotated[
        str, typer.Option("--type", help="What standard input is, as text/markdown.")
    ] = "",
) -> None:
    r"""Mark a file as an AI's work, in the places that its format has for that.

    ```sh
    guardrail label write picture.png --out marked.png \
      --model demo-1 --provider example
    ```

    With a certificate a signed manifest (C2PA) goes over the tags; needs the extra `labels`:

    ```sh
    guardrail label write picture.png --out marked.png \
      --model demo-1 --provider example \
      --cert marks/certificate.pem --key marks/key.pem
    ```

    What the picture shows stays bit for bit. Ends with 0, with 2 on errors; then nothing is
    written.
    """
    if (cert is None) != (key is None):
        raise BadInput("--cert and --key go together: give both or neither")
    import time
    from uuid import uuid4

    from guardrail.disclose import label
    from guardrail.disclose.detect import MOST_BYTES
    from guardrail.stores.vault import replace_file

    said = label(
        id=uuid4().urn,
        level=level,
        kind=kind,
        model=model,
        provider=provider,
        created=int(time.time()),
    )
    stated = media_type if str(file) == "-" else _TYPES.get(file.suffix.lower(), "")
    data = _bytes(file, MOST_BYTES)
    marked = _tagged(data, stated, said, signs=cert is not None)
    if cert is not None and key is not None:
        marked = _signed(marked, stated, said, (cert, key))
    replace_file(out, marked, mode=0o666)
    typer.echo(f"{out}: {said.level}, {said.id}")


@app.command("certificate")
def certificate(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Directory; made where there is none.")],
    organisation: Annotated[str, typer.Option(help="Who signs.")] = "guardrail",
) -> None:
    """Make a certificate to try signed marks with, which nobody else trusts.

    ```sh
    guardrail label certificate --out marks
    ```

    Writes `certificate.pem` and `key.pem` for `guardrail label write`, and `root.pem` for
    `guardrail label verify --roots`. Nothing there is written over.
    """
    from datetime import UTC, datetime

    from guardrail.disclose.c2pa import development

    made = development(datetime.now(UTC), organisation=organisation)
    files = {
        "key.pem": (made.credential.key, 0o600),
        "certificate.pem": (made.credential.chain, 0o644),
        "root.pem": (made.root, 0o644),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        there = [name for name in files if (out / name).exists()]
        if there:
            raise BadInput(
                f"{_shown(out / there[0])} is there already", fix="name another directory"
            )
        for name, (data, mode) in files.items():
            _create(out / name, data, mode)
    except OSError as error:
        raise BadInput(f"{_shown(out)}: {error.strerror}") from None
    typer.secho(
        "UNTRUSTED: these certificates are for development. Verifiers other than yours will say "
        "that the signer is unknown, and they are right.",
        err=True,
        fg=typer.colors.RED,
        bold=True,
    )
    for name in files:
        typer.echo(_shown(out / name))


def _reply(files: list[Path], head: Path | None, keys: Path | None, wire: str) -> None:
    """Tell whether a saved reply's words are those that were signed, and end."""
    from guardrail.cli import label_signature

    if head is None or keys is None or len(files) > 1:
        raise BadInput("--headers and --keys go together, with the body of one reply")
    fields = label_signature.headers_in(_bytes(head, _MOST_HEAD))
    told, label = label_signature.UNSIGNED, ""
    for signed, texts in label_signature.signed_in(_bytes(files[0], _MOST_REPLY), fields, wire):
        key = label_signature.key_in(_bytes(keys, 1 << 20), signed.kid, signed.label.created)
        told, label = label_signature.checked(signed, texts, key), f", {signed.label.id}"
        if told == label_signature.CHANGED:
            break
    typer.echo(f"{_shown(files[0])}: {told}{label}")
    raise typer.Exit(_SIGNATURES[told])


def _create(path: Path, data: bytes, mode: int) -> None:
    import os

    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _bytes(file: Path, most: int) -> bytes:
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with file.open("rb") as stream:
                data = stream.read(most + 1)
    except OSError as error:
        raise BadInput(f"{_shown(file)}: {error.strerror}") from None
    if len(data) > most:
        raise BadInput(f"{_shown(file)} is larger than {most} bytes")
    return data


def _roots(file: Path) -> bytes:
    from guardrail.disclose.c2pa.certificates import roots

    return roots(_bytes(file, 4 << 20))


def _watermark(file: Path) -> Watermark:
    from guardrail.disclose.detect import spread

    try:
        return spread(_bytes(file, _MOST_KEY))
    except ValueError as error:
        raise ConfigError(f"{_shown(file)}: {error}") from None


def _tagged(data: bytes, stated: str, said: Label, *, signs: bool) -> bytes:
    from guardrail.disclose import marks

    done = marks.write(data, said, media_type=stated)
    if isinstance(done, marks.Marked):
        return done.data
    if signs and done.reason in {"already_signed", "no_carrier"}:
        return data  # a manifest needs no tags, and keeps the one before it
    raise BadInput(
        f"the file can't be marked: {done.reason}",
        fix="--cert and --key sign it anew" if done.reason == "already_signed" else "",
    )


def _signed(data: bytes, stated: str, said: Label, pair: tuple[Path, Path]) -> bytes:
    from datetime import UTC, datetime

    import guardrail
    from guardrail.disclose import c2pa
    from guardrail.disclose.c2pa.certificates import from_pem
    from guardrail.disclose.detect import kind_of

    now = datetime.now(UTC)
    cert, key = (_bytes(file, 1 << 20) for file in pair)
    signer = c2pa.Signer(
        credentials=(from_pem(cert, key, now),),
        generator=c2pa.Generator(version=guardrail.__version__),
    )
    try:
        return c2pa.sign(data, kind_of(data, stated), said, signer, now).data
    except c2pa.Unsigned as error:
        raise BadInput(f"the file can't be signed: {error.reason}") from None


def _json(file: Path, carried: Carried) -> None:
    import orjson

    line = orjson.dumps({"path": _shown(file), **carried.document()})
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _lines(file: Path, carried: Carried) -> None:
    from guardrail.disclose.detect import words

    lines = [f"{_shown(file)}: {carried.conclusion}"]
    lines += [f"  {one.layer} {one.technique}: {_told(one)}" for one in carried.found]
    lines += [f"  not looked for: {one.layer} ({one.reason})" for one in carried.unread]
    lines += [f"  {said}" for said in words(carried).values()]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
    sys.stdout.buffer.flush()


def _told(mark: Mark) -> str:
    holds = {True: "valid", False: "NOT VALID", None: "not checked"}[mark.valid]
    trust = ("trusted" if mark.trusted else "not trusted") if mark.layer == "signed" else ""
    by = f"by {mark.producer}" if mark.producer else ""
    model = f"model {mark.model}" if mark.model else ""
    told = (holds, trust, mark.level, by, model, mark.id, mark.signed_at, *mark.codes)
    return ", ".join(filter(None, told))


def _shown(file: Path) -> str:
    """Return a path as text: names of files are bytes, needn't be UTF-8, and may be hostile."""
    text = str(file).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
