"""An auditor's probes: requests like anybody's, whose receipts are looked for in the log later.

Whoever runs a guard can't tell a probe from a person's request, so a log that leaves requests out
leaves out probes too, and is found out with a certainty that grows with their number.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson

from guardrail.errors import BadInput, EvidenceError
from guardrail.evidence import Verifier, open_key_statement
from guardrail.evidence.proof import PROOF_LIMIT, open_proof, parse_proof
from guardrail.evidence.receipt import Receipt, parse_receipts
from guardrail.shells.posting import poster

QUESTIONS = (
    "How much is {a} plus {b}?",
    "What is {a} minus {b}?",
    "Is {a} larger than {b}?",
    "Write {a} in words.",
    "Сколько будет {a} плюс {b}?",
    "Какое число больше, {a} или {b}?",
    "{a} мен {b} қосындысы неше?",
    "{a} санын сөзбен жаз.",
)
"""As a person might ask, without a mark that it is a probe."""
_JSON = "application/json"
_EVIDENCE = "/.well-known/guardrail/evidence/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A request that was sent, and what the guard promised about it."""

    at: str
    """When: ISO 8601, UTC."""
    status: int
    request: str
    """The guard's id of the request."""
    receipts: str
    """The ``Guardrail-Receipt`` as it came; empty where there was none."""

    def __bytes__(self) -> bytes:
        """Give a line of JSON."""
        return orjson.dumps(asdict(self)) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of a receipt."""

    receipt: Receipt
    problem: str = ""
    """Why it isn't proven; empty where it is."""


Prove = Callable[[Receipt], tuple[bytes, bytes]]
"""Returns the proof of a receipt's entry and the statement of the key that signed its checkpoint.

GuardrailError where there is none."""


def probe(
    url: str,
    *,
    model: str,
    headers: Mapping[str, str],
    seconds: float = 60.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Probe:
    """Send one question of no meaning through a guard, in OpenAI's form.

    Args:
        url: of the chat completions.
        model: the model's name.
        headers: such as ``Authorization``.
        seconds: how long the answer may take.
        now: the time.

    Raises:
        OSError: there is no answer.
        ValueError: it is no URL.
    """
    question = secrets.choice(QUESTIONS)
    a, b = secrets.randbelow(900) + 100, secrets.randbelow(90) + 10
    message = {"role": "user", "content": question.format(a=a, b=b)}
    post = poster(url, seconds=seconds, kind=_JSON, extra=headers, most_bytes=8 << 20)
    at = now().isoformat(timespec="seconds")
    answer = post(orjson.dumps({"model": model, "messages": [message], "max_tokens": 64}))
    return Probe(
        at=at,
        status=answer.status,
        request=answer.headers.get("guardrail-request-id", ""),
        receipts=answer.headers.get("guardrail-receipt", ""),
    )


def read_probes(data: bytes) -> list[Probe]:
    """Read what `Probe` wrote, a line each.

    Raises:
        BadInput: a line isn't one.
    """
    return [_probe(line) for line in data.splitlines() if line.strip()]


def check(probes: Sequence[Probe], root: Verifier, prove: Prove) -> Iterator[Checked]:
    """Look for the entry of each receipt in the log.

    Args:
        probes: what was sent.
        root: the log's root key, got from elsewhere than the log's keeper's machine.
        prove: gets a proof.

    Raises:
        BadInput: a receipt isn't one.
    """
    for one in probes:
        for log, receipt in _receipts(one):
            yield Checked(receipt=receipt, problem=_problem(log, receipt, root, prove))


def prove_by_url(url: str, seconds: float = 30.0) -> Prove:
    """Return what asks a guard's data port for proofs.

    Args:
        url: the guard's, without a path.
        seconds: how long an answer may take.
    """
    base = url.rstrip("/") + _EVIDENCE

    def prove(receipt: Receipt) -> tuple[bytes, bytes]:
        proof = _got(f"{base}{receipt}.tlog-proof", seconds)
        shard = parse_proof(proof).note.partition(b"\n")[0].decode().rpartition("/")[2]
        return proof, _got(f"{base}{shard}.key", seconds)

    return prove


def _problem(log: str, receipt: Receipt, root: Verifier, prove: Prove) -> str:
    if log != root.name:
        return f"it is of another log, {log}"
    try:
        proof, statement = prove(receipt)
        key = open_key_statement(statement, root)
        open_proof(parse_proof(proof), bytes.fromhex(receipt.leaf), key)
    except Exception as error:  # noqa: BLE001 - whatever the log's keeper answers is no proof
        return str(error)
    return ""


def _receipts(one: Probe) -> tuple[tuple[str, Receipt], ...]:
    try:
        return parse_receipts(one.receipts) if one.receipts else ()
    except EvidenceError as error:
        raise BadInput(f"what was kept of {one.request}: {error}") from None


def _probe(line: bytes) -> Probe:
    try:
        kept: Any = orjson.loads(line)
        return Probe(
            at=str(kept["at"]),
            status=int(kept["status"]),
            request=str(kept["request"]),
            receipts=str(kept["receipts"]),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise BadInput("a line isn't what `guardrail evidence probe` saved") from None


def _got(url: str, seconds: float) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise BadInput("the guard's address begins with http:// or https://")
    try:
        with urlopen(Request(url), timeout=seconds) as answer:  # noqa: S310 - looked at above
            data: bytes = answer.read(PROOF_LIMIT + 1)
    except HTTPError as error:
        error.close()
        if error.code == HTTPStatus.NOT_FOUND:
            raise EvidenceError(
                "it isn't in the log", code="evidence_unknown", status=404
            ) from None
        raise EvidenceError(f"the guard answered {error.code}") from None
    except (URLError, OSError) as error:
        raise EvidenceError(f"the guard doesn't answer: {type(error).__name__}") from None
    return data
