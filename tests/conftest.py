"""Profiles for Hypothesis, and which tests are slow.

The profiles are ``quick`` by default, ``ci``, and ``long`` for 20,000 disputes.
"""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shell that starts the tests in the background ignores Ctrl-C in them, and what they start would
# inherit that: programs that tests interrupt would not notice.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same disputes every time; the long profile explores.
for name, examples in (("quick", 15), ("ci", 50)):
    settings.register_profile(
        name, derandomize=True, deadline=None, max_examples=examples, print_blob=True
    )
settings.register_profile(
    "long",
    deadline=None,
    max_examples=20_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("quick")

_SLOW = {
    line
    for line in Path(__file__).with_name("slow_tests.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in the list of slow tests; those that are long are not slow too."""
    for item in items:
        named = {item.nodeid, item.nodeid.partition("[")[0]}
        if named & _SLOW and item.get_closest_marker("long") is None:
            item.add_marker(pytest.mark.slow)
