"""The server's figures as a test reads them: by Prometheus' own reader."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.support.server import RunningServer

PREFIX = "videoberatung_"


class Figures(dict[tuple[str, str], float]):
    """(name, label's value or "") -> value."""

    @classmethod
    def read(cls, text: str) -> Figures:
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return cls({(s.name.removeprefix(PREFIX), ",".join(s.labels.values())): s.value for s in samples})


async def looked_at(server: RunningServer) -> tuple[Figures, str]:
    answer = await server.http("GET", "/metrics", port=server.ready.management_port)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.body.decode()
    return Figures.read(text), text
