"""What was foretold of what happened: the frozen cases, held against their histories.

./dev python benchmarks/hindcast.py

Preferences as stated, odds over their whole range: nothing is fitted and nothing chosen after the
fact. A case whose file differs from the digest in frozen-cases.json is refused.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import detente
from detente.dispute.errors import DisputeError
from detente.files.history_file import load_history
from detente.forecast.backtest import Backtest, backtest

HERE = Path(__file__).parent
HISTORIES = {
    "korea-2017": "korea-2017-2018.yaml",
    "cuban-missile-crisis": "cuba-1962.yaml",
    "elmira": "elmira-1991.yaml",
    "falklands-1982": "falklands-1982.yaml",
}


def case(name: str) -> detente.Dispute:
    """A shipped case, or one that is kept here to be scored alone."""
    kept = HERE / "cases" / f"{name}.yaml"
    return detente.load(kept if kept.exists() else name)


def check_frozen(path: Path, digest: str) -> None:
    """Refuse a case whose file has another digest than was recorded."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise DisputeError(
            "the case has changed since it was frozen, so nothing is scored",
            path=path,
            found=found,
            allowed=(digest,),
        )


def scored(name: str) -> Backtest:
    """One frozen case, held against its history."""
    frozen = json.loads((HERE / "frozen-cases.json").read_text(encoding="utf-8"))["cases"]
    dispute = case(name)
    assert dispute.path is not None
    check_frozen(dispute.path, frozen[dispute.path.name])
    history = load_history(HERE / "histories" / HISTORIES[name], dispute)
    return backtest(dispute, history, draws=0)


def tell(name: str, found: Backtest) -> None:
    """Print the scores of one case."""
    moves = found.moves
    print(f"{name}: {len(moves)} moves scored, {len(found.left_out)} left out")
    print("  date        mover     model   alike   log score  (alike)  rank")
    dispute = case(name)
    for one in moves:
        movers = "+".join(dispute.parties[mover].id for mover in one.move.movers)
        print(
            f"  {one.move.on}  {movers:8} {one.probability:6.1%}  {one.alike:6.1%}"
            f"  {one.score:9.2f}  {one.baseline:7.2f}  {one.rank:.1f} of {one.of}"
        )
    print(
        f"  mean log score {found.mean_score:.2f}; all legal moves alike {found.mean_baseline:.2f};"
        f" {found.gain:.2f} times as likely. Nothing changes: each move held impossible."
    )
    for row in found.horizons:
        print(
            f"  Brier after {row.moves} moves ({row.forecasts} forecasts): {row.model:.3f};"
            f" nothing changes {row.persistence:.3f}; as often as at other times"
            f" {row.base_rate:.3f}"
        )


def main() -> None:
    for name in HISTORIES:
        try:
            tell(name, scored(name))
        except DisputeError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
