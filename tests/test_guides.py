"""Guides need nothing but ``import detente``: whoever follows them depends on no inner module."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
INNER = re.compile(r"^[\s\"]*(?:from detente\.\w|import detente\.\w).*", re.M)


def test_no_guide_imports_an_inner_module() -> None:
    pages = [*DOCS.glob("how-to/*"), *DOCS.glob("tutorial/*"), DOCS.parent / "README.md"]
    texts = {page.name: page.read_text("utf-8") for page in pages if page.suffix != ".png"}
    assert "korea.ipynb" in texts
    found = {name: INNER.findall(text) for name, text in texts.items()}
    assert not {name: lines for name, lines in found.items() if lines}


def test_such_an_import_would_be_found() -> None:
    assert INNER.findall('    "from detente.report.plots.ranks import ranks_picture\\n",')
    assert INNER.findall("import detente.files")
    assert not INNER.findall("from detente import load\nimport detente\n")
