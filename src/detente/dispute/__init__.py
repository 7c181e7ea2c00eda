"""The values of a dispute: parties, options, formulas, names, and the errors of bad input."""
