"""Something is sent where the operator says, for as long as it may take."""

import time
from base64 import b64encode

import pytest

from guardrail.shells.posting import poster
from guardrail.testing.web import Web


def test_a_body_goes_there_and_the_answer_comes_back_whatever_its_status() -> None:
    with Web(lambda path, body: (409, "text/X.size; a=b", path.encode() + body)) as web:
        post = poster(f"{web.url}/there?a=b", seconds=5, kind="text/plain")
        said = post(b"sent")
    assert (said.status, said.kind) == (409, "text/x.size")
    assert said.body == b"/there?a=bsent"
    assert said.headers["content-length"] == "14"


def test_a_password_in_the_address_is_sent_as_such() -> None:
    with Web(lambda *_: (200, "", b"")) as web:
        poster(web.url, seconds=5, kind="text/plain")(b"")
        assert web.authorization == ""
        address = web.url.replace("://", "://siem:p%40ss@")
        poster(address, seconds=5, kind="text/plain")(b"")
    assert web.authorization == "Basic " + b64encode(b"siem:p@ss").decode()


def test_an_answer_that_doesnt_say_what_it_is_has_no_kind() -> None:
    with Web(lambda *_: (200, "", b"")) as web:
        assert poster(web.url, seconds=5, kind="text/plain")(b"").kind == ""


def test_an_answer_over_the_bound_is_none() -> None:
    with Web(lambda *_: (200, "text/plain", bytes(11))) as web:
        post = poster(web.url, seconds=5, kind="text/plain", most_bytes=10)
        with pytest.raises(OSError, match="many bytes"):
            post(b"")


def test_who_is_slow_costs_no_more_than_the_bound() -> None:
    def slow(*_: object) -> tuple[int, str, bytes]:
        time.sleep(1)
        return 200, "text/plain", b""

    with Web(slow) as web, pytest.raises(TimeoutError):
        poster(web.url, seconds=0.2, kind="text/plain")(b"")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://a", "http://", "http://[::1"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        poster(url, seconds=1, kind="text/plain")
