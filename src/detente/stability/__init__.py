"""Which states are stable, for whom, under which solution concept, and why."""
