"""Profiles for Hypothesis: ``quick`` by default, ``ci``, and ``long`` for 20,000 disputes."""

import signal

from hypothesis import HealthCheck, settings

# A shell that starts the tests in the background ignores Ctrl-C in them, and what they start would
# inherit that: programs that tests interrupt would not notice.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same disputes every time; the long profile explores.
for name, examples in (("quick", 25), ("ci", 50)):
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
