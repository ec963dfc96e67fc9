"""`guardrail consent`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from guardrail.cli.options import ConfigFile, StateDir, settings_from
from guardrail.errors import BadInput

if TYPE_CHECKING:
    from guardrail.consent import ConsentRecord, Signer
    from guardrail.settings import Settings
    from guardrail.stores.sqlite import SqliteConsents

app = typer.Typer(no_args_is_help=True, help="Grant, show, and withdraw people's consent.")

Subject = Annotated[str, typer.Option(help="The person's id in your system; kept as a pseudonym.")]
RecordId = Annotated[str, typer.Argument(help="The record's id, `urn:uuid:…`.")]


@app.command("grant")
def grant(  # noqa: PLR0913 - one parameter for each flag
    *,
    subject: Subject,
    pii: Annotated[list[str], typer.Option(help="Kind of data, as KZ_IIN; again for more.")],
    days: Annotated[int, typer.Option(help="For how long.", min=1, max=1_826)] = 90,
    purpose: Annotated[
        list[str] | None, typer.Option(help="What for [the service's purpose].")
    ] = None,
    own: Annotated[
        list[str] | None,
        typer.Option(
            help="The person's own value, as KZ_IIN=900101300017: no other is covered then. Only "
            "a keyed digest of it is kept."
        ),
    ] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="Third party that may get the data; again for more.")
    ] = None,
    location: Annotated[
        list[str] | None, typer.Option(help="Country it may be processed in [KZ].")
    ] = None,
    explicit: Annotated[
        bool,
        typer.Option(
            "--explicit", help="The person agreed to this in so many words: biometrics, emotion."
        ),
    ] = False,
    public: Annotated[bool, typer.Option(help="May it be published?")] = False,
    operator_name: Annotated[str, typer.Option(help="Who asks [service.owner].")] = "",
    operator_bin: Annotated[str, typer.Option(help="Their BIN [service.bin].")] = "",
    notice_url: Annotated[str, typer.Option(help="The privacy notice that was shown.")] = "",
    withdrawal: Annotated[str, typer.Option(help="How the person withdraws.")] = "",
    method: Annotated[
        Literal["written", "esign", "kdp_state", "non_state_service", "provable_action"],
        typer.Option(help="How it was given."),
    ] = "written",
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    r"""Record a consent and print its id and a token for requests.

    The eight things that Law 94-V art. 8(4) asks for must all be said:

    ```sh
    guardrail consent grant --subject u-17 --pii KZ_IIN --days 90 \
      --operator-name "Example LLP" --operator-bin 990140000007 \
      --notice-url https://example.kz/privacy \
      --withdrawal https://example.kz/withdraw
    ```

    Send the token with requests as `Guardrail-Consent`. It lives an hour at most; make another
    with `guardrail consent token`.
    """
    from guardrail.consent import ConsentDraft, Method, Operator, ShownNotice, own_digest, pseudonym
    from guardrail.consent import grant as granted

    settings = settings_from(config, {"state": state})
    now = datetime.now(UTC)
    with _registry(settings) as (consents, key, signer):
        locations = frozenset(location or ["KZ"])
        record = granted(
            ConsentDraft(
                subject=pseudonym(key, subject),
                operator=Operator(
                    name=operator_name or settings.service.owner,
                    bin=operator_bin or settings.service.bin,
                    contact=settings.service.contact,
                ),
                purposes=tuple(purpose or [settings.service.purpose]),
                pii=frozenset(pii),
                explicit=explicit,
                third_parties=bool(recipient),
                recipients=frozenset(recipient or ()),
                cross_border=locations != {"KZ"},
                locations=locations,
                public_sources=public,
                valid_to=now + timedelta(days=days),
                method=Method(method),
                notice=ShownNotice(url=notice_url),
                withdrawal_method=withdrawal,
                own_values=frozenset(own_digest(key, *_pair(item)) for item in own or ()),
                retention=f"P{days}D",
            ),
            record_id=uuid.uuid4().urn,
            now=now,
        )
        _put_on_record(settings, record)  # first: a consent that nobody can prove is none
        consents.put(record)
        typer.echo(f"record {record.record_id}")
        typer.echo(f"token {_token(settings, record, signer, now)}")


@app.command("token")
def token(record_id: RecordId, *, state: StateDir = None, config: ConfigFile = None) -> None:
    """Print a fresh token for a record; it lives an hour at most.

    ```sh
    curl -H "Guardrail-Consent: $(guardrail consent token urn:uuid:…)" …
    ```
    """
    settings = settings_from(config, {"state": state})
    with _registry(settings) as (consents, _, signer):
        record = _found(consents, record_id)
        typer.echo(_token(settings, record, signer, datetime.now(UTC)))


@app.command("show")
def show(
    *,
    subject: Subject = "",
    record_id: Annotated[str, typer.Option("--record", help="Or a record's id.")] = "",
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """List a person's consents, or show one whole.

    ```sh
    guardrail consent show --subject u-17
    ```
    """
    import orjson

    from guardrail.consent import document, pseudonym

    if bool(subject) == bool(record_id):
        raise BadInput("say whose consents: --subject ID, or one --record ID")
    with _registry(settings_from(config, {"state": state})) as (consents, key, _):
        if record_id:
            record = _found(consents, record_id)
            option = orjson.OPT_INDENT_2
            typer.echo(orjson.dumps(document(record), option=option).decode())
            return
        for record in consents.find(pseudonym(key, subject)):
            until = record.valid_to.date().isoformat()
            kinds = ", ".join(sorted(record.pii))
            typer.echo(f"{record.record_id}  {record.state.value}  until {until}  {kinds}")


@app.command("withdraw")
def withdraw(record_id: RecordId, *, state: StateDir = None, config: ConfigFile = None) -> None:
    """Withdraw a consent. The very next request is refused.

    ```sh
    guardrail consent withdraw urn:uuid:…
    ```
    """
    settings = settings_from(config, {"state": state})
    with _registry(settings) as (consents, _, _signer):
        record = consents.withdraw(record_id, now=datetime.now(UTC))
        _put_on_record(settings, record)
        typer.echo(f"withdrawn {record.record_id}")


@app.command("receipt")
def receipt(
    record_id: RecordId,
    *,
    json: Annotated[bool, typer.Option("--json", help="ISO/IEC TS 27560, for machines.")] = False,
    state: StateDir = None,
    config: ConfigFile = None,
) -> None:
    """Print the receipt that the person keeps, in Kazakh, Russian and English.

    ```sh
    guardrail consent receipt urn:uuid:… > receipt.txt
    ```
    """
    import orjson

    from guardrail.consent import receipt as document
    from guardrail.consent import receipt_text

    with _registry(settings_from(config, {"state": state})) as (consents, _, _signer):
        record = _found(consents, record_id)
        if json:
            typer.echo(orjson.dumps(document(record), option=orjson.OPT_INDENT_2).decode())
        else:
            typer.echo(receipt_text(record), nl=False)


@contextmanager
def _registry(settings: Settings) -> Iterator[tuple[SqliteConsents, bytes, Signer]]:
    from guardrail.consent import Signer
    from guardrail.stores.keys import load_or_create_secret, load_or_create_signing_key
    from guardrail.stores.sqlite import SqliteConsents
    from guardrail.stores.state import ORIGIN, State

    state = State(settings.state)
    state.make()
    key = load_or_create_secret(state.pseudonym_key)
    signer = Signer(issuer=ORIGIN, key=load_or_create_signing_key(state.consent_key))
    consents = SqliteConsents(state.consents)
    try:
        yield consents, key, signer
    finally:
        consents.close()


def _put_on_record(settings: Settings, record: ConsentRecord) -> None:
    from guardrail.evidence import Entry, EntryKind
    from guardrail.shells.evidence_log import now_us, put_on_record
    from guardrail.stores.epoch_keys import EpochKeys
    from guardrail.stores.state import State

    names = EpochKeys(State(settings.state).epoch_keys).at(now_us())
    fields = {"record": record.record_id, "state": record.state.value}
    fields["sub"] = names.of(record.subject)
    put_on_record(settings, [Entry(kind=EntryKind.CONSENT, fields=fields)])


def _token(settings: Settings, record: ConsentRecord, signer: Signer, now: datetime) -> str:
    from guardrail.consent import issue

    return issue(
        record,
        signer=signer,
        audience=settings.consent.audience,
        now=now,
        token_id=uuid.uuid4().hex,
    )


def _found(consents: SqliteConsents, record_id: str) -> ConsentRecord:
    record = consents.get(record_id)
    if record is None:
        raise BadInput("no such record", fix="guardrail consent show --subject ID lists them")
    return record


def _pair(item: str) -> tuple[str, str]:
    entity, equals, value = item.partition("=")
    if not equals or not value:
        raise BadInput("--own is a kind and a value, as KZ_IIN=900101300017")
    return entity, value
