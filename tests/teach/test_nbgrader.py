"""What nbgrader makes of an assignment."""

import shutil

from tests.teach import asked, tools


def test_nbgrader(tmp_path):
    out, found = tmp_path, asked.sources(tmp_path)
    release = tools.nbgrader_release(out / "nbgrader", "asked")
    places = {who: out / "nbgrader" / "submitted" / who / "asked" / "asked.ipynb" for who in ("solutions", "wrong")}
    tools.answered(release, places["wrong"], asked.answers("wrong"), asked.LISTED)
    places["solutions"].parent.mkdir(parents=True)
    shutil.copy(out / "nbgrader" / "source" / "asked" / "asked.ipynb", places["solutions"])
    points = tools.nbgrader_grade(out / "nbgrader", "asked")
    names = [exercise.name for exercise in found]
    assert points == {"solutions": dict.fromkeys(names, 1.0), "wrong": dict.fromkeys(names, 0.0)}
    assert not asked.leaks(release, found)
