"""Worker processes for tasks that read hostile input: each may die or hang, and the scan goes on.

A pool of our own, because `concurrent.futures` does not tell which task a dead worker was at, nor ends one that hangs.
"""

import gc
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
MEMORY = 4 << 30
GRACE = 60
TRIES = 2


class Work(Protocol[C_contra, R_co]):
    """A task: what it does in a worker."""

    def run(self, context: C_contra, /) -> R_co:
        """Do it."""
        ...


@dataclass
class Lost:
    """A task whose worker died or hung."""

    reason: str
    timed_out: bool


@dataclass
class Worker(Generic[C]):
    """One process, and the task that it is at."""

    process: BaseProcess
    orders: Connection
    pipe: Connection
    task: int | None = None
    deadline: float = 0.0

    def stop(self) -> None:
        """End it, at once."""
        self.orders.close()
        self.pipe.close()
        self.process.kill()
        self.process.join()


def run(
    tasks: Sequence[Work[C, R]], context: C, jobs: int, seconds: float, tick: Callable[[], None] = lambda: None
) -> Iterator[tuple[int, R | Lost]]:
    """Do every task in `jobs` processes; yields (number of the task, its result or why there is none), as they end."""
    gc.freeze()
    waiting = list(range(len(tasks)))[::-1]
    tries = [0] * len(tasks)
    workers = [start(tasks, context) for _ in range(min(jobs, len(tasks)))]
    try:
        while waiting or any(worker.task is not None for worker in workers):
            for worker in workers:
                if worker.task is None and waiting:
                    give(worker, waiting.pop(), seconds)
            for worker in ended(workers):
                number = worker.task
                result = outcome(worker)
                if isinstance(result, Lost):
                    workers[workers.index(worker)] = start(tasks, context)
                    if number is not None:
                        tries[number] += 1
                        if not result.timed_out and tries[number] < TRIES:
                            waiting.append(number)
                            continue
                worker.task = None
                if number is not None:
                    yield number, result
            tick()
    finally:
        for worker in workers:
            worker.stop()


def start(tasks: Sequence[Work[C, R]], context: C) -> Worker[C]:
    """A new worker. Where the system can fork, tasks and context are shared, elsewhere they are sent."""
    processes = multiprocessing.get_context(method())
    order, orders = processes.Pipe(duplex=False)  # one that goes both ways would be a pair of sockets
    answers, answer = processes.Pipe(duplex=False)
    arguments = (order, answer, tasks, context)
    process = processes.Process(target=serve, args=arguments, daemon=True)  # type: ignore[attr-defined]
    process.start()
    order.close()
    answer.close()
    return Worker(process, orders, answers)


def method() -> str:
    """How processes are started: forking is safe and quick on Linux only."""
    return "fork" if sys.platform.startswith("linux") else "spawn"


def give(worker: Worker[C], number: int, seconds: float) -> None:
    """Hand a task to a worker."""
    worker.task, worker.deadline = number, monotonic() + seconds + GRACE
    try:
        worker.orders.send(number)
    except OSError:
        worker.deadline = 0.0


def ended(workers: list[Worker[C]]) -> list[Worker[C]]:
    """The workers that have answered, died or run out of time."""
    busy = {worker.pipe: worker for worker in workers if worker.task is not None}
    ready = wait(list(busy), timeout=1.0)
    late = [worker for worker in busy.values() if worker.pipe not in ready and monotonic() > worker.deadline]
    return [busy[pipe] for pipe in ready if isinstance(pipe, Connection)] + late


def outcome(worker: Worker[C]) -> Any:
    """What a worker sent, or that it is lost."""
    if not worker.pipe.poll():
        worker.stop()
        return Lost("it did not end in time", timed_out=True)
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.stop()
        return Lost(f"its process died (exit code {worker.process.exitcode})", timed_out=False)


def serve(order: Connection, answer: Connection, tasks: Sequence[Work[C, R]], context: C) -> None:
    """A worker's life: tasks by number, until its parent ends; who interrupts the scan interrupts the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bound_memory()
    gc.disable()  # records are no cycles; looking for some costs a tenth of a scan
    parent = multiprocessing.parent_process()
    while parent is None or order in wait([order, parent.sentinel]):
        try:
            number = order.recv()
        except EOFError:
            return
        answer.send(tasks[number].run(context))
        gc.collect()


def bound_memory() -> None:
    """Let a task that fills the memory fail alone, where the system can bound a process."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
