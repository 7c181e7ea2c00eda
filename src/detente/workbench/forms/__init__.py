"""The forms in which a dispute is edited, as values: what a page has to show, and no page."""
