"""Serve the assistant from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import uvicorn

from guardrail.testing import assistant


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m guardrail.testing.assistant",
        description=assistant.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1")
    parser.add_argument("--port", type=int, default=11434, help="default 11434")
    parser.add_argument(
        "--pause", type=float, default=0.0, help="seconds between two pieces of a stream, default 0"
    )
    chosen = parser.parse_args(arguments)
    app = assistant.Assistant(pause=chosen.pause)
    uvicorn.run(app, host=chosen.host, port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
