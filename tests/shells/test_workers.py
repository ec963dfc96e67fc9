"""Processes crash, hang and lie: there is no answer then, and the next task gets one."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from guardrail.shells import workers
from guardrail.shells.workers import Job, LostError, Serve, Worker, Workers, environment, plain

WORKER = """
import os, socket, sys, time
from guardrail.shells.frames import receive, send

with socket.socket(fileno=int(sys.argv[1])) as pipe:
    greeting = receive(pipe, 1 << 20)[1]
    if greeting == b"wait":
        time.sleep(60)
    send(pipe, {})
    while True:
        head, data = receive(pipe, 1 << 20)
        time.sleep(head.get("sleep", 0))
        for asked in head.get("asks", ()):
            send(pipe, {"ask": asked}, data)
            head, data = receive(pipe, 1 << 20)
        known = {"pid": os.getpid(), "argv": sys.argv[2:], "hello": greeting.decode()}
        send(pipe, known, data * head.get("times", 1))
"""
MODULE = "a_worker_of_tests"
Answer = tuple[Mapping[str, object], bytes]


@pytest.fixture(autouse=True, scope="module")
def module_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the module above where processes find it."""
    folder = tmp_path_factory.mktemp("module")
    (folder / f"{MODULE}.py").write_text(WORKER)
    sys.path.append(str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture
def make() -> Iterator[Callable[..., Workers]]:
    made: list[Workers] = []

    def one(
        *,
        greeting: bytes = b"hello",
        most_bytes: int = 1_000,
        serves: Callable[[Mapping[str, object]], Serve] | None = None,
        **more: float,
    ) -> Workers:
        job = Job(
            module=MODULE, arguments=("a", "b"), greeting=greeting, name="tests", serves=serves
        )
        settings = {"seconds": 30.0, **more}
        size = int(settings.pop("size", 1))
        made.append(Workers(job, size=size, most_bytes=most_bytes, **settings))
        return made[-1]

    yield one
    for each in made:
        each.close()


Make = Callable[..., Workers]


def ask(those: Workers, data: bytes = b"", **head: object) -> Answer:
    return those.ask(head, data, lambda told, made: (told, made))


def lost(those: Workers, data: bytes = b"", **head: object) -> str:
    with pytest.raises(LostError) as caught:
        ask(those, data, **head)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


def worker_of(those: Workers) -> Worker:
    worker = those._free.queue[-1]
    assert worker is not None
    return worker


def idle(those: Workers) -> list[Worker | None]:
    return list(those._free.queue)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        time.sleep(0.02)
    pytest.fail("it never came to be")


def plant(
    those: Workers, code: str, serves: Callable[[Mapping[str, object]], Serve] | None = None
) -> Worker:
    """Put a process of another sort in the place of a worker; `pipe` is its socket."""
    ours, theirs = socket.socketpair()
    begin = f"import socket, struct, time; pipe = socket.socket(fileno={theirs.fileno()})\n"
    with theirs:
        process = subprocess.Popen([sys.executable, "-c", begin + code], pass_fds=[theirs.fileno()])
    worker = Worker(process, ours, serves=serves)
    taken = those._free.get()
    if taken is not None:
        taken.end()
    those._free.put(worker)
    return worker


def frame(head: bytes, data: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">IQ", len(head), len(data) if size is None else size) + head + data


# ------------------------------------------------------------------ one that works


def test_a_task_goes_there_and_its_answer_comes_back(make: Make) -> None:
    told, data = ask(make(), b"abc", times=2)
    assert data == b"abcabc"
    assert told["hello"] == "hello"
    assert told["argv"] == [str(30 + workers.CPU_SECONDS), "a", "b"]


def test_nothing_is_started_before_the_first_task_and_one_does_all(make: Make) -> None:
    those = make(size=3)
    assert idle(those) == [None] * 3
    first, second = (ask(those)[0]["pid"] for _ in range(2))
    assert first == second
    assert idle(those)[:2] == [None, None]


def test_a_worker_knows_no_secrets_and_no_environment(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRAIL_SECRET", "hunter2")
    those = make(greeting=b"hunter3")
    ask(those)
    process = Path(f"/proc/{worker_of(those).process.pid}")
    known = (process / "environ").read_bytes()
    names = {one.partition(b"=")[0] for one in known.split(b"\0") if one}
    assert names == {name.encode() for name in environment()}
    assert b"hunter2" not in known
    # Nor does anybody else learn what the worker was told first.
    assert b"hunter3" not in known + (process / "cmdline").read_bytes()
    assert "PYTHONPATH" in environment()
    assert not {"HOME", "USER", "GUARDRAIL_SECRET"} & set(environment())


@pytest.mark.parametrize("said", ["\ud800" * 9, "\udcff\0" * 900, "a" * 300, "image/png"])
def test_whatever_is_said_of_a_file_can_be_told_to_a_worker(said: str) -> None:
    told = plain(said)
    assert told.encode()
    assert len(told) == min(255, len(said))
    assert said.isascii() is (told == said[:255])


# ------------------------------------------------------------------ one that doesn't


def test_a_worker_that_is_killed_at_work_gives_no_answer_and_is_replaced(make: Make) -> None:
    those = make()
    plant(those, "pipe.recv(1); import os; os.kill(os.getpid(), 11)")
    assert lost(those) == "crashed"
    assert idle(those) == [None]
    assert ask(those, b"x")[1] == b"x"


def test_a_worker_that_died_between_two_tasks_costs_neither(make: Make) -> None:
    those = make()
    ask(those)
    worker = worker_of(those)
    os.kill(worker.process.pid, signal.SIGKILL)
    until(lambda: not worker.is_alive)
    assert ask(those)[0]["pid"] not in {worker.process.pid, None}


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(60)",
        "pipe.recv(1 << 20); pipe.sendall(b'\\0' * 5); time.sleep(60)",
        (
            "pipe.sendall(struct.pack('>IQ', 50_000, 0))\n"
            "while True:\n    pipe.sendall(b' ')\n    time.sleep(0.05)"
        ),
    ],
    ids=["reads nothing", "stops in its answer", "answers byte by byte"],
)
def test_a_worker_that_hangs_is_killed_and_replaced(make: Make, code: str) -> None:
    those = make(seconds=0.3)
    worker = plant(those, code)
    begun = time.monotonic()
    assert lost(those, b"x" * (1 << 20)) == "timeout"
    assert time.monotonic() - begun < 5
    assert worker.process.returncode == -signal.SIGKILL
    assert idle(those) == [None]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff" * 100,
        frame(b"[]"),
        frame(b"{"),
        frame(b"{}", size=1 << 40),
        frame(b"{}", b"x" * 1_001),
        b"\x80\x05cos\nsystem\n(S'touch x'\ntR.",
    ],
    ids=["noise", "no object", "cut off", "no end", "over the limit", "a pickle"],
)
def test_what_is_no_message_is_a_crash_and_the_worker_says_no_more(make: Make, raw: bytes) -> None:
    those = make(most_bytes=1_000)
    worker = plant(those, f"pipe.recv(1 << 20)\npipe.sendall({raw!r})\ntime.sleep(60)")
    assert lost(those) == "crashed"
    assert worker.process.returncode is not None
    assert idle(those) == [None]


