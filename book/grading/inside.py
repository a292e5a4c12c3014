"""Runs a student's cells, in the process that is locked in: `python inside.py SOCKET FOLDER_OF_OPTLIB`.

Nothing here decides anything. `check` sends the answer out and shows the verdict that comes back; functions that were
handed to it stay here and are called from outside.
"""

import ast
import builtins
import os
import signal
import socket
import sys
import types

sys.path[:0] = [sys.argv[2], os.path.dirname(os.path.abspath(__file__))]

import numpy as np  # noqa: E402
import wire  # noqa: E402

import optlib.exercises  # noqa: E402
from optlib.exercises import guard  # noqa: E402
from optlib.exercises.verdict import Verdict  # noqa: E402

link = socket.socket(fileno=int(sys.argv[1]))
functions = []


def keep(function):
    functions.append(function)
    return len(functions) - 1


def outside(number, name):
    """What stands here for a function of the exercise, such as its gradient."""

    def ask(*args, **more):
        before = signal.pthread_sigmask(
            signal.SIG_BLOCK, [signal.SIGALRM]
        )  # an alarm in the middle would lose the thread
        try:
            wire.send(link, {"ask": number, "args": wire.encode(args, keep), "more": wire.encode(more, keep)})
            reply = wire.receive(link)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if "raise" in reply:
            kind, text = reply["raise"]
            raise type(kind, (Exception,), {})(text)
        return wire.decode(reply["value"], outside)

    return ask


def check(name, answer):
    """The verdict on an answer, from outside."""
    wire.send(link, {"check": str(name)[:100], "answer": wire.encode(answer, keep)})
    while True:
        message = wire.receive(link)
        if "verdict" in message:
            return Verdict(*message["verdict"])
        wire.send(link, called(**message))


def called(call, args, seconds):
    """What a function that was handed in makes of the arguments, and which of them it changed."""
    args = wire.decode(args, outside)
    before = [a.copy() if isinstance(a, np.ndarray) else None for a in args]
    try:
        value = guard.limited(functions[call], *args, seconds=seconds)
    except guard.Trouble as trouble:
        return {"trouble": str(trouble)}
    changed = {
        str(i): wire.encode(a, keep)
        for i, (a, b) in enumerate(zip(args, before))
        if b is not None and (a.shape != b.shape or not np.array_equal(a, b))
    }
    try:
        return {"value": wire.encode(value, keep), "changed": changed}
    except BaseException as error:  # an object made to be unreadable
        return {"trouble": f"returned what cannot be read ({type(error).__name__})"}


def plain(source):
    """A cell without Jupyter's own commands, which do nothing here."""
    try:
        ast.parse(source)
        return source
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        return TransformerManager().transform_cell(source)


class Shell:
    """What a cell finds as get_ipython(): every command of Jupyter's does nothing."""

    def __getattr__(self, name):
        return lambda *args, **more: None


def run(cells, skip):
    """Run the cells in one namespace; one that raises is reported, and the next one runs."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    main.__dict__.update(get_ipython=Shell, display=lambda *args, **more: None)
    for number, source in enumerate(cells):
        if number in skip or not source.strip():
            continue
        wire.send(link, {"cell": number})
        try:
            exec(compile(plain(source), f"<cell {number + 1}>", "exec"), main.__dict__)
        except BaseException as error:
            wire.send(link, {"cell": number, "failed": guard._say(error)})


if __name__ == "__main__":
    optlib.exercises.check, optlib.exercises.Verdict = check, Verdict
    builtins.input = lambda *args: ""
    job = wire.receive(link)
    sys.argv[1:] = []
    run(job["cells"], job["skip"])
    wire.send(link, {"end": True})
