"""The report on a dispute: sections of plain content, written as a page, Markdown or a document."""
