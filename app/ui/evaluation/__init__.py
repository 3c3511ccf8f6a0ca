"""Figures of the evaluation: the export for the head office, and the page of the site's own. Loaded when somebody asks for them."""
