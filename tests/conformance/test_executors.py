"""Comparisons on a Dask cluster of real processes give the numbers that one process gives."""

import warnings

import pytest
from distributed import Client, LocalCluster

from optlib.compare import compare
from optlib.rules import adam, sgd
from tests.optlib.compare_samples import SMALL, images, valley


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


@pytest.mark.parametrize("problem", [valley, images, lambda seed: valley(seed)])
def test_a_dask_cluster_gives_the_same_numbers(cluster, problem):
    methods = {"sgd": sgd, "adam": adam, "here": lambda theta, g, *, lr=0.1: theta - lr * g}
    with warnings.catch_warnings(), cluster.get_executor() as executor:
        warnings.simplefilter("error")
        there = compare(problem, methods, steps=6, executor=executor, **SMALL)
    assert there == compare(problem, methods, steps=6, **SMALL)
    workers = cluster.run(lambda: __import__("os").getpid())
    assert len(set(workers.values())) == 2


def test_a_failure_on_the_cluster_arrives(cluster):
    def broken(theta, g, *, lr=0.1):
        raise RuntimeError("out of order")

    with cluster.get_executor() as executor, pytest.raises(RuntimeError, match="out of order"):
        compare(valley, {"broken": broken}, steps=6, executor=executor, **SMALL)
