from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput, ConfigError
from guardrail.shells.upstream_head import end_to_end, join_path, read_origin, request_head


@pytest.mark.parametrize(
    ("url", "tls", "host", "port", "path", "authority"),
    [
        ("http://127.0.0.1:11434", False, "127.0.0.1", 11434, "", "127.0.0.1:11434"),
        ("https://api.example.org/v1/", True, "api.example.org", 443, "/v1", "api.example.org"),
        ("https://api.example.org:443", True, "api.example.org", 443, "", "api.example.org"),
        ("http://[::1]:8000/x", False, "::1", 8000, "/x", "[::1]:8000"),
        ("HTTP://Example.ORG", False, "example.org", 80, "", "example.org"),
        ("https://қаз.қаз", True, "xn--80ao21a.xn--80ao21a", 443, "", "xn--80ao21a.xn--80ao21a"),
    ],
)
def test_an_upstream_address_is_read(
    url: str,
    tls: bool,  # noqa: FBT001 - a row of the table
    host: str,
    port: int,
    path: str,
    authority: str,
) -> None:
    origin = read_origin(url)
    assert (origin.tls, origin.host, origin.port) == (tls, host, port)
    assert (origin.path, origin.authority) == (path, authority)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8000",
        "ftp://example.org",
        "http://",
        "http://user:secret@example.org",
        "http://example.org/?key=1",
        "http://example.org/#top",
        "http://example.org:99999",
        "http://example.org:port",
        "http://[::1",
        "http://example.org/a b",
        "http://example.org/a/../b",
        "http://" + "a" * 70 + ".org",
    ],
)
def test_an_address_that_cannot_be_used_is_a_config_error_without_its_secrets(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_origin(url)
    assert "secret" not in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("prefix", "target", "joined"),
    [
        ("", "/v1/chat/completions", "/v1/chat/completions"),
        ("/v1", "/v1/chat/completions", "/v1/chat/completions"),
        ("/v1", "/v1", "/v1"),
        ("/v1", "/v1?a=b", "/v1?a=b"),
        ("/v1", "/chat/completions", "/v1/chat/completions"),
        ("/v1", "/v10/x", "/v1/v10/x"),
        ("/openai/v1", "/v1/models?limit=1", "/openai/v1/models?limit=1"),
        ("/api/notv1", "/v1/models", "/api/notv1/v1/models"),
        ("/openai", "/v1/models", "/openai/v1/models"),
        ("/v1", "/", "/v1/"),
        ("", "/", "/"),
        ("/v1", "/v1/v1/x", "/v1/v1/x"),
        ("", "/v1/models/org%2Fname", "/v1/models/org%2Fname"),
        ("", "/x?u=http://a//b/../c", "/x?u=http://a//b/../c"),
    ],
)
def test_a_prefix_and_a_target_are_joined_without_repeating_a_segment(
    prefix: str, target: str, joined: str
) -> None:
    assert join_path(prefix, target) == joined


@pytest.mark.parametrize(
    "target",
    [
        "",
        "*",
        "v1/models",
        "http://elsewhere/",
        "//elsewhere/",
        "/v1 /models",
        "/v1\r\nx: y",
        "/v1\x00",
        "/v1\x7f",
        "/модели",
        "/v1#top",
        "/v1/../admin",
        "/v1/x/../chat/completions",
        "/v1/%2e%2E/admin",
        "/v1/.%2e",
        "/v1/./chat",
        "/v1//chat",
        "/v1\\chat",
    ],
)
def test_a_target_with_two_readings_is_refused(target: str) -> None:
    with pytest.raises(BadInput) as caught:
        join_path("", target)
    assert caught.value.code == "bad_target"
    assert "elsewhere" not in str(caught.value)


def test_fields_of_one_connection_stay_there() -> None:
    fields = (
        (b"connection", b"close, X-Mine"),
        (b"keep-alive", b"timeout=5"),
        (b"proxy-authorization", b"Basic x"),
        (b"proxy-anything", b"x"),
        (b"te", b"trailers"),
        (b"trailer", b"x"),
        (b"transfer-encoding", b"chunked"),
        (b"upgrade", b"h2c"),
        (b"http2-settings", b"x"),
        (b"x-mine", b"1"),
        (b"authorization", b"Bearer k"),
        (b"x-yours", b"2"),
        (b"x-yours", b"3"),
    )
    kept = end_to_end(fields)
    assert kept == ((b"authorization", b"Bearer k"), (b"x-yours", b"2"), (b"x-yours", b"3"))
    assert end_to_end(kept) == kept


def test_a_head_tells_our_host_and_our_length() -> None:
    headers = (
        (b"host", b"guard"),
        (b"content-length", b"7"),
        (b"content-length", b"9"),
        (b"expect", b"100-continue"),
        (b"accept", b"*/*"),
    )
    head = request_head("POST", "/v1/x", "up:81", headers, 2)
    assert head == b"POST /v1/x HTTP/1.1\r\nhost: up:81\r\ncontent-length: 2\r\naccept: */*\r\n\r\n"
    assert request_head("GET", "/", "h", (), 0) == b"GET / HTTP/1.1\r\nhost: h\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "length", "told"),
    [("GET", 0, False), ("HEAD", 0, False), ("GET", 3, True), ("POST", 0, True), ("PUT", 0, True)],
)
def test_a_length_is_told_where_a_body_has_a_meaning(
    method: str,
    length: int,
    told: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert (b"content-length" in request_head(method, "/", "h", (), length)) is told


@pytest.mark.parametrize("method", ["", "CONNECT", "GET /x HTTP/1.1\r\nhost: y", "ПОСТ", "A B"])
def test_a_method_that_is_none_is_refused(method: str) -> None:
    with pytest.raises(BadInput) as caught:
        request_head(method, "/", "h", (), 0)
    assert (caught.value.code, caught.value.status) == ("bad_method", 405)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"x", b"a\r\nx-injected: 1"),
        (b"x", b"a\nb"),
        (b"x", b"a\rb"),
        (b"x", b"a\0b"),
        (b"x: y\r\nz", b"a"),
        (b"x y", b"a"),
        (b"x:", b"a"),
        (b"", b"a"),
        (b"\xff", b"a"),
    ],
)
def test_a_field_that_would_become_two_is_refused(name: bytes, value: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        request_head("GET", "/", "h", ((b"a", b"b"), (name, value)), 0)
    assert caught.value.code == "bad_header"
    assert "injected" not in str(caught.value)


@given(st.lists(st.tuples(st.binary(max_size=8), st.binary(max_size=8)), max_size=5))
def test_every_head_has_one_line_for_each_field_or_is_refused(
    fields: list[tuple[bytes, bytes]],
) -> None:
    try:
        head = request_head("GET", "/", "h", tuple(fields), 0)
    except BadInput:
        return
    assert head.index(b"\r\n\r\n") == len(head) - 4
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")[2:]
    assert len(lines) <= len(fields)
    assert all(b":" in line and b"\r" not in line and b"\n" not in line for line in lines)
