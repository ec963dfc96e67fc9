"""Guard functions instead of an endpoint.

    python examples/guarded_function.py

Evidence goes to ./guardrail-state; look at it with `guardrail evidence verify guardrail-state`.
"""

from collections.abc import Iterator

from guardrail import Refused, Settings, guarded


@guarded(settings=Settings())
def answer(question: str) -> str:
    return f"The model got: {question}"


@guarded(settings=Settings(personal_data="mask"))
def tell(topic: str) -> Iterator[str]:
    for word in f"About {topic}: write to aigerim@example.kz for more.".split():
        yield word + " "


print(answer("Астана туралы айтыңызшы"))
try:
    answer("Менің ЖСН 900101300017")
except Refused as refused:
    print("refused by", *refused.refusal.rules)
print("".join(tell("the steppe")))
