"""How early a streamed answer leaves the guard, and what each event costs."""
