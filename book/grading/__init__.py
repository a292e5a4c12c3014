"""Grading a class: what students wrote runs locked in (jail, inside), and what it answers is judged outside (judge)."""

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "DESCENT_PROGRESS": "0"}
