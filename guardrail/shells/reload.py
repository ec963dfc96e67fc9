"""Policy packs that change while the server runs: taken over whole and sound, or not at all.

A message and its reply may be judged by different packs, where these changed in between: each is
judged by those in force when it comes, and its evidence names them. What was decided stays.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from guardrail.engine import Guard
from guardrail.engine.disclosure import expect_words
from guardrail.errors import ConfigError, EvidenceError, GuardrailError
from guardrail.policy import Judge
from guardrail.shells.packs import sound, unlike
from guardrail.stores.pack_folder import digest_of, files_of, looks_of

log = logging.getLogger("guardrail")

Count = Callable[[float | None], None]
"""Told the Unix time at which packs were taken over, or None for packs that weren't."""
_TOLD = 5
"""Problems in the line of the log; `guardrail policy lint` tells all."""


class Reloader:
    """Reads packs anew, for the guard of one process."""

    def __init__(
        self, guard: Guard, *, count: Count = lambda _: None, says_why: bool = True
    ) -> None:
        """Take the guard whose packs these are.

        Args:
            guard: its settings name the packs.
            count: counts what came of it.
            says_why: False where another process has said already what is wrong with the files.
        """
        self._guard = guard
        self._settings = guard.settings
        self._count = count
        self._says_why = says_why
        self._seen: object = None
        """How the files looked at the last look."""
        self._taken: object = None
        """How they looked when they were last read."""
        self._digest = ""
        self._looked = time.monotonic()

    def changed(self, *, at_once: bool = False) -> bool:
        """Tell whether the operator's files aren't those that were read last. Blocks.

        Contents are only read where a file has another size or time than before, and none has
        changed since the last look: of files that come one after the other half are no pack.

        Args:
            at_once: don't wait for the next look.
        """
        folder = self._settings.policies
        if folder is None:
            return False
        try:
            return self._differs(folder, at_once=at_once)
        except (OSError, ValueError) as error:  # a folder that mayn't be read, a name not in UTF-8
            before, self._digest = self._digest, str(error)
            return self._digest != before

    def _differs(self, folder: Path, *, at_once: bool) -> bool:
        looks = looks_of(folder)
        settled, self._seen = looks == self._seen or at_once, looks
        if looks == self._taken or not settled:
            return False
        self._taken = looks
        try:
            digest = digest_of(files_of(folder, mounted=True))  # and their signature
        except GuardrailError as error:
            digest = str(error)
        before, self._digest = self._digest, digest
        return digest != before

    def attempt(self) -> Judge | None:
        """Return the judge of the files as they are now, or None where they can't be used. Blocks.

        It is the one in force where nothing has changed.
        """
        found = sound(self._settings, datetime.now(UTC).date())
        problems = found.problems
        if found.judge is not None:
            problems = tuple(self._kept_out(found.judge))
        if problems or found.judge is None:
            self._failed("; ".join(problems[:_TOLD]))
            return None
        now = self._guard.judge
        return now if found.judge.digest == now.digest else found.judge

    def _kept_out(self, judge: Judge) -> Iterator[str]:
        """Yield what keeps sound packs from taking over from those in force."""
        signed = self._settings.policies_key is not None
        yield from unlike(judge, self._guard.judge, signed=signed)
        try:
            expect_words(judge, self._settings)
        except ConfigError as error:
            yield str(error)

    def renews(self, asked: bool) -> bool:  # noqa: FBT001 - `supervise` asks so
        """Take packs over for processes to be forked; tell whether those there are to do it, too.

        Args:
            asked: whether somebody asked for it; else it happens where files have changed, and
                it is time to look.
        """
        if not (asked or (self._is_time() and self.changed())):
            return False
        judge = self.attempt()
        if judge is self._guard.judge and not asked:
            return False
        if judge is not None:
            self._guard.use(judge)
            self._took(judge)
        return True  # what failed fails there, too, and is counted there

    async def watch(
        self, asked: asyncio.Event, adopt: Callable[[Judge], Awaitable[None]], *, polls: bool
    ) -> None:
        """Take packs over whenever `asked` is set, or files have changed, for ever.

        Args:
            asked: is cleared.
            adopt: puts a judge into force, once that is on record; raises EvidenceError where it
                can't be.
            polls: False where another process looks at the files.
        """
        seconds = self._settings.policy_reload_seconds if polls else 0
        # What changed while this process started would be missed.
        signalled, changed = False, await asyncio.to_thread(self.changed, at_once=True)
        while True:
            if signalled or changed:
                await self._renew(adopt, asked=signalled)
            signalled = await _is_set_within(asked, seconds)
            asked.clear()
            changed = not signalled and await asyncio.to_thread(self.changed)

    async def _renew(self, adopt: Callable[[Judge], Awaitable[None]], *, asked: bool) -> None:
        judge = await asyncio.to_thread(self.attempt)
        if judge is None:
            return
        if judge is self._guard.judge and not asked:
            return
        try:
            if judge is not self._guard.judge:
                await adopt(judge)
        except EvidenceError:
            self._taken, self._digest = None, ""  # the next look tries again
            self._failed("evidence can't be written", says_why=True)
            return
        self._took(judge)

    def _took(self, judge: Judge) -> None:
        self._count(time.time())
        if self._says_why:
            log.info("policy is now %s", ", ".join(judge.refs))

    def _failed(self, why: str, *, says_why: bool = False) -> None:
        self._count(None)
        if self._says_why or says_why:
            kept = ", ".join(self._guard.judge.refs)
            log.error("policy packs weren't taken over, %s stays: %s", kept, why)

    def _is_time(self) -> bool:
        seconds = self._settings.policy_reload_seconds
        if not seconds or time.monotonic() - self._looked < seconds:
            return False
        self._looked = time.monotonic()
        return True


async def _is_set_within(asked: asyncio.Event, seconds: float) -> bool:
    """Wait until `asked` is set, or until so many seconds have passed; 0 waits for ever."""
    try:
        async with asyncio.timeout(seconds or None):
            await asked.wait()
    except TimeoutError:
        return False
    return True
