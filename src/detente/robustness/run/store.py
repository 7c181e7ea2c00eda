"""Draws in a folder, so that a run that is cut off goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError, environment_fault
from detente.files.whole_file import made_folder, write_whole
from detente.robustness.checks import CheckedRows
from detente.robustness.draws import inputs
from detente.robustness.run.settings import ChunkResult, SweepSettings

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Store"]

_RUN = "run.json"
_SCHEMA = "detente/robustness-run/2"


class Store:
    """A folder with the draws of a run in Parquet files, and what run they belong to.

    A file's number is that of its first draw, from 0; it holds some consecutive draws of one
    chunk. ``draws-N.parquet`` has a row for each draw: what was as stated and what holds.
    ``states-N.parquet`` has a row for each state that is an equilibrium in some of these draws,
    with the number of draws under each concept. ``checks-N.parquet`` has a row for each draw:
    which claims' answers and which stages of roadmaps are as they might be.

    Files are written whole. One that is damaged counts as missing, and its draws are computed
    again.

    Parameters
    ----------
    folder
        The folder; made where it is missing.
    plan
        The run.

    Raises
    ------
    DisputeError
        If the folder holds another run.
    EnvironmentFault
        If the system does not let it be made or read.
    """

    def __init__(self, folder: Path, plan: SweepSettings) -> None:
        self.folder = folder
        self.plan = plan
        self._beyond: list[tuple[int, int]] = []
        with made_folder(folder):
            self._check_run()

    def _check_run(self) -> None:
        run = {
            "schema": _SCHEMA,
            "dispute": self.plan.dispute.title,
            "seed": self.plan.seed,
            "fingerprint": self.plan.fingerprint,
        }
        path = self.folder / _RUN
        if not path.exists():
            try:
                # What a run left that was killed before it had described itself is no hindrance.
                others = [one for one in self.folder.iterdir() if f".{_RUN}." not in one.name]
            except OSError as error:
                raise environment_fault(error, "the folder cannot be read", self.folder) from error
            if others:
                raise DisputeError("the folder holds something else; name an empty one", path=path)
            content = json.dumps(run, indent=2, ensure_ascii=False) + "\n"
            write_whole(path, lambda stream: stream.writelines([content.encode()]))
            return
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DisputeError("this does not describe a run", path=path) from error
        if not isinstance(kept, dict) or kept.get("fingerprint") != run["fingerprint"]:
            raise DisputeError(
                "the folder holds another run: the dispute, the seed, the concepts, the states "
                "followed, the uncertainty or the version of detente differ; name an empty folder",
                path=path,
            )

    def _path(self, kind: str, first: int) -> Path:
        return self.folder / f"{kind}-{first:09}.parquet"

    @property
    def _draw_columns(self) -> list[str]:
        named = [f"as stated {one.id}" for one in inputs(self.plan.dispute)]
        return ["draw", *named, *(f"holds {one.id}" for one in self.plan.findings)]

    def write(self, result: ChunkResult) -> None:
        """Keep draws, unless more of them than were wanted are kept already."""
        if any(first < result.last and result.first < last for first, last in self._beyond):
            return
        import polars as pl

        table = np.concatenate([result.inputs, result.findings], axis=1)
        draws = _numbered(result.first, table, self._draw_columns)
        seen = np.flatnonzero(result.counts.any(axis=1))
        states = pl.DataFrame(
            {
                "state": seen + 1,
                **dict(zip(self.plan.concepts, result.counts[seen].T, strict=True)),
            }
        )
        # The draws come last, and first those go that are replaced: where they are, the states
        # are theirs.
        draws_path = self._path("draws", result.first)
        draws_path.unlink(missing_ok=True)
        write_whole(self._path("states", result.first), states.write_parquet)
        write_whole(draws_path, draws.write_parquet)

    def kept(self, wanted: int) -> Iterator[ChunkResult]:
        """What is kept of the first draws, each draw once."""
        width = len(inputs(self.plan.dispute))
        for first, table in self._tables("draws", self._draw_columns):
            counts = self._counts(first, len(table))
            if counts is None or not self._agree(table[:, width:], counts):
                continue
            if first + len(table) <= wanted:
                yield ChunkResult(first, table[:, :width], table[:, width:], counts)
            elif first < wanted:
                # Its counts of states cannot be told apart: it is left as it is, and not used.
                self._beyond.append((first, first + len(table)))

    def _agree(self, findings: NDArray[np.bool_], counts: NDArray[np.int64]) -> bool:
        """Whether the states that are followed are counted as often as they hold."""
        followed = np.array(self.plan.states, dtype=np.int64) - 1
        held = findings.sum(axis=0)[findings.shape[1] - len(followed) * counts.shape[1] :]
        return bool((held == counts[followed].T.reshape(-1)).all())

    def _counts(self, first: int, draws: int) -> NDArray[np.int64] | None:
        import polars as pl

        columns = ["state", *self.plan.concepts]
        count = self.plan.space.count
        states = _read(self._path("states", first))
        if states is None or states.columns != columns:
            return None
        if not all(kind.is_integer() for kind in states.dtypes):
            return None
        rows = states.cast(pl.Int64).to_numpy()
        number, found = rows[:, 0] - 1, rows[:, 1:]
        if len(rows) and (
            number.min() < 0 or number.max() >= count or found.min() < 0 or found.max() > draws
        ):
            return None
        counts = np.zeros((count, len(self.plan.concepts)), dtype=np.int64)
        counts[number] = found
        return counts

    def write_checks(self, columns: Sequence[str], rows: CheckedRows) -> None:
        """Keep what was found of claims and stages in some draws."""
        path = self._path("checks", rows.first)
        write_whole(path, _numbered(rows.first, rows.table, ["draw", *columns]).write_parquet)

    def kept_checks(self, columns: Sequence[str]) -> Iterator[CheckedRows]:
        """What is kept of claims and stages, each draw once."""
        for first, table in self._tables("checks", ["draw", *columns]):
            yield CheckedRows(first, table)

    def _tables(self, kind: str, columns: list[str]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """The intact files of one kind, in order: the number of the first draw, and a row each."""
        import polars as pl

        done = 0
        for path in sorted(self.folder.glob(f"{kind}-*.parquet")):
            name = path.stem.removeprefix(f"{kind}-")
            table = _read(path)
            if table is None or table.columns != columns or not name.isdecimal():
                continue
            first, last = int(name), int(name) + table.height
            right = [pl.UInt32, *[pl.Boolean] * (len(columns) - 1)]
            if table.dtypes != right or first < done or not table.height:
                continue
            if not (table["draw"].to_numpy() == np.arange(first, last)).all():
                continue
            done = last
            yield first, table.drop("draw").to_numpy().reshape(table.height, len(right) - 1)


def _numbered(first: int, table: NDArray[np.bool_], columns: list[str]) -> pl.DataFrame:
    """A table with the numbers of the draws before it."""
    import polars as pl

    number = np.arange(first, first + len(table), dtype=np.uint32)
    return pl.DataFrame(dict(zip(columns, [number, *table.T], strict=True)))


def _read(path: Path) -> pl.DataFrame | None:
    """A kept table; None where it is missing or damaged."""
    import polars as pl

    try:
        table = pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    # Nothing that is written is missing from its table.
    missing = any(column.null_count() for column in table)
    return None if missing else table
