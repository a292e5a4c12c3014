"""No solution lies in what a wheel is made from: the package with the students' notebooks in it."""

from book import leaks
from book.starters import PLACE, stage


def test_a_wheel_holds_no_solution(tmp_path):
    stage(tmp_path / "tree")
    assert len(list((tmp_path / "tree" / PLACE).glob("*.ipynb"))) >= 13
    assert leaks.leaks(tmp_path / "tree") == []
