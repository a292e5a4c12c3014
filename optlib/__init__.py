"""The optimization algorithms of the book *Descent*: one readable rule each, proved equal to its equation.

from optlib import minimize
from optlib.rules import adam
run = minimize(lambda theta: (theta**2).sum(), theta0, adam, steps=100, lr=0.1)
"""

from optlib.drivers import Optimizer, Run, descend, minimize, range_test
from optlib.gradcheck import gradcheck
from optlib.problem import Problem

__all__ = ["Optimizer", "Problem", "Run", "descend", "gradcheck", "minimize", "range_test"]
