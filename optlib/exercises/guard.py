"""Calls of what a student wrote: an error becomes a sentence, an endless loop ends after a few seconds.

What a call changes outside itself (NumPy's errors and random numbers, the recursion limit, the working folder, where
text is printed) is put back, and of what it prints only the beginning is shown.
"""

import contextlib
import io
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np

SECONDS = 4.0
PRINTED = 10_000  # characters

CANNOT_END = "was still running after {:g} seconds and was stopped: does its loop end?"
HANDLERS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGALRM") if hasattr(signal, name)]


def _set_handlers(handlers):
    for number, handler in zip(HANDLERS, handlers):
        if signal.getsignal(number) != handler:
            signal.signal(number, handler)


KEPT = (
    (lambda: [signal.getsignal(number) for number in HANDLERS], _set_handlers),
    (random.getstate, random.setstate),
    (np.random.get_state, np.random.set_state),
    (np.get_printoptions, lambda options: np.set_printoptions(**options)),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (lambda: os.getcwd() if os.path.exists(os.curdir) else os.curdir, os.chdir),
)


class Trouble(Exception):
    """The call did not return; the text says why, as the second half of a sentence."""


class _TooLong(BaseException):
    """Raised inside the call when time is up; no Exception, so that `except Exception` does not hold it."""


def limited(function, *args, seconds=None):
    """function(*args), without its warnings.  Raises Trouble when it raises or runs past `seconds`, None for SECONDS.

    One long operation inside a compiled library cannot be interrupted and is waited for.
    """
    seconds = SECONDS if seconds is None else seconds

    def call():
        try:
            return True, function(*args)
        except (KeyboardInterrupt, Trouble, _TooLong):
            raise
        except BaseException as error:  # SystemExit too: an answer must not end the notebook
            return False, _say(error)  # its words are the student's code as well

    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), _put_back(), _short():
            warnings.simplefilter("ignore")
            fine, value = (_alarmed if _may_alarm() else _traced)(call, seconds)
    except _TooLong:
        raise Trouble(CANNOT_END.format(SECONDS)) from None
    if not fine:
        raise Trouble(f"stopped with {value}")
    return value


def name_of(kind):
    """The name of a class, which a metaclass cannot make up, in at most forty characters."""
    return type.__dict__["__name__"].__get__(kind)[:40]


def _may_alarm():
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _alarmed(call, seconds):
    def ring(_, frame):
        if frame is None or frame.f_code is not _alarmed.__code__:  # not while it cleans up below
            raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    # rings again and again: a bare `except:` inside a loop swallows it many times before it strikes between two rounds
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, 0.001)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, left)
        signal.signal(signal.SIGALRM, before)


def _traced(call, seconds):
    # where there are no alarms (Windows, a worker thread, the browser), look at the clock on every line
    end, before, stops = time.monotonic() + seconds, sys.gettrace(), []

    def look(*_):
        if time.monotonic() > end:
            stops.append(_insist())
            raise _TooLong
        return look

    sys.settrace(look)
    try:
        return call()
    finally:
        while True:
            try:
                sys.settrace(before)
                for stop in stops:
                    stop()
                break
            except _TooLong:
                pass


def _insist():
    """Raises _TooLong here again and again from a thread: a bare `except:` in a loop can swallow what a trace raises.

    Returns a function that ends it.
    """
    import ctypes

    strike, here, done = ctypes.pythonapi.PyThreadState_SetAsyncExc, threading.get_ident(), threading.Event()

    def insist():
        while not done.wait(0.001):
            at = sys._current_frames()[here].f_globals
            if at is not globals() and at is not vars(threading):  # not while this begins or ends
                strike(ctypes.c_ulong(here), ctypes.py_object(_TooLong))

    def stop():
        done.set()
        thread.join()  # the last strike comes in here, if there is one

    thread = threading.Thread(target=insist, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the browser has no threads; its page can stop Python
        return done.set
    return stop


@contextlib.contextmanager
def _put_back():
    before = [(write, read()) for read, write in KEPT]
    try:
        yield
    finally:
        for write, value in before:
            with contextlib.suppress(OSError, RecursionError):
                write(value)


class _Short(io.TextIOBase):
    """A stream that passes on the first PRINTED characters."""

    def __init__(self, out):
        self.out, self.left = out, PRINTED

    def write(self, text):
        if self.left > 0 and self.out:
            fits = len(text) <= self.left
            self.out.write(text if fits else f"{text[: self.left]}\n... and more, which is not shown\n")
        self.left -= len(text)
        return len(text)

    def flush(self):
        if self.out:
            self.out.flush()


@contextlib.contextmanager
def _short():
    # two checks in two threads may overlap: each knows the streams that were there before both
    out, err = (stream.out if type(stream) is _Short else stream for stream in (sys.stdout, sys.stderr))
    sys.stdout, sys.stderr = short = _Short(out), _Short(err)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        for stream in short:
            stream.left = float("inf")  # a logger may have kept it


def _say(error):
    name = name_of(type(error))
    try:
        text = " ".join(str(error)[:10_000].split())[:160]
    except (KeyboardInterrupt, _TooLong):
        raise
    except BaseException:
        text = ""
    return f"{name}: {text}" if text else name
