"""What Otter makes of an assignment, and that a notebook and the grader of a class judge as it does."""

from tests.teach import asked, tools


def test_otter_and_everything_else(tmp_path):
    out, found = tmp_path, asked.sources(tmp_path)
    folder = out / "otter" / "source" / "asked"
    release, grader = tools.otter_assign(folder, "asked")
    paths = {kind: folder / kind / "asked.ipynb" for kind in asked.KINDS}
    for kind, path in paths.items():
        tools.answered(release, path, asked.answers(kind), asked.LISTED)
    right, wrong = tools.otter_grade(grader, paths.values(), folder)
    assert right == dict.fromkeys((e.name for e in found), 1)
    assert wrong == dict.fromkeys((e.name for e in found), 0)
    assert not asked.leaks(release, found)
    assert asked.everywhere(paths["right"], "right") == {True} and asked.everywhere(paths["wrong"], "wrong") == {False}
