from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

MAIL = "message/rfc822"


def _message(picture: bytes) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Құжат"
    message.set_content("Сәлем")
    message.add_attachment(picture, maintype="image", subtype="png", filename="Айгүл.png")
    return message


def test_attachments_are_numbered(look: Look, picture: bytes) -> None:
    (part,) = look.parts(_message(picture).as_bytes(), MAIL)
    assert (part.name, part.data) == ("entry 2", picture)


def test_a_forwarded_message_is_looked_into(look: Look, picture: bytes) -> None:
    outer = EmailMessage()
    outer.set_content("See below")
    outer.add_attachment(_message(picture))
    assert [part.data for part in look.parts(outer.as_bytes(), MAIL)] == [picture]


def test_encrypted_messages_are_a_verdict(look: Look) -> None:
    data = b'Content-Type: multipart/encrypted; boundary="x"\n\n--x\n\na\n--x--\n'
    assert look.reason(data, MAIL) == "encrypted"


def test_nests_and_parts_are_bounded(look: Look, picture: bytes) -> None:
    nest = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(30)
    )
    assert look.reason(nest, MAIL) == "too_deep"
    assert look.reason(nest * 3, MAIL) == "too_many_parts"
    none = replace(look.budget, parts=0)
    assert look.reason(_message(picture).as_bytes(), MAIL, none) == "too_many_parts"


@pytest.mark.no_cover
def test_every_broken_message_is_a_verdict_or_has_parts(
    survives: Callable[..., None], picture: bytes
) -> None:
    survives(_message(picture).as_bytes(), MAIL)
