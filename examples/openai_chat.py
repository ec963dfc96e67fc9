"""Talk to a guarded endpoint with the official SDK, and see a refusal.

    python examples/openai_chat.py [http://127.0.0.1:8080/v1]

Needs `pip install openai`, and a guard: `guardrail demo` starts one.
"""

import sys

from openai import BadRequestError, OpenAI

client = OpenAI(base_url=(sys.argv[1:] or ["http://127.0.0.1:8080/v1"])[0], api_key="any")


def ask(text: str) -> None:
    print("you:  ", text)
    try:
        raw = client.chat.completions.with_raw_response.create(
            model="scripted-assistant", messages=[{"role": "user", "content": text}]
        )
    except BadRequestError as refused:
        print("guard:", refused.code)
        print("rules:", refused.response.headers["guardrail-rules"])
        return
    print("model:", raw.parse().choices[0].message.content)
    print("label:", raw.headers["ai-disclosure"])


ask("Сәлеметсіз бе!")
ask("Менің ЖСН 900101300017")
