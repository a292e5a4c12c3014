"""These tests need the reference libraries (requirements-ci.lock); elsewhere they are not collected at all."""

import importlib.util

NEEDED = ("torch", "jax", "optax")
collect_ignore_glob = [] if all(importlib.util.find_spec(name) for name in NEEDED) else ["test_*.py"]
TABLES = {}
LAST = "every rule: the libraries it follows step for step, and the tests of its properties"


def pytest_terminal_summary(terminalreporter):
    """What was measured, a line each."""
    for title, rows in sorted(TABLES.items(), key=lambda table: table[0] == LAST):
        terminalreporter.section(title)
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            terminalreporter.write_line("  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip())
