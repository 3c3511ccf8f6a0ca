"""Sphinx' settings of the handbooks; `tools/handbook.py` calls it with `docs` as its source. No page needs a network."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

project = "Videoberatung"
html_title = "Videoberatung: Handbücher"
language = "de"
extensions = ["myst_parser", "tools.handbook_pages"]
root_doc = "handbook/index"
include_patterns = ["handbook/*.md", "decisions/*.md", "*.md"]
suppress_warnings = ["toc.not_included"]  # decisions and papers of the developers are reached by links
nitpicky = True
smartquotes = False
myst_heading_anchors = 4  # links to headings as GitHub and other viewers of Markdown make them

html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
templates_path = ["templates"]
html_static_path = ["static"]
html_css_files = ["handbook.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # a page that was opened as a file may not read others
html_use_index = False
html_permalinks = False
