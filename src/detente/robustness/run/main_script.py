"""Whether other processes would run the user's script again."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import FrameType

__all__ = ["runs_again_in_processes"]


def runs_again_in_processes() -> bool:
    """Whether a process that is started now would begin by running what calls this.

    Python starts a process for computing by importing the main script once more. If the script
    calls this without ``if __name__ == "__main__":``, each process would start processes in turn,
    and all of them would fail.

    Returns
    -------
    bool
        False too where there is no script, as in a notebook, or where it cannot be read.
    """
    main = sys.modules.get("__main__")
    name = getattr(main, "__file__", None)
    frame = _frame_of(main)
    if name is None or frame is None:
        return False
    try:
        script = ast.parse(Path(name).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
    line = frame.f_lineno
    return not any(
        isinstance(statement, ast.If)
        and _asks_for_main(statement.test)
        and statement.lineno <= line <= (statement.end_lineno or statement.lineno)
        for statement in script.body
    )


def _frame_of(module: object) -> FrameType | None:
    """Where the text of a module itself, and no function in it, is at work."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals is getattr(
            module, "__dict__", None
        ):
            return frame
        frame = frame.f_back
    return None


def _asks_for_main(test: ast.expr) -> bool:
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    values = {node.value for node in ast.walk(test) if isinstance(node, ast.Constant)}
    return "__name__" in names and "__main__" in values
