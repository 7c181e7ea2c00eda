"""Chunks of draws in a folder, so that a run that is cut off goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from detente.model.errors import DisputeError
from detente.model.whole_file import write_whole
from detente.robustness.draws import inputs
from detente.robustness.sweep import ChunkResult, Plan
from detente.stability.graph_model import graph_model

__all__ = ["Store"]

_RUN = "run.json"
_SCHEMA = "detente/robustness-run/1"


class Store:
    """A folder with two Parquet files for each chunk, and what run they belong to.

    ``draws-N.parquet`` has a row for each draw: what was as stated and what holds.
    ``states-N.parquet`` has a row for each state that is an equilibrium in some draw, with the
    number of draws under each concept. The first is written last, so a chunk that has it is whole.

    Parameters
    ----------
    folder
        The folder; made where it is missing.
    plan
        The run.

    Raises
    ------
    DisputeError
        If the folder holds another run, or cannot be made.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self.plan = plan
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise DisputeError(f"the folder cannot be made: {reason}", path=folder) from error
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
            if any(self.folder.iterdir()):
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
                "followed or the uncertainty differ; name an empty folder",
                path=path,
            )

    def _paths(self, chunk: int) -> tuple[Path, Path]:
        return (
            self.folder / f"draws-{chunk:06}.parquet",
            self.folder / f"states-{chunk:06}.parquet",
        )

    def write(self, result: ChunkResult) -> None:
        """Keep a chunk."""
        import polars as pl

        draws_path, states_path = self._paths(result.chunk)
        named = [f"as stated {one.id}" for one in inputs(self.plan.dispute)]
        followed = [f"holds {one.id}" for one in self.plan.findings]
        draws = pl.DataFrame(
            {
                **dict(zip(named, result.inputs.T, strict=True)),
                **dict(zip(followed, result.findings.T, strict=True)),
            }
        ).with_row_index("draw", offset=0)
        # A table without columns would lose the number of draws.
        if draws.height == 0:
            draws = pl.DataFrame({"draw": np.arange(len(result.inputs), dtype=np.uint32)})
        seen = np.flatnonzero(result.counts.any(axis=1))
        states = pl.DataFrame(
            {
                "state": seen + 1,
                **dict(zip(self.plan.concepts, result.counts[seen].T, strict=True)),
            }
        )
        write_whole(states_path, states.write_parquet)
        write_whole(draws_path, draws.write_parquet)

    def kept(self, sizes: dict[int, int]) -> Iterator[ChunkResult]:
        """The chunks that are kept whole, of those wanted with so many draws each."""
        import polars as pl

        count = graph_model(self.plan.dispute).space.count
        width = len(inputs(self.plan.dispute))
        for chunk, wanted in list(sizes.items()):
            draws_path, states_path = self._paths(chunk)
            if not draws_path.exists():
                continue
            try:
                draws = pl.read_parquet(draws_path)
                states = pl.read_parquet(states_path)
            except (OSError, pl.exceptions.PolarsError):
                # Damaged: it is computed again and replaced.
                continue
            if draws.height != wanted:
                continue
            table = draws.drop("draw").to_numpy().astype(np.bool_).reshape(wanted, -1)
            counts = np.zeros((count, len(self.plan.concepts)), dtype=np.int64)
            counts[states["state"].to_numpy() - 1] = states.drop("state").to_numpy()
            yield ChunkResult(chunk, table[:, :width], table[:, width:], counts)
