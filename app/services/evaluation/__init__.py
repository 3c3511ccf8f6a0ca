"""The evaluation across sites: exports of counts, their merging under disclosure control, and the report."""
