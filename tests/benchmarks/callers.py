"""Threads that call one operation over and over, and what each call cost them."""

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.figures import Load, percentile

Operation = Callable[[], object]


def load_of(latencies: list[float], seconds: float) -> Load:
    latencies.sort()
    return Load(
        len(latencies), seconds, percentile(latencies, 0.5) * 1000, percentile(latencies, 0.99) * 1000
    )


def call(operations: list[Operation], seconds: float) -> Load:
    """One thread per operation, all starting together; a failing call fails the round."""
    start = threading.Barrier(len(operations) + 1)
    gc.collect()
    gc.freeze()
    with ThreadPoolExecutor(len(operations)) as pool:
        running = [pool.submit(_repeat, operation, start, seconds) for operation in operations]
        start.wait()
        began = time.perf_counter()
        latencies = [latency for caller in running for latency in caller.result()]
        took = time.perf_counter() - began
    gc.unfreeze()
    return load_of(latencies, took)


def _repeat(operation: Operation, start: threading.Barrier, seconds: float) -> list[float]:
    latencies: list[float] = []
    start.wait()
    now = time.perf_counter()
    until = now + seconds
    while now < until:
        operation()
        after = time.perf_counter()
        latencies.append(after - now)
        now = after
    return latencies
