"""What holds for all tests."""

import gc

# SymPy makes many small objects that stay: looking through them again and again takes a twentieth of all the time.
gc.set_threshold(100_000, 50, 50)
