"""Draws on a Dask cluster."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from logging import CRITICAL, getLogger
from typing import Any, TypeVar

from detente import __version__
from detente.dispute.errors import DisputeError, EnvironmentFault
from detente.robustness.run.stretches import Stretch
from detente.robustness.run.threads import undisturbed
from detente.stability.analysis import Progress

__all__ = ["on_cluster"]

_Plan = TypeVar("_Plan")
_Prepared = TypeVar("_Prepared")
_Result = TypeVar("_Result")

_PATIENCE = "10s"

# How many workers may be lost, one after the other, over the same draws.
_LOSSES = 5

# Above all that is logged.
_SILENCE = CRITICAL + 1


def on_cluster(
    run: Callable[[_Plan, _Prepared, Stretch], _Result],
    plan: _Plan,
    stretches: Sequence[Stretch],
    scheduler: str | None,
    workers: int,
    prepared: _Prepared,
    progress: Progress | None = None,
) -> Generator[_Result]:
    """Analyse draws on a cluster and give what is found as it ends.

    Where a worker is lost, what it had is computed again by another; each draw is given once.

    Parameters
    ----------
    run
        A function of a module that analyses the draws of a stretch.
    plan
        What is drawn and followed.
    stretches
        The draws that are wanted, in stretches of which each is one task.
    scheduler
        Address of a scheduler whose workers have detente installed; a cluster of processes on
        this machine where left out, which listens on 127.0.0.1 only.
    workers
        Number of processes of such a local cluster.
    prepared
        The plan's dispute, prepared; workers are sent it, so that they can begin at once.
    progress
        Called until the first draws have ended.

    Yields
    ------
    object
        What `run` finds in each stretch.

    Raises
    ------
    DisputeError
        If there is no scheduler at the address, it is lost, or draws cannot be analysed.
    """
    if not stretches:
        return
    # distributed has no types for what it exports.
    distributed: Any = import_module("distributed")
    dask: Any = import_module("dask")

    def tell(what: str) -> None:
        if progress:
            progress(what, 0.0)

    stack = ExitStack()
    # What goes wrong is told once, as an error, and not by its log as well.
    log = getLogger("distributed.client")
    stack.callback(log.setLevel, log.level)
    log.setLevel(_SILENCE)
    try:
        if scheduler is None:
            count = min(workers, len(stretches))
            tell(f"{count} processes are started")
            cluster = _local_cluster(distributed, dask, count)
            stack.callback(cluster.close)
            scheduler = str(cluster.scheduler_address)
        try:
            client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EnvironmentFault(
                f"there is no Dask scheduler at {scheduler}", found=scheduler
            ) from error
        stack.callback(client.close)
        _check_workers(client, scheduler)
        if not client.scheduler_info()["workers"]:
            tell(f"no worker yet at {scheduler}")
        # A task, so that the scheduler keeps it: what is scattered is lost with its worker.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
            shared = client.submit(_shared, (__version__, run, plan, prepared), pure=False)
        futures = [client.submit(_run, shared, stretch, pure=False) for stretch in stretches]
        for future in distributed.as_completed(futures, loop=client.loop):
            try:
                result: _Result = future.result()
            except distributed.KilledWorker as error:
                raise EnvironmentFault(
                    "the workers were lost several times over the same draws; what was kept is kept"
                ) from error
            except CancelledError as error:
                raise EnvironmentFault(
                    f"the Dask scheduler at {scheduler} was lost; what was kept is kept"
                ) from error
            # Its memory on the cluster is free from here on.
            future.release()
            yield result
    finally:
        with undisturbed():
            stack.close()


def _local_cluster(distributed: Any, dask: Any, count: int) -> Any:
    """Start processes on this machine.

    Ctrl-C reaches all processes of a terminal. Those that are started here take no notice of
    it, as it is for this process to end them: so they are started from a thread in which the
    signal is blocked, which they inherit.
    """

    def start() -> Any:
        if hasattr(signal, "pthread_sigmask"):
            from multiprocessing import resource_tracker

            # Begun here, or the first process would be started with the signal let through: what
            # begins it lets it through again.
            resource_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        with dask.config.set({"distributed.scheduler.allowed-failures": _LOSSES}):
            return distributed.LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                host="127.0.0.1",
                # Any free port, so that several runs do not want the same.
                dashboard_address="127.0.0.1:0",
                silence_logs=_SILENCE,
            )

    with ThreadPoolExecutor(1) as apart:
        starting = apart.submit(start)
        try:
            return starting.result()
        except KeyboardInterrupt:
            # Processes that are half started cannot be ended in good order.
            with undisturbed():
                starting.result().close()
            raise
        except (OSError, RuntimeError, TimeoutError) as error:
            raise EnvironmentFault(
                f"processes cannot be started here: {error}; the scheduler `threads` does without"
            ) from error


def _check_workers(client: Any, scheduler: str) -> None:
    """Refuse workers without detente, or with another version: these could not read their tasks.

    They would end over them, one after the other, and nobody would be told why. What is asked
    here they can all read, as it is no function of detente.
    """
    asked = client.run(eval, "__import__('detente').__version__", on_error="return")
    for found in asked.values():
        if isinstance(found, ImportError):
            has = f"no detente ({found})"
        elif isinstance(found, str) and found != __version__:
            has = f"detente {found}"
        else:
            # As here, or it was lost as it was asked, which is nothing out of the way.
            continue
        raise DisputeError(f"a worker at {scheduler} has {has}; it needs {__version__}, as here")


def _shared(given: tuple[str, Any, Any, Any]) -> tuple[str, Any, Any, Any]:
    return given


def _run(shared: tuple[str, Any, Any, Any], stretch: Stretch) -> Any:
    version, run, plan, prepared = shared
    if version != __version__:
        raise DisputeError(f"a worker has detente {__version__}, and not {version} as here")
    return run(plan, prepared, stretch)
