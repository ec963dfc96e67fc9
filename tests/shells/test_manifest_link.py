from __future__ import annotations

from guardrail.disclose import label
from guardrail.disclose.marks import Details, Marked, write
from guardrail.shells.manifest_link import address, link, named_in, uuid_of

ID = "6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"


def test_a_link_names_the_manifest_of_a_label() -> None:
    assert uuid_of(f"urn:uuid:{ID}") == ID
    name, value = link(f"urn:uuid:{ID}")
    assert name == b"link"
    assert address(f"urn:uuid:{ID}") == f"/.well-known/guardrail/m/{ID}.c2pa"
    assert value == f'</.well-known/guardrail/m/{ID}.c2pa>; rel="c2pa-manifest"'.encode()


def test_a_link_leads_below_where_pages_are_served_and_out_of_its_brackets_never() -> None:
    name, value = link(f"urn:uuid:{ID}", "/my ai>/ИИ")
    assert name == b"link"
    address = f"/my%20ai%3E/%D0%98%D0%98/.well-known/guardrail/m/{ID}.c2pa"
    assert value == f'<{address}>; rel="c2pa-manifest"'.encode()


def test_a_page_names_its_manifest_as_its_label_does_and_in_no_other_way() -> None:
    said = label(id=f"urn:uuid:{ID}")
    for at in (address(said.id), address(said.id, "/my ai")):
        page = b"<!doctype html><html><head></head><body>A</body></html>"
        made = write(page, said, media_type="text/html", details=Details(manifest=at))
        assert isinstance(made, Marked)
        assert named_in(made.data) == ID
    assert named_in(f"<p>{address(said.id)}</p>".encode()) == ""
    assert named_in(b"") == ""
