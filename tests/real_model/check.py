"""Guard a real model and see that the guard holds: started by run.sh."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openai import BadRequestError, OpenAI

IIN = "900101300017"


def main(python: str, model: str) -> None:
    behind, port, admin = _ports(3)
    state = Path(tempfile.mkdtemp(prefix="guardrail-real-"))
    server = [python, "-m", "llama_cpp.server", "--model", model, "--host", "127.0.0.1"]
    guard = [sys.executable, "-m", "guardrail", "serve", "--state", str(state)]
    guard += ["--upstream", f"http://127.0.0.1:{behind}", "--port", str(port)]
    guard += ["--admin-port", str(admin), "--personal-data", "pseudonymise"]
    with (
        _running([*server, "--port", str(behind)], f"http://127.0.0.1:{behind}/v1/models"),
        _running(guard, f"http://127.0.0.1:{admin}/readyz"),
    ):
        client = OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=0)
        name = client.models.list().data[0].id
        print("model:", Path(name).name)
        plain = client.chat.completions.create(
            model=name, max_tokens=40, messages=[{"role": "user", "content": "Name three colours."}]
        )
        said = plain.choices[0].message.content or ""
        print("plain:", said)
        assert "искусственного интеллекта" in said
        started = time.perf_counter()
        first = 0.0
        pieces = []
        for chunk in client.chat.completions.create(
            model=name,
            max_tokens=60,
            stream=True,
            messages=[{"role": "user", "content": "Tell a very short story about a horse."}],
        ):
            for choice in chunk.choices:
                if choice.delta.content:
                    first = first or time.perf_counter() - started
                    pieces.append(choice.delta.content)
        print(f"streamed: {len(pieces)} pieces, the first after {first:.2f} s:", "".join(pieces))
        assert len(pieces) > 5
        echoed = client.chat.completions.create(
            model=name,
            max_tokens=40,
            messages=[{"role": "user", "content": f"Repeat this text exactly: my IIN is {IIN}."}],
        )
        print("with an IIN, pseudonymised:", echoed.choices[0].message.content)
    with _running([*server, "--port", str(behind)], f"http://127.0.0.1:{behind}/v1/models"):
        refusing = [part for part in guard if part not in {"--personal-data", "pseudonymise"}]
        with _running(refusing, f"http://127.0.0.1:{admin}/readyz"):
            client = OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="any", max_retries=0)
            try:
                client.chat.completions.create(
                    model=name, messages=[{"role": "user", "content": f"Менің ЖСН {IIN}"}]
                )
            except BadRequestError as refused:
                print("refused:", refused.code)
            else:
                sys.exit("an IIN without consent went through")
    subprocess.run([sys.executable, "-m", "guardrail", "evidence", "verify", state], check=True)
    print("1 passed, 0 failed")


def _ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return numbers


@contextmanager
def _running(command: list[str], probe: str) -> Iterator[None]:
    child = subprocess.Popen(command)
    try:
        for _ in range(600):
            if child.poll() is not None:
                sys.exit(f"{command[2]} ended with {child.returncode}")
            try:
                urllib.request.urlopen(probe, timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        child.terminate()
        child.wait(30)


if __name__ == "__main__":
    main(*sys.argv[1:])
