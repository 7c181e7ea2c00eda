"""Drawn forecasts in a folder, so that a run that is cut off goes on where it was."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np

from detente.dispute.errors import DisputeError
from detente.files.whole_file import write_whole
from detente.forecast.drawn import DrawnForecasts, ForecastPlan

__all__ = ["ForecastStore"]

_RUN = "run.json"
_SCHEMA = "detente/forecast-run/1"


class ForecastStore:
    """A folder with the draws of a forecast in NumPy files, and what run they belong to.

    A file's number is that of its first draw, from 0. Files are written whole; one that is
    damaged counts as missing, and its draws are computed again.

    Parameters
    ----------
    folder
        The folder; made where it is missing.
    plan
        The run.

    Raises
    ------
    DisputeError
        If the folder holds another run, or cannot be made or read.
    """

    def __init__(self, folder: Path, plan: ForecastPlan) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = [one for one in folder.iterdir() if f".{_RUN}." not in one.name]
        except OSError as error:
            reason = error.strerror or str(error)
            raise DisputeError(f"the folder cannot be used: {reason}", path=folder) from error
        path = folder / _RUN
        run = {"schema": _SCHEMA, "seed": plan.seed, "fingerprint": plan.fingerprint}
        if not path.exists():
            if others:
                raise DisputeError("the folder holds something else; name an empty one", path=path)
            content = json.dumps(run, indent=2) + "\n"
            write_whole(path, lambda stream: stream.writelines([content.encode()]))
            return
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DisputeError("this does not describe a run", path=path) from error
        if kept != run:
            raise DisputeError(
                "the folder holds another run: the dispute, the seed, the assumptions, the "
                "uncertainty or the version of detente differ; name an empty folder",
                path=path,
            )

    def write(self, rows: DrawnForecasts) -> None:
        """Keep some draws."""
        arrays = {one.name: getattr(rows, one.name) for one in fields(rows) if one.name != "first"}
        path = self.folder / f"draws-{rows.first:09}.npz"
        write_whole(path, lambda stream: np.savez(stream, **arrays))

    def kept(self, wanted: int) -> Iterator[DrawnForecasts]:
        """What is kept of the first draws, each draw once, in order."""
        done = 0
        for path in sorted(self.folder.glob("draws-*.npz")):
            number = path.stem.removeprefix("draws-")
            if not number.isdecimal() or not done <= int(number) < wanted:
                continue
            try:
                with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                    rows = DrawnForecasts(int(number), **dict(arrays))
            except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile, EOFError):
                continue
            few = wanted - rows.first
            if rows.last > wanted:
                names = [one.name for one in fields(rows) if one.name != "first"]
                cut = {name: getattr(rows, name)[:few] for name in names}
                rows = DrawnForecasts(rows.first, **cut)
            done = rows.last
            yield rows
