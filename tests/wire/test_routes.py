"""Routes match what they say, and nothing that a server behind may follow elsewhere."""

from __future__ import annotations

import pytest

from guardrail.wire.routes import RouteTable


def _table() -> RouteTable[str]:
    table: RouteTable[str] = RouteTable()
    table.add("POST", "/v1/chat", "chat")
    table.add("GET", "/v1/models/{id}", "model")
    table.add("GET", "/v1/files/{path*}/content", "file")
    return table


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("POST", "/v1/chat", "chat"),
        ("GET", "/v1/models/gpt-4o", "model"),
        ("GET", "/v1/models/модель", "model"),
        ("GET", "/v1/files/a/content", "file"),
        ("GET", "/v1/files/a/b/c/content", "file"),
        ("GET", "/v1/chat", None),
        ("POST", "/v1/chat/", None),
        ("POST", "/V1/chat", None),
        ("GET", "/v1/models/", None),
        ("GET", "/v1/models/a/b", None),
        ("GET", "/v1/models/..", None),
        ("GET", "/v1/models/%2E.", None),
        ("GET", "/v1/models/a\n", "model"),
        ("GET", "/v1/files/../chat/content", None),
        ("GET", "/v1/files/a/%2e%2E/content", None),
        ("GET", "/v1/files/a//content", None),
        ("GET", "/v1/files/a\\b/content", None),
    ],
)
def test_a_path_is_found_or_not(method: str, path: str, found: str | None) -> None:
    assert _table().find(method, path) == found


def test_an_exact_route_is_added_once() -> None:
    table = _table()
    assert not table.add("POST", "/v1/chat", "other")
    assert table.find("POST", "/v1/chat") == "chat"
