"""Three ways to run a step: `descend` yields iterates, `Optimizer` is fed gradients, `minimize` does it all."""

from optlib.drivers.descend import descend
from optlib.drivers.minimize import Run, minimize
from optlib.drivers.optimizer import Optimizer

__all__ = ["Optimizer", "Run", "descend", "minimize"]