def test_a_worker_whose_answer_is_none_is_confused_and_says_no_more(make: Make) -> None:
    def none(told: Mapping[str, object], data: bytes) -> str:
        raise ValueError("no answer")

    those = make()
    ask(those)
    worker = worker_of(those)
    with pytest.raises(LostError) as caught:
        those.ask({}, b"", none)
    assert caught.value.reason == "worker_confused"
    assert worker.process.returncode is not None
    assert idle(those) == [None]


def test_a_verdict_that_the_reader_raises_leaves_the_worker_as_it_is(make: Make) -> None:
    def verdict(told: Mapping[str, object], data: bytes) -> str:
        raise LookupError

    those = make()
    pid = ask(those)[0]["pid"]
    with pytest.raises(LookupError):
        those.ask({}, b"", verdict)
    assert ask(those)[0]["pid"] == pid


def test_what_interrupts_the_guard_leaves_no_answer_behind(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    those = make()
    worker = plant(those, "time.sleep(60)")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask(those)
    assert worker.process.returncode is not None
    assert idle(those) == [None]


def test_a_worker_is_replaced_after_so_many_tasks(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    those = make()
    ask(those)
    worker = worker_of(those)
    monkeypatch.setattr(workers, "TASKS", 3)
    assert ask(those)[0]["pid"] == worker.process.pid
    assert ask(those)[0]["pid"] == worker.process.pid
    assert worker.process.returncode is not None
    assert idle(those) == [None]


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_a_worker_that_doesnt_start_is_told_of(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, python: str
) -> None:
    those = make(greeting=b"hunter2")
    monkeypatch.setattr(sys, "executable", python)
    for _ in range(2):
        assert lost(those) == "no_worker"
    assert idle(those) == [None]
    assert "hunter2" not in caplog.text
    assert ("tests" in caplog.text) is (python == "/bin/false")


def test_a_worker_that_takes_too_long_to_start_is_killed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "START_SECONDS", 0.2)
    those = make(greeting=b"wait")
    assert lost(those) == "no_worker"
    assert idle(those) == [None]


# ------------------------------------------------------------------ many at once, and the end


def test_when_all_are_busy_a_task_waits_only_so_long(make: Make) -> None:
    those = make(size=2, wait_seconds=0.05)
    taken = [those._free.get(), those._free.get()]
    assert lost(those) == "busy"
    for one in taken:
        those._free.put(one)


def test_many_threads_share_few_workers_and_each_gets_its_own_answer(make: Make) -> None:
    those = make(size=2)
    found: dict[int, Answer] = {}

    def work(number: int) -> None:
        found[number] = ask(those, str(number).encode())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: data for number, (_, data) in found.items()} == {
        number: str(number).encode() for number in range(12)
    }
    assert len({told["pid"] for told, _ in found.values()}) <= 2
    assert those._free.qsize() == 2


