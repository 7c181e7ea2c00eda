"""The command line, as ``python -m detente`` and as the script ``detente``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    try:
        # Here, so that Ctrl-C while all this is imported ends in a word too.
        from detente.cli import main as run

        run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
