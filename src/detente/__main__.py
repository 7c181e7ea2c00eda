"""The command line, as ``python -m detente`` and as the script ``detente``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

__all__ = ["main"]


# A command makes many objects that stay, and few circles of them: to look for these as often as
# Python does by itself takes a twentieth of its time.
_OBJECTS_BETWEEN_COLLECTIONS = 400_000


def main() -> None:
    """Run the command line, as a program: other programs call :func:`detente.cli.main`."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    ended: list[int] = []
    # What is registered first is called last. Whoever was there before is not cut off.
    if not atexit._ncallbacks():
        atexit.register(_leave, ended)
    try:
        # Here, so that Ctrl-C while all this is imported ends in a word too.
        from detente.cli import main as run

        run()
    except SystemExit as end:
        if threading.active_count() > 1:
            _leave_work_behind(end.code)
        if end.code is None or isinstance(end.code, int):
            ended.append(end.code or 0)
        raise
    except Exception as error:
        from detente.cli.interruption import was_interrupted

        if not was_interrupted(error):
            raise
        _end()
    except KeyboardInterrupt:
        _end()
    finally:
        # What is left goes with the process: to look for circles in it at its end takes a tenth of
        # a short command's time.
        gc.freeze()


def _leave_work_behind(code: object) -> None:
    """End the process at once if a thread still works on diagrams, which cannot be interrupted."""
    from detente.space.threads import work_is_left

    if work_is_left() and (code is None or isinstance(code, int)):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        os._exit(code or 0)


def _leave(ended: list[int]) -> None:
    """End the process without Python's last round, which frees one by one what goes with it."""
    if ended:
        try:
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
        except (OSError, ValueError):
            # Python says what is wrong.
            return
        os._exit(ended[0])


def _end() -> NoReturn:
    print("interrupted", file=sys.stderr)
    sys.exit(130)


if __name__ == "__main__":
    main()
