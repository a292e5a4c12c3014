"""What turns the chapters into a site: Sphinx configuration, directives, the prover, the reference notebooks."""
