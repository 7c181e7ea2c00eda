"""How Sphinx builds the site from these pages.

./dev sphinx-build -W --keep-going docs docs/_site
"""

from detente import __version__

project = "detente"
author = "The detente developers"
copyright = "2026, the detente developers. Licence: Apache-2.0"
version = release = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_site", "_man", "extend/language-model-reader"]

# A heading of any page can be linked to, as on the forges that show Markdown.
myst_heading_anchors = 4
# Examples show commands with their output, and files in part: no lexer reads all of them.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"detente {version}"
html_copy_source = False
html_show_sphinx = False

# sphinx-build -b man docs docs/_man
man_pages = [("reference/commands", "detente", "analyse disputes between states", author, 1)]
