"""The web server of tests answers as it is told."""

from urllib.request import Request, urlopen

from guardrail.testing.web import Web


def test_it_answers_as_it_is_told_and_keeps_what_was_asked() -> None:
    with Web(lambda path, body: (201, "text/x", path.encode() + body)) as web:
        with urlopen(Request(f"{web.url}/here", b"sent")) as answer:  # noqa: S310 - our own server
            assert (answer.status, answer.read()) == (201, b"/heresent")
            assert answer.headers["content-type"] == "text/x"
        assert web.asked == [("/here", b"sent")]