def _descriptors() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def _children() -> set[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for children in tasks for pid in children.read_text().split()}


@pytest.fixture
def nothing_left() -> Iterator[None]:
    before = _descriptors(), _children()
    yield
    assert (_descriptors(), _children()) == before


@pytest.mark.usefixtures("nothing_left")
def test_after_the_end_nothing_is_left_and_nothing_begins(make: Make) -> None:
    those = make(size=2)
    ask(those)
    plant(those, "time.sleep(60)")
    those.close()
    those.close()
    assert lost(those) == "no_worker"


@pytest.mark.usefixtures("nothing_left")
def test_a_worker_at_work_goes_when_it_has_answered(make: Make) -> None:
    those = make()
    ask(those)
    answers: list[Answer] = []
    working = threading.Thread(target=lambda: answers.append(ask(those, b"x", sleep=0.3)))
    working.start()
    until(lambda: those._free.qsize() == 0)
    those.close()
    working.join()
    assert [data for _, data in answers] == [b"x"]


@pytest.mark.usefixtures("nothing_left")
def test_who_waits_at_the_end_is_told_so(make: Make) -> None:
    those = make(wait_seconds=30)
    taken = those._free.get()
    told: list[str] = []
    waiting = threading.Thread(target=lambda: told.append(lost(those)))
    waiting.start()
    time.sleep(0.05)
    those.close()
    those._free.put(taken)
    waiting.join()
    assert told == ["no_worker"]


# ------------------------------------------------------------------ another job


def test_another_job_is_done_by_another_process_from_the_next_task_on(make: Make) -> None:
    those = make()
    first = ask(those)[0]
    old = worker_of(those)
    assert those.use(replace(those._job, greeting=b"other"))
    assert old.process.returncode is not None  # nothing that it held is kept
    second = ask(those)[0]
    assert (first["hello"], second["hello"]) == ("hello", "other")
    assert first["pid"] != second["pid"]


def test_the_same_job_leaves_its_processes_alone(make: Make) -> None:
    those = make()
    first = ask(those)[0]
    assert not those.use(replace(those._job))
    assert ask(those)[0]["pid"] == first["pid"]


