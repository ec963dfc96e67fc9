"""Recordings: decoding them, finding speech in them, and silencing it.

Needs the extra ``media``; its modules are loaded inside of sandboxed workers only.
"""
