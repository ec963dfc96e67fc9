"""Certificates that were replaced are taken over while the server runs, or nothing changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guardrail.disclose import label
from guardrail.disclose.c2pa import development, verify
from guardrail.disclose.layers import Said
from guardrail.errors import ConfigError
from guardrail.settings import Labels, MediaLabels, Settings
from guardrail.shells.label_kit import label_writer, signing
from guardrail.shells.label_renewal import Renewal
from guardrail.shells.label_writer import LabelWriter
from guardrail.telemetry import Metrics
from guardrail.testing import pictures

# The processes read the clock.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
FIRST = development(NOW - timedelta(days=300), organisation="Бірінші")
SECOND = development(NOW, organisation="Екінші")
PICTURE = pictures.encoded(pictures.scene(320, 240))
SAID = Said(label=label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"))
EXPIRES = "guardrail_label_certificate_expires_timestamp_seconds"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    certificate, roots = tmp_path / "label.pem", tmp_path / "roots.pem"
    certificate.write_bytes(FIRST.credential.chain + FIRST.credential.key)
    roots.write_bytes(FIRST.root + SECOND.root)
    media = MediaLabels(certificate=certificate, roots=roots, watermark=False, seconds=60)
    return Settings(state=tmp_path / "state", media_workers=1, labels=Labels(media=media))


@pytest.fixture
def writer(settings: Settings) -> Iterator[LabelWriter]:
    one = label_writer(settings, signing(settings, NOW))
    yield one
    one.close()


def replaced(settings: Settings, data: bytes) -> None:
    assert settings.labels.media.certificate is not None
    settings.labels.media.certificate.write_bytes(data)


def signed_by(writer: LabelWriter) -> str:
    data = writer.write(PICTURE, SAID).data
    for name, made in (("first", FIRST), ("second", SECOND)):
        if verify(data, "image/png", anchors=made.root).found[0].trusted:
            return name
    return "nobody"


def test_a_replaced_certificate_signs_from_now_on(settings: Settings, writer: LabelWriter) -> None:
    metrics, trusted = Metrics(), list[bytes]()
    renewal = Renewal(settings, writer, metrics, trusted.append)
    assert signed_by(writer) == "first"
    replaced(settings, SECOND.credential.chain + SECOND.credential.key)
    assert renewal.attempt(NOW)
    assert signed_by(writer) == "second"
    expires = metrics.registry.get_sample_value(EXPIRES)
    assert expires == SECOND.credential.not_after.timestamp()
    assert trusted == [FIRST.root + SECOND.root]
    assert not renewal.attempt(NOW)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        SECOND.credential.chain,
        SECOND.credential.chain + FIRST.credential.key,
        SECOND.credential.chain[:300] + SECOND.credential.key,
    ],
    ids=["empty", "without its key", "with another key", "half written"],
)
def test_what_cant_be_used_changes_nothing_and_is_told(
    settings: Settings, writer: LabelWriter, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    metrics = Metrics()
    replaced(settings, content)
    assert not Renewal(settings, writer, metrics).attempt(NOW)
    assert signed_by(writer) == "first"
    assert "label.pem" in caplog.text
    assert "stay as they were" in caplog.text
    assert "PRIVATE" not in caplog.text
    count = metrics.registry.get_sample_value("guardrail_errors_total", {"code": "config_error"})
    assert count == 1


@pytest.mark.parametrize("error", [ConfigError("no roots"), ValueError("900101300017")])
def test_roots_that_cant_be_used_keep_all_as_it_was(
    settings: Settings, writer: LabelWriter, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def trust(_: bytes) -> None:
        raise error

    replaced(settings, SECOND.credential.chain + SECOND.credential.key)
    assert not Renewal(settings, writer, Metrics(), trust).attempt(NOW)
    assert signed_by(writer) == "first"
    assert "900101300017" not in caplog.text


def until_signed_by(writer: LabelWriter, name: str) -> None:
    for _ in range(100):
        if signed_by(writer) == name:
            return
        time.sleep(0.05)
    pytest.fail("nothing was taken over")


@pytest.mark.parametrize("asks", [True, False], ids=["asked", "after a while"])
async def test_files_are_read_when_somebody_asks_and_when_nobody_did_for_long(
    settings: Settings,
    writer: LabelWriter,
    asks: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    asked = asyncio.Event()
    renewal = Renewal(settings, writer, Metrics())
    replaced(settings, SECOND.credential.chain + SECOND.credential.key)
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(renewal.watch(asked, *([] if asks else [0.05])))
        if asks:
            asked.set()
        await asyncio.to_thread(until_signed_by, writer, "second")
        assert not asked.is_set()
        watching.cancel()
