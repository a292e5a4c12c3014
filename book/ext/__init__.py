"""The book's own directives and what it does to a page, one module each."""

PARTS = (
    "numbers",
    "equations",
    "figures",
    "widgets",
    "boxes",
    "rules",
    "cards",
    "landing",
    "speed",
    "notation",
    "downloads",
    "live",
    "citations",
)


def setup(app):
    """Load every part."""
    app.add_config_value("descent_tools", "", "env")
    app.add_config_value("descent_repository", "", "html")
    app.add_config_value("descent_pyodide", "", "")
    for part in PARTS:
        app.setup_extension(f"book.ext.{part}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
