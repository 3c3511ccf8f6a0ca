"""Sets a report: PDF/UA-1 by typst, and one HTML page without any other file. What stands in a report is data, never markup."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from app.paths import RESOURCES
from app.services.evaluation.report import Report
from app.services.papers.typesetting import set_paper

PDF_TEMPLATE = RESOURCES / "papers" / "evaluation.typ"
HTML_TEMPLATE = RESOURCES / "papers" / "evaluation.html"


def pdf(report: Report, template: Path = PDF_TEMPLATE) -> bytes:
    """Tagged, with title, language and a text for every drawing. Raises PaperError."""
    return set_paper(template, "report", json.dumps(asdict(report), ensure_ascii=False))


def html(report: Report, template: Path = HTML_TEMPLATE) -> bytes:
    """A whole page; drawings lie in it."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["data_uri"] = lambda svg: "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
    return environment.from_string(template.read_text("utf-8")).render(report=report).encode()
