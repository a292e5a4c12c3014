"""How the optimizers of other libraries are run on given gradients."""

import importlib.metadata
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

jax.config.update("jax_enable_x64", True)
VERSIONS = {
    "torch": torch.__version__.split("+")[0],
    "optax": optax.__version__,
    "jax": jax.__version__,
    "pytorch_optimizer": importlib.metadata.version("pytorch_optimizer"),
}
# whose versions decide the runs of a library
MADE_BY = {"torch": ("torch",), "optax": ("optax", "jax"), "pytorch_optimizer": ("pytorch_optimizer", "torch")}


def torch_run(make, theta, gradients, lrs, hyper, dtype=torch.float64):
    """make: function (parameters, lr, **hyper) -> torch optimizer."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)  # NAdam keeps its product of momenta in the default dtype
    try:
        p = torch.tensor(theta, dtype=dtype, requires_grad=True)
        optimizer, path = make([p], lr=float(lrs[0]), **hyper), []
        for g, lr in zip(gradients, lrs):
            optimizer.param_groups[0]["lr"] = float(lr)
            p.grad = torch.tensor(g, dtype=dtype)
            optimizer.step()
            path.append(p.detach().numpy().copy())
    finally:
        torch.set_default_dtype(before)
    return np.array(path, float)


def optax_run(make, theta, gradients, lrs, hyper):
    """make: function (schedule, **hyper) -> optax gradient transformation."""
    rates = jnp.asarray(lrs)
    optimizer, path = make(lambda count: rates[count], **hyper), []
    p = jnp.asarray(theta)
    state = optimizer.init(p)
    for g in gradients:
        update, state = optimizer.update(jnp.asarray(g), state, p)
        p = optax.apply_updates(p, update)
        path.append(np.array(p))
    return np.array(path, float)


def torch_betas(optimizer, p, lr, beta1, beta2, eps, **more):
    return optimizer(p, lr=lr, betas=(beta1, beta2), eps=eps, **more)


def optax_betas(optimizer, lr, beta1, beta2, eps, **more):
    return optimizer(lr, b1=beta1, b2=beta2, eps=eps, **more)


on_torch, on_optax = partial(partial, torch_run), partial(partial, optax_run)
