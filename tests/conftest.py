"""Profiles for Hypothesis: ``ci`` by default, ``long`` for the comparison of 20,000 disputes."""

import signal

from hypothesis import HealthCheck, settings

# A shell that starts the tests in the background ignores Ctrl-C in them, and what they start would
# inherit that: programs that tests interrupt would not notice.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# CI draws the same disputes every time; the long profile explores.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=20_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")
