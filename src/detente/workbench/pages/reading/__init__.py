"""Parts of the page on which a report is read beside its dispute file."""
