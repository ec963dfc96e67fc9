"""The client on real sockets, behind TLS."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from guardrail.errors import UpstreamError
from guardrail.facts import Headers
from guardrail.shells.upstream import Upstream, UpstreamLimits
from guardrail.testing import FakeUpstream, Then
from guardrail.testing.upstream import answer, huge, stream

Run = Callable[[Awaitable[Any]], Any]
QUICK = UpstreamLimits(connect=0.2, head=0.2, idle=0.2)
HEADERS: Headers = ((b"authorization", b"Bearer k"), (b"connection", b"close"))


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Any]:
    factory = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    with asyncio.Runner(loop_factory=factory[request.param]) as runner:
        yield runner.run


async def ask(upstream: Upstream, target: str = "/v1/x", body: bytes = b"{}") -> bytes:
    reply = await upstream.send("POST", target, HEADERS, body)
    return await reply.read(1 << 20)


async def fails(awaitable: Awaitable[object]) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await asyncio.wait_for(awaitable, 10)
    return caught.value


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but its own holder has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an upstream")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin.replace(year=2100))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_tls_is_spoken_with_a_known_upstream_and_with_no_other(run: Run, certificate: Path) -> None:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate)

    async def steps() -> None:
        script = [answer(200, b"secret"), huge(3_000_000), stream([b"a"], then=Then.HANG)]
        async with FakeUpstream(script, tls=server) as fake:
            known = ssl.create_default_context(cafile=str(certificate))
            upstream = Upstream(fake.url, ssl_context=known, limits=QUICK)
            assert await ask(upstream) == b"secret"
            reply = await upstream.send("POST", "/", (), b"x" * 1_000_000)
            assert len(await reply.read(3_000_000)) == 3_000_000
            assert fake.connections == 1
            assert (await fails(ask(upstream))).code == "upstream_timeout"
            await upstream.close()
            stranger = Upstream(fake.url)
            assert (await fails(ask(stranger))).code == "upstream_unreachable"
            assert stranger.open == 0
            await stranger.close()
            plain = Upstream(fake.url.replace("https", "http"), limits=QUICK)
            assert (await fails(ask(plain))).code in {"upstream_reset", "upstream_nonsense"}
            await plain.close()
        async with FakeUpstream() as fake:
            confused = Upstream(fake.url.replace("http", "https"), limits=QUICK)
            assert (await fails(ask(confused))).code in {"upstream_unreachable", "upstream_timeout"}
            await confused.close()

    run(steps())
