"""The command line, as ``python -m detente`` and as the script ``detente``."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

__all__ = ["main"]


# A command makes many objects that stay, and few circles of them: to look for these as often as
# Python does by itself takes a twentieth of its time.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        # Here, so that Ctrl-C while all this is imported ends in a word too.
        from detente.cli import main as run

        run()
    except Exception as error:
        from detente.cli.interruption import was_interrupted

        if not was_interrupted(error):
            raise
        _end()
    except KeyboardInterrupt:
        _end()


def _end() -> NoReturn:
    print("interrupted", file=sys.stderr)
    sys.exit(130)


if __name__ == "__main__":
    main()
