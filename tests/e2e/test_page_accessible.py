"""Every screen in both languages, at 320 px and at 200 %: axe-core without violation, nothing wider than the screen, large targets.

Also written from right to left, as Arabic and Persian will be; and for those whom movement makes ill nothing moves.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from app.paths import RESOURCES
from app.server.hub import Rhythm
from tests.support.chromium import FAKE_DEVICES, PHONE, chromium, person
from tests.support.counsellor import counsellor
from tests.support.page_walk import Walk
from tests.support.server import running_server

AXE = RESOURCES.parent / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "best-practice"]
SIDEWAYS = "sideways"
SIZES = {"320 px": PHONE, "1280 px at 200 %": {"width": 640, "height": 512}, SIDEWAYS: {"width": 640, "height": 320}}
"""In CSS pixels; zooming in a browser makes those fewer (WCAG 2.2, 1.4.10)."""
SCREENS = 38

FOUND = """async (rules) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] });
  const lines = found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 120)}`));
  return { passes: found.passes.length, violations: lines };
}"""
"""What was right stays in the page: axe would describe every element of it, and all of that would travel."""
SMALL = """() => [...document.querySelectorAll('a, button, select, summary, textarea, input[type=text], .switch')].flatMap((element) => {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || (element.localName === 'a' && element.closest('p'))) return [];
  return box.width < 43.5 || box.height < 43.5 ? [`${element.id || element.localName} ${box.width}x${box.height}`] : [];
})"""
TEXT_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }');
  document.adoptedStyleSheets = [sheet];
}"""
CLIPPED = """() => [...document.querySelectorAll('.control > span, .button, h1, h2')]
  .filter((element) => !element.matches('.unseen') && getComputedStyle(element).overflow === 'hidden')
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => element.textContent)"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
MOVING = """() => document.getAnimations().filter((one) => one.playState === 'running')
  .map((one) => one.animationName ?? one.transitionProperty).filter((name) => name !== 'pass')"""
"""`pass` hides a banner after a while; nothing moves."""
MIRRORED = f"""() => {{
  document.documentElement.dir = 'rtl';
  const wider = ({WIDER})();
  document.documentElement.dir = 'ltr';
  return wider;
}}"""


async def violations(page: Page) -> list[str]:
    """What axe-core finds, one line for each rule and element."""
    if not await page.evaluate("'axe' in globalThis"):
        await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate(FOUND, RULES)
    assert found["passes"], "axe looked at nothing"
    return list(found["violations"])


async def geometry(page: Page) -> list[str]:
    """Targets that are too small, and what does not fit, also with the text spacing of WCAG 2.2, 1.4.12."""
    problems = [f"small target {line}" for line in await page.evaluate(SMALL)]
    if await page.evaluate(WIDER) > 0:
        problems.append("wider than the screen")
    if await page.evaluate(MIRRORED) > 0:
        problems.append("wider than the screen from right to left")
    await page.evaluate(TEXT_SPACING)
    if await page.evaluate(WIDER) > 0:
        problems.append("wider than the screen with text spacing")
    problems += [f"clipped with text spacing: {line}" for line in await page.evaluate(CLIPPED)]
    await page.evaluate("document.adoptedStyleSheets = []")
    return problems


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("language", "scheme", "motion"), [("de-DE", "light", "no-preference"), ("en-GB", "dark", "reduce")])
async def test_every_screen_is_accessible(tmp_path: Path, language: str, scheme: str, motion: str) -> None:
    look = {"language": language, "color_scheme": scheme, "reduced_motion": motion}
    moved: set[str] = set()
    seen: list[str] = []
    problems: list[str] = []
    async with running_server(tmp_path, rhythm=Rhythm(), phone="0123 456-0") as server, chromium(FAKE_DEVICES) as browser:
        room, early, over = server.appointment(), server.appointment(opens_in=3600), server.appointment()
        async with counsellor(server, await person(browser, server.url), room, early, over) as other:
            await other.work.line.send("revoke", room=over.room)
            async for name, page in Walk(server, browser, other, room).screens(early, over, **look):
                seen.append(name)
                moved |= set(await page.evaluate(MOVING))
                assert await page.evaluate("document.documentElement.lang") == ("de" if name == "too old" else language[:2])
                for size, viewport in SIZES.items():
                    await page.set_viewport_size(viewport)  # type: ignore[arg-type]
                    problems += [f"{name}, {size}: {line}" for line in await geometry(page)]
                    if size != SIDEWAYS:
                        problems += [f"{name}, {size}: {line}" for line in await violations(page)]
                await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert problems == []
    assert ("turn" in moved) if motion == "no-preference" else (moved == set())
    assert len(seen) == SCREENS, seen
