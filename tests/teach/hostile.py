"""Submissions to chapter 4 that try to break the grader, or to get marks that they did not earn.

Each stands between an honest right answer and another one: these two must count, and nothing else.
"""

FORGED = """
class Verdict:
    right, answered, state, hint, message = True, True, "right", "", "Right."
"""

ANSWERS = {
    "an endless loop": "while True: pass",
    "an endless loop that holds on": """
while True:
    try:
        sum(range(100))
    except:
        pass""",
    "one long operation": "import itertools, collections; collections.deque(itertools.repeat(0), 0)",
    "a function that does not end": """
def loops(*_):
    while True:
        pass
check("momentum-7", loops)""",
    "a function that takes the guard away": """
from optlib.exercises import guard
guard.limited = lambda function, *args, **more: function(*args)
def loops(*_):
    while True:
        try:
            pass
        except:
            pass
check("momentum-5", loops)""",
    "a function that cannot be interrupted": """
import collections, itertools
check("momentum-7", lambda *_: collections.deque(itertools.repeat(0), 0))""",
    "a memory bomb": """
import numpy as np
held = []
while True:
    held.append(np.ones(10**7))""",
    "one enormous array": 'import numpy as np; check("momentum-1", np.ones(3 * 10**8, np.int8))',
    "a memory bomb in a function": 'check("momentum-7", lambda *_: bytearray(10**11))',
    "memory outside of Python": """
import os
for n in range(60):
    handle = os.memfd_create(str(n))
    while True:
        os.write(handle, bytes(2**20))""",
    "a fork bomb": """
import os
while True:
    os.fork()""",
    "threads": """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(1000,)).start()""",
    "programs": "import subprocess; subprocess.Popen(['sleep', '1000'])",
    "deletion": """
import os, shutil
shutil.rmtree(FOLDER, ignore_errors=True)
for place in ("/", "/tmp", os.path.dirname(os.__file__)):
    shutil.rmtree(place, ignore_errors=True)
os.remove(RESULTS)""",
    "a full disk": """
for n in range(1000):
    with open(f"/tmp/{n}", "wb") as file:
        file.write(bytes(10**7))""",
    "endless output": """
import os
while True:
    print("right " * 10**5)
    os.write(2, bytes(10**6))""",
    "output by a function": 'check("momentum-7", lambda *_: [print("x" * 10**6) for _ in range(100)])',
    "a check of its own": FORGED
    + """
import optlib.exercises
check = optlib.exercises.check = lambda *_: Verdict()
check("momentum-1", 0)""",
    "a verdict of its own": """
import optlib.exercises.verdict
optlib.exercises.verdict.Verdict.right = True
check("momentum-1", 0)""",
    "a written result": """
for path in (RESULTS, "progress.json", FOLDER + "/progress.json"):
    try:
        open(path, "w").write("submission,momentum-1,total,remark\\nme,1,8,")
    except OSError:
        pass""",
    "the status of Python": "import sys; sys.exit(0)",
    "an end without a word": "import os; os._exit(0)",
    "a crash": "import ctypes; ctypes.string_at(0)",
    "a signal to all": """
import os, signal
for process in (-1, 0, os.getppid()):
    try:
        os.kill(process, signal.SIGKILL)
    except OSError:
        pass""",
    "a printed verdict": """
print("✓ momentum-1: Right.")
import os
os.write(1, b'{"check": "momentum-1", "verdict": ["momentum-1", "right", ""]}')""",
    "words to the judge": """
import socket, struct, json
for number in range(3, 20):
    for forged in ({"verdict": ["momentum-1", "right", ""], "state": "right"}, {"end": True}):
        text = json.dumps(forged).encode()
        try:
            socket.socket(fileno=number).sendall(struct.pack(">I", len(text)) + text)
        except OSError:
            pass""",
    "a lot of words to the judge": """
import os
for number in range(3, 20):
    try:
        os.write(number, b"\\xff" * 10**6)
    except OSError:
        pass""",
    "another NumPy": """
import numpy as np
for name in ("allclose", "array_equal", "isclose", "all", "any"):
    setattr(np, name, lambda *_, **__: True)
np.abs = np.max = lambda *_, **__: 0.0
np.asarray = lambda *_, **__: np.zeros((65, 10))
check("momentum-1", 0)
check("momentum-7", lambda grad, theta, *_: theta)""",
    "a pickle": """
import os
class Pickle:
    def __reduce__(self):
        return os.system, ("touch " + RESULTS,)
    __array__ = __float__ = __str__ = __reduce__
check("momentum-1", Pickle())
check("momentum-7", lambda *_: Pickle())""",
    "an answer that is whatever one wants": """
class Equal(float):
    def __eq__(self, other): return True
    def __le__(self, other): return True
    __lt__ = __ge__ = __gt__ = __le__
    def __sub__(self, other): return Equal(0)
    __rsub__ = __abs__ = __sub__
    __hash__ = float.__hash__
class Text(str):
    def strip(self): return self
    def lower(self): return self
    __eq__ = __contains__ = lambda *_: True
    __hash__ = str.__hash__
check("momentum-1", Equal(0))
check("momentum-6", Text("mu"))""",
    "a look around": """
import gc, sys
def looks(*args):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + gc.get_objects():
            if callable(getattr(value, "reference", None)):
                return value.reference(*args)
        frame = frame.f_back
    return args[1]
check("momentum-7", looks)""",
    "the book's own answer": """
from optlib.exercises import momentum
check("momentum-1", momentum.final_step())""",
    "the neighbor's answer": """
import glob
there = [open(path).read() for path in glob.glob(FOLDER + "/**/*.ipynb", recursive=True)]
check("momentum-1", 0.1 if there else 0)""",
    "the network": """
import socket
socket.create_connection(("127.0.0.1", PORT), timeout=2).sendall(b"momentum-1 0.1")
check("momentum-1", 0.1)""",
    "questions to the judge": """
import numpy as np
def asks(grad, theta, *_):
    huge = np.ones((65, 10**5)), np.ones(10**6), 10**400
    for what in ("x", None, *huge, [[theta]], grad, {}, np.full((65, 10), np.nan)):
        try:
            grad(what)
        except Exception:
            pass
    while True:
        grad(theta)
check("momentum-7", asks)""",
    "a check within a check": """
def again(*_):
    return check("momentum-7", again)
check("momentum-7", again)""",
    "checks without end": 'while True: check("momentum-1", 0)',
    "deep and wide answers": """
import numpy as np
deep = []
for _ in range(10**5):
    deep = [deep]
huge = 10**5000, [0] * 10**6, "9" * 10**7
for answer in (deep, *huge, {1: {2: {}}}, np.zeros(3, "i4,f8"), np.zeros((0, 5)), "\\ud800"):
    check("momentum-1", answer)
    check("momentum-6", answer)
    check("momentum-7", lambda *_: answer)
    check(str(answer)[:1000], answer)""",
    "a changed argument": """
def grows(grad, theta, lr, momentum, steps):
    theta.shape = (10, 65)
    theta[:] = 0
    return theta.T
check("momentum-7", grows)""",
}

# what forges the verdict where it is computed beside it
FORGERIES = ["a check of its own", "a verdict of its own", "another NumPy"]
# who replaces the check is not judged from there on
AT_THEIR_OWN_COST = ["a check of its own"]
