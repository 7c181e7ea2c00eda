"""Pictures, one module for each kind; :mod:`detente.report.plots.picture` is what they share."""