def test_a_task_under_way_is_finished_as_it_began(make: Make) -> None:
    those = make(size=2)
    told: list[Answer] = []
    thread = threading.Thread(target=lambda: told.append(ask(those, sleep=1.0)))
    thread.start()
    until(lambda: idle(those) == [None])
    time.sleep(0.3)  # it has been started
    those.use(replace(those._job, greeting=b"other"))
    assert ask(those)[0]["hello"] == "other"
    thread.join()
    assert told[0][0]["hello"] == "hello"
    assert {ask(those)[0]["hello"] for _ in range(3)} == {"other"}
    kept = [worker.generation for worker in idle(those) if worker is not None]
    assert set(kept) == {1}  # the one that finished is gone


# ------------------------------------------------------------------ questions amid a task


ASKED = frame(b'{"ask": 1}')


def serving(serve: Serve) -> Callable[[Mapping[str, object]], Serve]:
    return lambda _: serve


def test_what_a_worker_asks_for_is_answered_and_then_it_answers(make: Make) -> None:
    asked: list[object] = []

    def serve(head: Mapping[str, object], data: bytes, seconds: float) -> Answer:
        asked.append((head["ask"], data, 25 < seconds < 30))
        return {"asks": []}, data + b"!"

    those = make(serves=serving(serve))
    assert ask(those, b"x", asks=["one", "two"])[1] == b"x!!"
    assert asked == [("one", b"x", True), ("two", b"x!", True)]


def test_each_task_has_an_answerer_of_its_own_made_of_its_head(make: Make) -> None:
    made: list[object] = []

    def serves(head: Mapping[str, object]) -> Serve:
        made.append(head["number"])
        return lambda *_: ({}, str(head["number"]).encode())

    those = make(serves=serves)
    assert [ask(those, asks=["it"], number=one)[1] for one in (1, 2)] == [b"1", b"2"]
    assert made == [1, 2]


def test_a_worker_that_asks_for_what_it_mustnt_is_replaced(make: Make) -> None:
    def never(head: Mapping[str, object], data: bytes, seconds: float) -> Answer:
        raise ValueError("no")

    those = make(serves=serving(never))
    ask(those)
    worker = worker_of(those)
    assert lost(those, asks=["it"]) == "worker_confused"
    assert worker.process.returncode, "killed, or faster than that to see its pipe closed"
    assert idle(those) == [None]


def test_where_nobody_answers_a_question_is_the_answer(make: Make) -> None:
    assert ask(make(), b"x", asks=["it"]) == ({"ask": "it"}, b"x")


def test_a_worker_that_asks_for_ever_has_no_more_time_than_others(make: Make) -> None:
    those = make(seconds=0.3, serves=serving(lambda *_: ({}, b"")))
    worker = plant(
        those,
        f"while True:\n    pipe.sendall({ASKED!r})\n    pipe.recv(1 << 20)",
        serves=those._job.serves,
    )
    assert lost(those) == "timeout"
    assert worker.process.returncode, "killed, or faster than that to see its pipe closed"


def test_a_task_may_be_given_less_time_than_others_and_not_more(make: Make) -> None:
    those = make(seconds=5.0)
    ask(those)
    begun = time.monotonic()
    with pytest.raises(LostError, match="timeout"):
        those.ask({"sleep": 30}, b"", lambda *_: None, 0.2)
    assert time.monotonic() - begun < 4
    assert those.ask({}, b"x", lambda _, data: data, 60.0) == b"x"


def test_a_worker_can_be_started_before_its_first_task(make: Make) -> None:
    those = make()
    those.warm()
    pid = worker_of(those).process.pid
    those.warm()
    assert ask(those)[0]["pid"] == pid


@pytest.mark.usefixtures("nothing_left")
def test_what_cant_be_started_before_its_first_task_is_told_of(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    those = make()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LostError, match="no_worker"):
        those.warm()
    assert idle(those) == [None]
    those.close()
    with pytest.raises(LostError, match="no_worker"):
        those.warm()
