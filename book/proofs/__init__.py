"""Every displayed update is equal to the code that runs it; README.md says how, and how to write one."""

from book.proofs.prover import prove

__all__ = ["prove"]
