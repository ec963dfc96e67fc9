"""Stream through a guarded endpoint; the guard examines the stream as it flows.

    python examples/openai_stream.py [http://127.0.0.1:8080/v1]

The scripted assistant answers `!iin` with a made-up identification number, across several pieces.
The stream ends with `content_filter` before any of its digits.
"""

import sys

from openai import OpenAI

client = OpenAI(base_url=(sys.argv[1:] or ["http://127.0.0.1:8080/v1"])[0], api_key="any")

for text in ("Hello! Tell me about the steppe.", "Show me one: !iin"):
    stream = client.chat.completions.create(
        model="scripted-assistant", messages=[{"role": "user", "content": text}], stream=True
    )
    for chunk in stream:
        for choice in chunk.choices:
            print(choice.delta.content or "", end="", flush=True)
            if choice.finish_reason:
                print(f"\n[{choice.finish_reason}]")
