"""Draws on a Dask cluster."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from logging import CRITICAL, getLogger
from typing import Any, TypeVar

from detente import __version__
from detente.dispute.errors import DisputeError, EnvironmentFault
from detente.robustness.run.stretches import Stretch
from detente.space.threads import undisturbed
from detente.stability.analysis import Progress

__all__ = ["on_cluster"]

_Plan = TypeVar("_Plan")
_Prepared = TypeVar("_Prepared")
_Result = TypeVar("_Result")

_PATIENCE = "10s"

# How many workers may be lost, one after the other, over the same draws.
_LOSSES = 5

# Above all that is logged.
# How long there may be no worker at all.
_ALONE = 30.0
_LOOK_EVERY = 1.0
_REST = 0.02

# Others that Dask knows need what is not installed, or are for tests.
_ADDRESS = re.compile(r"(tcp|tls)://[^/:@\s]+:[0-9]{1,5}|(tcp|tls)://\[[0-9a-fA-F:.]+\]:[0-9]{1,5}")

_TLS_SETTINGS = (
    "DASK_DISTRIBUTED__COMM__TLS__CA_FILE",
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY",
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT",
)

_SILENCE = CRITICAL + 1

_log = getLogger(__name__)


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
        Address of a scheduler whose workers have detente installed, and which is trusted: it can
        run code here. A cluster of processes on this machine where left out, which listens on
        127.0.0.1 only and to nobody without the key that is made for it.
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
        _log.info("%s", what)
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
            scheduler, security = str(cluster.scheduler_address), cluster.security
        else:
            security = _security(distributed, scheduler)
        try:
            client = distributed.Client(
                scheduler, timeout=_PATIENCE, set_as_default=False, security=security
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise EnvironmentFault(
                f"there is no Dask scheduler at {scheduler}", found=scheduler
            ) from error
        stack.callback(client.close)
        _log.info("connected to %s", scheduler)
        _check_workers(client, scheduler)
        if not client.scheduler_info()["workers"]:
            tell(f"no worker yet at {scheduler}")
        # A task, so that the scheduler keeps it: what is scattered is lost with its worker.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
            shared = client.submit(_shared, (__version__, run, plan, prepared), pure=False)
        futures = [client.submit(_run, shared, stretch, pure=False) for stretch in stretches]
        _log.debug("%d stretches of work submitted", len(futures))
        ended = distributed.as_completed(futures, loop=client.loop)
        for future in _while_there_are_workers(client, ended, scheduler, tell):
            try:
                result: _Result = future.result()
            except distributed.KilledWorker as error:
                raise EnvironmentFault(
                    "the workers were lost several times over the same draws; what was kept is kept"
                ) from error
            except (CancelledError, OSError) as error:
                raise _lost(scheduler) from error
            # Its memory on the cluster is free from here on.
            future.release()
            yield result
    finally:
        with undisturbed():
            stack.close()


def _lost(scheduler: str) -> EnvironmentFault:
    return EnvironmentFault(f"the Dask scheduler at {scheduler} was lost; what was kept is kept")


def _security(distributed: Any, scheduler: str) -> Any:
    """What a connection to a scheduler is protected by, as Dask's own settings say."""
    if not _ADDRESS.fullmatch(scheduler):
        raise DisputeError(
            "the address of a Dask scheduler is like tcp://127.0.0.1:8786 or tls://127.0.0.1:8786",
            found=scheduler,
        )
    security = distributed.Security()
    if scheduler.startswith("tls://") and not (
        security.tls_ca_file and security.tls_client_key and security.tls_client_cert
    ):
        raise EnvironmentFault(
            f"{scheduler} needs a certificate: name its files in the environment variables "
            f"{', '.join(_TLS_SETTINGS)}"
        )
    return security


def _while_there_are_workers(
    client: Any, ended: Any, scheduler: str, tell: Callable[[str], None]
) -> Iterator[Any]:
    """Give futures as they end; where no worker is left for long, tell so and give up."""
    alone_since: float | None = None
    look = time.monotonic() + _LOOK_EVERY
    while not ended.is_empty():
        if ended.has_ready():
            alone_since = None
            yield next(ended)
            continue
        if client.status == "closed":
            raise _lost(scheduler)
        time.sleep(_REST)
        now = time.monotonic()
        if now < look:
            continue
        look = now + _LOOK_EVERY
        if _has_workers(client):
            alone_since = None
            continue
        alone_since = alone_since or now
        tell(f"no worker is left at {scheduler}")
        if now - alone_since > _ALONE:
            raise EnvironmentFault(
                f"there has been no worker at {scheduler} for {_ALONE:g} seconds; "
                "what was kept is kept"
            )


def _has_workers(client: Any) -> bool:
    """Whether the scheduler has a worker; where it cannot be asked, that is another matter."""
    try:
        return bool(client.scheduler_info()["workers"])
    except (CancelledError, OSError, TimeoutError, KeyError):
        return True


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
                # Whoever reaches a scheduler can have it run anything. Other programs of this
                # machine reach its port, but have not the key, which is made here and now.
                protocol="tls://",
                security=distributed.Security.temporary(),
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
        raise EnvironmentFault(
            f"a worker at {scheduler} has {has}; it needs {__version__}, as here"
        )


def _shared(given: tuple[str, Any, Any, Any]) -> tuple[str, Any, Any, Any]:
    return given


def _run(shared: tuple[str, Any, Any, Any], stretch: Stretch) -> Any:
    version, run, plan, prepared = shared
    if version != __version__:
        raise EnvironmentFault(f"a worker has detente {__version__}, and not {version} as here")
    return run(plan, prepared, stretch)
