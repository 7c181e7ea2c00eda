"""Profiles for Hypothesis, and which tests are slow.

The profiles are ``quick`` by default, ``ci``, and ``thousands`` and ``long`` for 2,000 and 20,000
disputes.
"""

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shell that starts the tests in the background ignores Ctrl-C in them, and what they start would
# inherit that: programs that tests interrupt would not notice.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same disputes every time; the others explore.
for name, examples in (("quick", 15), ("ci", 50)):
    settings.register_profile(
        name, derandomize=True, deadline=None, max_examples=examples, print_blob=True
    )
for name, examples in (("thousands", 2_000), ("long", 20_000)):
    settings.register_profile(
        name,
        deadline=None,
        max_examples=examples,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")

_SLOW = {
    line
    for line in Path(__file__).with_name("slow_tests.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
}


# What each selection is, and how long it takes on two cores without other work.
_SELECTIONS = {
    "not slow and not long": "the quick tests: about three minutes, four the first time. "
    "Others: -m slow, -m long",
    "slow": "the slow tests: seconds each, a quarter of an hour or more in all",
    "long": "the long tests: minutes each, hours in all",
}


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what runs and how long it takes, if all of it runs."""
    said = _SELECTIONS.get(config.option.markexpr)
    return said if said and not config.option.keyword else None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Share out what takes longest to compile, where all tests run and nothing is compiled yet.

    Otherwise both processes would soon need the same kernels, and one would wait for the other.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker not in ("gw0", "gw1") or [Path(one).name for one in session.config.args] != ["tests"]:
        return
    from detente.space.kernel_cache import kernel_root

    root = kernel_root()
    if root is None or any(root.glob("detente.robustness.engine.kernels-*/*.code")):
        return
    import detente

    if worker == "gw0":
        game = detente.load("prisoners-dilemma")
        detente.analyse_robustness(game, 2, check_draws=0, workers=1)
    else:
        korea = detente.load("korea-2017-two-party")
        detente.forecast(korea, draws=2, workers=1)
        detente.analyse_coalitions(korea)


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Do not look for unused memory while modules are read and tests are made, which all stay."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what stays out of Python's searches for unused memory, and let these come less often.

    They took a tenth of the time of all tests.
    """
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what stands in the list, or opens a browser; what is long is not slow too."""
    for item in items:
        named = {item.nodeid, item.nodeid.partition("[")[0]}
        opens_a_browser = "browser" in getattr(item, "fixturenames", ())
        if (named & _SLOW or opens_a_browser) and item.get_closest_marker("long") is None:
            item.add_marker(pytest.mark.slow)
