"""Ways to run a step: `descend` yields iterates, `Optimizer` is fed gradients, `minimize` does it all."""

from optlib.drivers.descend import descend
from optlib.drivers.minimize import Run, minimize
from optlib.drivers.optimizer import Optimizer
from optlib.drivers.range_test import range_test

__all__ = ["Optimizer", "Run", "descend", "minimize", "range_test"]
