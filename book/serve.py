"""Serve the built site on this machine: `python -m book.serve [--port 8000]`. A busy port takes the next one."""

import argparse
import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
TRIES = 100
# A page that is cut off from other sites may share memory: Python on it is then stopped without losing its variables.
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class Handler(SimpleHTTPRequestHandler):
    """Files as they are now: a page built anew is not shown from the browser's memory."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript", ".mjs": "text/javascript"}

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        for name, value in ISOLATED.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows it would let two servers have one port


def listen(folder=SITE, port=8000):
    """A server of `folder` on 127.0.0.1, at `port` or the first free one above it.

    Raises FileNotFoundError when nothing is built, OSError when no port is free.
    """
    if not (Path(folder) / "index.html").exists():
        raise FileNotFoundError(f"there is no {folder}/index.html yet: run make html (or python -m book.build) first")
    for number in range(port, port + TRIES):
        try:
            return Server(("127.0.0.1", number), partial(Handler, directory=str(folder)))
        except OSError as error:
            busy = error
    raise OSError(f"no port from {port} to {port + TRIES - 1} is free: {busy}")


def main():
    parser = argparse.ArgumentParser(prog="python -m book.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    try:
        server = listen(port=parser.parse_args().port)
    except OSError as error:
        return str(error)
    print(f"Descent is at http://127.0.0.1:{server.server_port}/  (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
