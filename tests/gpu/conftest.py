"""These tests need torch and a GPU that it can use; elsewhere they are not collected at all: `make gpu` says so."""

import importlib.util


def device():
    """The name torch has for the GPU here, or None."""
    if importlib.util.find_spec("torch") is None:
        return None
    import torch

    return "cuda" if torch.cuda.is_available() else None


collect_ignore_glob = [] if device() else ["test_*.py"]
