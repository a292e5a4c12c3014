"""What a chapter weighs on the wire, and what a moved slider costs."""

import gzip
import statistics

import pytest

from tests.browser import site
from tests.browser.hand import Hand
from tests.browser.test_content import CHAPTERS

LIMIT = 450_000  # bytes, compressed, without pictures
FRAME = 16  # milliseconds


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_light(chapter, home, browser, seen):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{home}/{chapter}")
    site.settle(page)
    page.wait_for_load_state("networkidle")
    parts = {}
    for answer in answers:
        if answer.request.resource_type != "image" and answer.ok:
            parts[answer.url.removeprefix(home)] = len(gzip.compress(answer.body(), 6))
    context.close()
    assert len(parts) > 5
    heaviest = sorted(parts.items(), key=lambda part: -part[1])[:10]
    total = sum(parts.values())
    seen["notes"].append(f"{chapter}: {total / 1000:.0f} kB compressed, without pictures")
    assert total < LIMIT, f"{chapter}: {total} bytes\n" + "\n".join(f"{size:8} {name}" for name, size in heaviest)


# Moves one slider 60 times; the milliseconds of script each time: the event, then computing and drawing in the frame.
MOVE = """async ([el, label]) => {
  const root = el.shadowRoot, app = root.querySelector("[data-ms], .app");
  const slider = root.querySelector(`input[aria-label="${label}"]`);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const [low, high] = [Number(slider.min), Number(slider.max)];
  const times = [];
  for (let k = 0; k < 70; k++) {
    delete app.dataset.ms;
    const value = low + (high - low) * (0.3 + 0.3 * ((k * 7) % 60) / 60);
    const before = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const event = performance.now() - before;
    while (app.dataset.ms === undefined) await frame();
    times.push(event + Number(app.dataset.ms));
  }
  return times.slice(10); // the first ones compile
}"""


@pytest.mark.parametrize(
    "place, label",
    [
        ("heavy", "Momentum μ, β₁"),
        ("heavy", "Learning rate of Adam"),
        ("heavy_tilted", "Momentum μ, β₁"),
        ("heavy_tilted", "Ratio of the eigenvalues, kappa"),
        ("heavy_stability", "Learning rate η"),
        ("heavy_stability", "Ratio of the eigenvalues, kappa"),
        ("heavy_stream", "Decay β₂, ρ"),
    ],
)
def test_a_moved_slider_redraws_within_a_frame(place, label, widgets, visit, seen):
    hand = Hand(visit(f"{widgets}/{place}.html"))
    times = sorted(hand.page.evaluate(MOVE, [hand.stage.element_handle(), label]))
    median, late = statistics.median(times), times[int(0.95 * len(times))]
    seen["notes"].append(f"{place}, {label}: {median:.1f} ms of script, 95 of 100 within {late:.1f} ms")
    assert median <= FRAME, f"{place}: {label} takes {median:.1f} ms of script"
