"""The solver is imported without pandas, which stays as it is."""

from __future__ import annotations

import subprocess
import sys

# Of two alternatives one is dearer.
CODE = """
import sys
from detente.changes.solver import cp_sat
cp = cp_sat()
assert "pandas" not in sys.modules

def solve():
    model = cp.CpModel()
    one, other = model.new_bool_var("one"), model.new_bool_var("other")
    model.add_bool_or([one, other])
    model.minimize(2 * one + 3 * other)
    solver = cp.CpSolver()
    assert solver.solve(model) == cp.OPTIMAL
    assert solver.boolean_value(one) and not solver.boolean_value(other)

solve()
import pandas
assert pandas.Series([1, 2]).sum() == 3
solve()
"""


def test_the_solver_works_without_pandas_and_beside_it() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
