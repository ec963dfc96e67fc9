"""How well and how fast it is told which prohibited uses a request asks for."""
