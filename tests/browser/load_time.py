"""Cold load times of a chapter and of another page: `python -m tests.browser.load_time OTHER [--page PAGE]`.

OTHER is a folder with an index.html, or an HTML file.  Both are served from this machine, loaded in turns, each time
with an empty cache; a request to another host fails at once (OTHER may do less than it would).  Not part of the tests.
"""

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import site

ROUNDS = 5
LOADED = """() => new Promise((done) => {
  const ask = () => {
    const { loadEventEnd } = performance.getEntriesByType("navigation")[0];
    const seen = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    loadEventEnd && seen ? done([seen, loadEventEnd]) : setTimeout(ask, 10);
  };
  ask();
})"""


def load(browser, address):
    """Milliseconds to the first text and to the end of the load event, work of the page's thread, bytes received."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    finished = []
    page.on("requestfinished", lambda asked: finished.append(asked))
    meter = context.new_cdp_session(page)
    meter.send("Performance.enable")
    page.goto(address, wait_until="load")
    seen, loaded = page.evaluate(LOADED)
    page.wait_for_load_state("networkidle")
    metrics = {metric["name"]: metric["value"] for metric in meter.send("Performance.getMetrics")["metrics"]}
    total = sum(asked.sizes()["responseBodySize"] for asked in finished)
    context.close()
    return seen, loaded, 1000 * metrics["TaskDuration"], total


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.browser.load_time", description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--page", default="chapters/01_descent_step.html")
    asked = parser.parse_args()
    folder, file = (asked.other, "index.html") if asked.other.is_dir() else (asked.other.parent, asked.other.name)
    if not (folder / file).is_file():
        return f"{folder / file} is not there"
    with sync_playwright() as playwright, site.served(site.SITE) as home, site.served(folder) as there:
        browser = site.chromium(playwright)
        places = {f"Descent, {asked.page}": f"{home}/{asked.page}", f"{folder.name}/{file}": f"{there}/{file}"}
        load(browser, f"{home}/index.html")  # the browser itself is warm for both
        loads = {name: [] for name in places}
        for _ in range(ROUNDS):
            for name, address in places.items():
                loads[name].append(load(browser, address))
        browser.close()
    for name, found in loads.items():
        print(f"{name}, {found[0][3] / 1e6:.2f} MB")
        for what, times in zip(("first text", "load event", "work of its thread"), zip(*found)):
            times = sorted(times)
            print(f"  {what:18} {statistics.median(times):5.0f} ms ({times[0]:.0f} to {times[-1]:.0f})")


if __name__ == "__main__":
    sys.exit(main())
