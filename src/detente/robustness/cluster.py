"""Chunks of draws on a Dask cluster."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from detente.model.errors import DisputeError
from detente.robustness.batch import Batch
from detente.robustness.sweep import ChunkResult, Plan, run_chunk

__all__ = ["on_cluster"]

_PATIENCE = "10s"

# How often a chunk is tried again where the worker that had it is lost.
_RETRIES = 5


def on_cluster(
    plan: Plan, sizes: dict[int, int], scheduler: str | None, workers: int, prepared: Batch
) -> Generator[ChunkResult]:
    """Compute chunks on a cluster and give them as they end.

    Where a worker is lost, what it had is computed again by another; each chunk is given once.

    Parameters
    ----------
    plan
        What is drawn and followed.
    sizes
        Number of draws wanted of each chunk.
    scheduler
        Address of a scheduler whose workers have detente installed; a cluster of processes on
        this machine where left out, which listens on 127.0.0.1 only.
    workers
        Number of processes of such a local cluster.
    prepared
        The plan's dispute, prepared; workers are sent it, so that they can begin at once.

    Yields
    ------
    ChunkResult

    Raises
    ------
    DisputeError
        If there is no scheduler at the address, or a chunk cannot be computed.
    """
    if not sizes:
        return
    # distributed has no types for what it exports.
    distributed: Any = import_module("distributed")
    dask: Any = import_module("dask")

    with ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=min(workers, len(sizes)),
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                    silence_logs=50,
                )
            )
            scheduler = cluster.scheduler_address
        try:
            client = stack.enter_context(
                distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise DisputeError(
                f"there is no Dask scheduler at {scheduler}", found=scheduler
            ) from error
        # A task, so that the scheduler keeps it: what is scattered is lost with its worker.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
            shared = client.submit(_shared, (plan, prepared), pure=False, retries=_RETRIES)
        futures = [
            client.submit(_run_chunk, shared, chunk, draws, pure=False, retries=_RETRIES)
            for chunk, draws in sizes.items()
        ]
        for future in distributed.as_completed(futures, loop=client.loop):
            try:
                result: ChunkResult = future.result()
            except distributed.KilledWorker as error:
                raise DisputeError(
                    "the workers were lost several times in the same chunk of draws; what was "
                    "kept is kept"
                ) from error
            # Its memory on the cluster is free from here on.
            future.release()
            yield result


def _shared(given: tuple[Plan, Batch]) -> tuple[Plan, Batch]:
    return given


def _run_chunk(shared: tuple[Plan, Batch], chunk: int, draws: int) -> ChunkResult:
    plan, prepared = shared
    return run_chunk(plan, prepared, chunk, draws)
