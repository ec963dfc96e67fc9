"""Guard the AI route of your own Starlette application.

    python examples/middleware_starlette.py [PORT]

Then ask it, with an SDK or by hand:

    curl http://127.0.0.1:8000/v1/chat/completions -H 'Content-Type: application/json' \
      -d '{"messages": [{"role": "user", "content": "ЖСН 900101300017"}]}'
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from guardrail import GuardrailMiddleware, Settings


async def chat(request: Request) -> JSONResponse:
    """Your model goes here; what it gets has passed the guard."""
    asked = (await request.json())["messages"][-1]["content"]
    message = {"role": "assistant", "content": f"The model got: {asked}"}
    return JSONResponse({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


async def home(_: Request) -> PlainTextResponse:
    """No AI path: the guard doesn't touch it."""
    return PlainTextResponse("hello\n")


routes = [Route("/v1/chat/completions", chat, methods=["POST"]), Route("/", home)]
app = GuardrailMiddleware(Starlette(routes=routes), settings=Settings(personal_data="mask"))

if __name__ == "__main__":
    uvicorn.run(app, port=int((sys.argv[1:] or ["8000"])[0]))
