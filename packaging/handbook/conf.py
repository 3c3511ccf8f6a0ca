"""Sphinx' settings of the book; `tools/handbook.py` calls it with the folder `docs` as source. Nothing in the book needs a network."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

project = "Videoberatung"
html_title = "Videoberatung: Handbücher"
language = "de"
extensions = ["myst_parser", "tools.handbook_pages"]
source_suffix = {".md": "markdown"}
root_doc = "handbook/index"
include_patterns = ["handbook/*.md", "decisions/*.md", "*.md"]
suppress_warnings = ["toc.not_included"]  # decisions and papers in English are reached by links
nitpicky = True
smartquotes = False
locale_dirs: list[str] = []

myst_heading_anchors = 3
myst_enable_extensions: list[str] = []

html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
templates_path = ["templates"]
html_static_path = ["static"]
html_css_files = ["handbook.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_permalinks = False
