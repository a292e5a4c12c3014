"""Python on a page: what runs in the reader's browser, and what the build lays out for it.  See README.md."""
