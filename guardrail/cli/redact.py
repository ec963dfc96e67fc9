"""`guardrail redact`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardrail.cli import detecting
from guardrail.cli.detecting import KEY_VARIABLE
from guardrail.cli.options import ConfigFile
from guardrail.errors import BadInput, ConfigError

if TYPE_CHECKING:
    from guardrail.detect import TextDetector


def redact(  # noqa: PLR0913 - one parameter for each flag
    file: detecting.InFile = Path("-"),
    *,
    mask: Annotated[
        bool, typer.Option("--mask", help="Write <KZ_IIN_1> for values; the default.")
    ] = False,
    pseudonymise: Annotated[
        bool,
        typer.Option("--pseudonymise", help="Write labels that --restore can put back."),
    ] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Put the values of labels back.")
    ] = False,
    vault: Annotated[
        Path | None,
        typer.Option(help="File that keeps the values, encrypted; made where there is none."),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(help=f"File with the vault's key; else it is in {KEY_VARIABLE}."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; else standard output.")
    ] = None,
    tier: detecting.Tier = None,
    profile: detecting.Profile = None,
    entities: detecting.Entities = None,
    min_score: detecting.MinScore = None,
    recognizers: detecting.Recognizers = None,
    config: ConfigFile = None,
) -> None:
    """Take personal data out of a text, and put it back.

    For good, with numbers for values:

    ```sh
    echo "ЖСН 900101300017" | guardrail redact
    ```
    ```text
    ЖСН <KZ_IIN_1>
    ```

    For a while, to send a text to somebody who mustn't see the values:

    ```sh
    export GUARDRAIL_VAULT_KEY=$(openssl rand -base64 32)
    guardrail redact --pseudonymise --vault v letter.txt -o out.txt
    guardrail redact --restore --vault v answer.txt
    ```

    A value has the same label in every file of one key. Restoring what was pseudonymised gives
    the same bytes again. Keep the key: without it the vault is of no use to anybody.

    Ends with 0, with 2 on errors; then nothing is written.
    """
    _check(mask=mask, pseudonymise=pseudonymise, restore=restore, vault=vault)
    key = None if vault is None else _key(key_file)
    with detecting.open_text(file) as stream:
        text = detecting.read_text(stream)
    if vault is not None and key is not None and restore:
        _write(_restored(text, vault, key), output)
        return
    asked = {
        "tier": tier,
        "profile": profile,
        "entities": entities,
        "min_score": min_score,
        "recognizers": recognizers,
    }
    detector = detecting.detector_from(config, asked)
    if vault is not None and key is not None:
        _write(_pseudonymised(text, detector, vault, key), output)
    else:
        from guardrail.cli.labelling import masked

        _write(masked(text, detector.find(text)), output)


def _check(*, mask: bool, pseudonymise: bool, restore: bool, vault: Path | None) -> None:
    if sum((mask, pseudonymise, restore)) > 1:
        raise BadInput("--mask, --pseudonymise and --restore exclude each other", fix="give one")
    if (pseudonymise or restore) and vault is None:
        raise BadInput("there is no vault for the values", fix="name a file with --vault")
    if vault is not None and not (pseudonymise or restore):
        raise BadInput(
            "what is masked can't be put back, so a vault has nothing to keep",
            fix="give --pseudonymise or --restore with --vault",
        )


def _key(key_file: Path | None) -> bytes:
    from guardrail.stores.vault import vault_key

    if key_file is not None:
        try:
            return vault_key(key_file.read_text("ascii"), str(key_file))
        except OSError as error:
            raise ConfigError(f"{key_file}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise ConfigError(f"{key_file} is neither base 64 nor hexadecimal") from None
    if KEY_VARIABLE in os.environ:
        return vault_key(os.environ[KEY_VARIABLE], KEY_VARIABLE)
    raise ConfigError(
        "there is no key for the vault",
        fix=f"set {KEY_VARIABLE}, or give --key-file; one is made by: openssl rand -base64 32",
    )


def _pseudonymised(text: str, detector: TextDetector, path: Path, key: bytes) -> str:
    from guardrail.cli.labelling import pseudonymised
    from guardrail.stores.vault import Vault, pseudonym_key

    findings = detector.find(text)
    vault = Vault(path, key)
    with vault.locked():
        known = vault.read()
        made, values = pseudonymised(text, findings, key=pseudonym_key(key), known=known)
        # Before the text goes anywhere: what can't be put back must not be given out.
        vault.write(values)
    return made


def _restored(text: str, path: Path, key: bytes) -> str:
    from guardrail.cli.labelling import restored
    from guardrail.stores.vault import Vault

    if not path.exists():
        raise BadInput(f"{path}: there is no such vault")
    return restored(text, Vault(path, key).read())


def _write(text: str, output: Path | None) -> None:
    from guardrail.stores.vault import replace_file

    if output is not None:
        replace_file(output, text.encode(), mode=0o666)
        return
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
