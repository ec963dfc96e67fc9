"""Where evidence is kept, by what an operator writes: a directory, PostgreSQL, or a bucket."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from guardrail.errors import ConfigError, EvidenceError, nearest
from guardrail.evidence.objects import Objects
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.object_names import checked_prefix
from guardrail.stores.state import State

_FORMS = (
    "leave evidence.store empty for a directory in `state`, or write it as "
    "postgresql://user@host/database or s3://bucket/prefix?region=eu-central-1"
)
_BUCKET_KEYS = ("endpoint", "region", "ca")


def open_objects(where: str, state: State) -> Objects:
    """Open the store that `evidence.store` names.

    Args:
        where: empty for the directory ``evidence`` in `state`; ``postgresql://user@host/database``;
            or ``s3://bucket/prefix`` with ``endpoint``, ``region`` and ``ca`` (a file) behind a
            question mark. It may hold a password, so no error repeats it.
        state: the state directory.

    Returns:
        The store, which is there and can be written. Open it after a fork, and close it in the end.

    Raises:
        ConfigError: it is none of these, needs an extra that isn't installed, or can't be used.
    """
    if not where:
        return ObjectFolder(state.evidence)
    try:
        url = urlsplit(where)
    except ValueError:
        raise ConfigError("evidence.store is no address", fix=_FORMS) from None
    match url.scheme:
        case "postgresql" | "postgres":
            return _postgres(where)
        case "s3":
            return _bucket(url)
        case "":
            raise ConfigError("evidence.store is no address", fix=_FORMS)
        case scheme:
            told = nearest(scheme, ["postgresql", "s3"])
            raise ConfigError(f"evidence.store: unknown scheme {scheme!r}{told}", fix=_FORMS)


def rehearse(objects: Objects) -> None:
    """Write, swap and take away an object of no meaning, as evidence is.

    Raises:
        EvidenceError: that can't be done, or two writers would overwrite each other.
    """
    name = f"probe/{secrets.token_hex(8)}"
    try:
        done = (
            objects.create(name, b"1"),
            objects.create(name, b"2"),
            objects.swap(name, b"3", expected=b"1"),
            objects.swap(name, b"4", expected=b"1"),
            objects.read(name),
        )
    finally:
        objects.delete([name])
    if done != (True, False, True, False, b"3"):
        raise EvidenceError(
            "the evidence store doesn't keep writers apart", fix="see docs/evidence-stores.md"
        )


def _postgres(where: str) -> Objects:
    try:
        from guardrail.stores.object_postgres import ObjectPostgres  # noqa: PLC0415 - an extra
    except ImportError:
        raise _missing("postgres", "PostgreSQL") from None
    objects = ObjectPostgres(where)
    try:
        rehearse(objects)
    except EvidenceError as error:
        objects.close()
        raise ConfigError(
            str(error), fix="see the grants in docs/evidence-stores.md, PostgreSQL"
        ) from None
    return objects


def _bucket(url: SplitResult) -> Objects:
    try:
        from guardrail.stores.object_s3 import Bucket, ObjectS3  # noqa: PLC0415 - an extra
    except ImportError:
        raise _missing("s3", "a bucket") from None
    told = _options(url)
    ca = told.get("ca")
    return ObjectS3(
        Bucket(
            name=url.netloc,
            prefix=_prefix(url.path),
            endpoint=told.get("endpoint", ""),
            region=told.get("region", ""),
            ca=Path(ca) if ca else None,
        )
    )


def _options(url: SplitResult) -> dict[str, str]:
    if not url.netloc or "@" in url.netloc or ":" in url.netloc or url.fragment:
        raise ConfigError(
            "evidence.store: that is no bucket",
            fix="write it as s3://bucket/prefix; keys stand in AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY",
        )
    told = dict(parse_qsl(url.query))
    for key in told:
        if key not in _BUCKET_KEYS:
            raise ConfigError(
                f"evidence.store: a bucket has no {key!r}{nearest(key, _BUCKET_KEYS)}",
                fix=f"it has {', '.join(_BUCKET_KEYS)}",
            )
    if not told.get("endpoint", "https://").startswith(("https://", "http://")):
        raise ConfigError(
            "evidence.store: the endpoint is no address", fix="write it as https://s3.example.kz"
        )
    return told


def _prefix(path: str) -> str:
    prefix = unquote(path).strip("/")
    try:
        return checked_prefix(prefix)
    except EvidenceError:
        raise ConfigError(
            "evidence.store: the prefix in the bucket isn't made of a-z, 0-9, dots, dashes and "
            "slashes",
            fix="choose another, as guardrail/evidence",
        ) from None


def _missing(extra: str, what: str) -> ConfigError:
    return ConfigError(
        f"evidence.store: for {what} the extra {extra} isn't installed",
        fix=f"pip install 'guardrail-gateway[{extra}]'",
    )
