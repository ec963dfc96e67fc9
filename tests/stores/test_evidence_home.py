from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.errors import ConfigError, EvidenceError
from guardrail.stores.evidence_home import open_objects, rehearse
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.testing import MemoryObjects

SECRET = "secret-word"


def test_it_is_a_directory_of_the_state_where_nothing_is_said(tmp_path: Path) -> None:
    objects = open_objects("", State(tmp_path))
    assert isinstance(objects, ObjectFolder)
    assert objects.root == tmp_path / "evidence"
    rehearse(objects)
    objects.close()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("/var/lib/evidence", "no address"),
        ("evidence", "no address"),
        ("postgres//x", "no address"),
        ("s3://[", "no address"),
        (f"postgresq://u:{SECRET}@h/db", "did you mean 'postgresql'"),
        (f"mysql://u:{SECRET}@h/db", "unknown scheme"),
        (f"s3://key:{SECRET}@bucket/prefix", "no bucket"),
        ("s3://bucket:80/prefix", "no bucket"),
        ("s3:///prefix", "no bucket"),
        ("s3://bucket?regoin=x", "did you mean 'region'"),
        ("s3://bucket?endpoint=s3.example.kz", "endpoint is no address"),
        ("s3://bucket/../prefix", "prefix"),
        ("s3://bucket/Prefix", "prefix"),
        (f"postgresql://u:{SECRET}@h/db?nonsense=1", "no address of a PostgreSQL"),
    ],
)
def test_what_names_no_store_is_refused_with_a_remedy_and_without_secrets(
    where: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        open_objects(where, State(tmp_path))
    assert caught.value.fix
    assert SECRET not in f"{caught.value} {caught.value.fix}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("where", "module", "extra"),
    [
        ("postgresql://h/db", "psycopg", "postgres"),
        ("s3://bucket", "obstore", "s3"),
    ],
)
def test_an_extra_that_isnt_installed_is_named(
    where: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: Callable[..., object] = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name.partition(".")[0] == module:
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    for name in list(sys.modules):
        if name.startswith(("guardrail.stores.object_", "guardrail.stores.postgres", module)):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=f"extra {extra} ") as caught:
        open_objects(where, State(tmp_path))
    assert f"guardrail-gateway[{extra}]" in caught.value.fix


def test_a_rehearsal_fails_where_the_store_does() -> None:
    objects = MemoryObjects()
    objects.failing = True
    with pytest.raises(EvidenceError):
        rehearse(objects)
