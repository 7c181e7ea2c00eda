"""Kernels compiled before anybody waits for them.

A kernel is compiled when it is first used, and then kept. Which kernels there are, and for which
kinds of arguments, no list tells: each analysis that needs nothing but a dispute is run on a
shipped case, with few draws, and so meets those that it uses.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.parameters import parameters_from, parameters_of
from detente.analyses.registry import all_analyses, analysis_named
from detente.analyses.running import run
from detente.dispute.errors import DetenteError, EnvironmentFault
from detente.space.cube import KERNELS
from detente.space.kept_kernels import KEPT_FROM, compiled_once
from detente.space.kernel_cache import kernel_root
from detente.space.shared_work import processors

__all__ = ["KernelsAhead", "compile_ahead"]

CASE: Final = "korea-2017"
"""The largest shipped case: its analyses are compiled."""

# Enough to meet every kernel.
_FEW: Final[Mapping[str, Mapping[str, Any]]] = {"robust": {"draws": 64, "check_draws": 2}}

# Its kernels take as long as many others together, so it is begun with.
_FIRST = "robust"

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class KernelsAhead:
    """What was compiled.

    Attributes
    ----------
    compiled
        Number of kernels that were compiled now; each counts once for each kind of arguments.
    seconds
        How long it took.
    folder
        Where they are kept.
    done_before
        Whether all was compiled before, and nothing was done.
    """

    compiled: int
    seconds: float
    folder: Path
    done_before: bool = False


def compile_ahead(*, workers: int | None = None, progress: Progress | None = None) -> KernelsAhead:
    """Compile the kernels of all analyses that need nothing but a dispute.

    Ctrl-C ends the work; what was compiled by then is kept.

    Parameters
    ----------
    workers
        Number of processes that compile; by default two, or one where there is one processor.
    progress
        Told of each analysis when it is done.

    Returns
    -------
    KernelsAhead

    Raises
    ------
    EnvironmentFault
        If there is no folder in which they can be kept.
    """
    from multiprocessing import get_context

    folder = kernel_root()
    if folder is None:
        raise EnvironmentFault(
            "compiled kernels can be kept nowhere: the user's cache folder may not be written to, "
            "or others may; NUMBA_CACHE_DIR names another one"
        )
    done = folder / f"ahead-{_version()}.json"
    if done.is_file():
        return KernelsAhead(0, 0.0, folder, done_before=True)
    begun = perf_counter()
    names = sorted(map(_name, filter(_needs_a_dispute_alone, all_analyses())), key=_place)
    found: set[str] = set()
    context = get_context("spawn")
    # The block's end ends the processes, whatever they do: they are not told of Ctrl-C.
    with context.Pool(workers or min(2, processors()), _deaf_to_interruption) as pool:
        for count, compiled in enumerate(pool.imap_unordered(_compiled_by, names), start=1):
            found.update(compiled)
            if progress:
                progress("kernels", count / len(names))
    ahead = KernelsAhead(len(found), perf_counter() - begun, folder)
    with suppress(OSError):
        for older in folder.glob("ahead-*.json"):
            older.unlink(missing_ok=True)
        done.write_text(json.dumps({"compiled": ahead.compiled, "seconds": ahead.seconds}), "utf-8")
    return ahead


def _name(declaration: Declaration) -> str:
    return declaration.name


def _place(name: str) -> tuple[bool, str]:
    return name != _FIRST, name


def _needs_a_dispute_alone(declaration: Declaration) -> bool:
    return not any(one.required for one in parameters_of(declaration.parameters))


def _version() -> str:
    """What compiled code depends on, in short: all modules, and who compiles for which machine."""
    from detente.space.ready_code import made_for

    digest = hashlib.sha256(made_for().encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _deaf_to_interruption() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _compiled_by(name: str) -> list[str]:
    """Run an analysis, and tell which kernels were compiled for it."""
    from detente.files.loading import load

    declaration = analysis_named(name)
    compiled: list[str] = []
    # No analysis of this case has them compiled, but those that are kept are used.
    compiled_once(KERNELS, KEPT_FROM)
    with _listening(compiled.append), suppress(DetenteError):
        # Such as one of games of the past, where a dispute has none.
        run(declaration, load(CASE), parameters_from(declaration.parameters, _FEW.get(name, {})))
    return compiled


def _listening(tell: Callable[[str], None]) -> Any:
    """A block in which each kernel of detente that Numba compiles is told, with its arguments."""
    from numba.core import event

    class Listener(event.Listener):
        def on_start(self, event: Any) -> None:
            function = event.data["dispatcher"].py_func
            if function.__module__.startswith("detente."):
                tell(f"{function.__module__}.{function.__qualname__} {event.data['args']}")

        def on_end(self, event: Any) -> None:
            pass

    return event.install_listener("numba:compile", Listener())
