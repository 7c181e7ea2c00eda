"""Profiles for Hypothesis: ``ci`` by default, ``long`` for the comparison of 20,000 disputes."""

from hypothesis import HealthCheck, settings

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
