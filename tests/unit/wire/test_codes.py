"""Each stable code of the wire has a clear sentence on the page, in both languages, and a way on."""

from __future__ import annotations

import pytest

from app.paths import RESOURCES
from app.texts import read_part
from app.wire.codes import Code


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_code_has_a_whole_sentence_of_its_own(language: str) -> None:
    texts = read_part(RESOURCES / "i18n", language, "page")
    sentences = {code: texts[f"page.error.{code.value}"] for code in Code}
    assert all(sentence.endswith(".") and " " in sentence for sentence in sentences.values())
    assert len(set(sentences.values())) == len(sentences)
