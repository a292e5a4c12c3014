"""Calls of what a student wrote: an error becomes a sentence, an endless loop ends after a few seconds."""

import signal
import sys
import threading
import time
import warnings

import numpy as np

SECONDS = 4.0


class Trouble(Exception):
    """The call did not return; the text says why, as the second half of a sentence."""


class _TooLong(BaseException):
    """Raised inside the call when time is up; no Exception, so that `except Exception` does not hold it."""


def limited(function, *args):
    """function(*args), without its warnings.  Raises Trouble when it raises or runs past SECONDS.

    One long operation inside a compiled library cannot be interrupted and is waited for.
    """
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return (_alarmed if _may_alarm() else _traced)(function, args)
    except (KeyboardInterrupt, Trouble):
        raise
    except _TooLong:
        raise Trouble(f"was still running after {SECONDS:g} seconds and was stopped: does its loop end?") from None
    except BaseException as error:  # SystemExit too: an answer must not end the notebook
        raise Trouble(f"stopped with {_say(error)}") from None


def _may_alarm():
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _alarmed(function, args):
    def ring(_, frame):
        if frame is None or frame.f_code is not _alarmed.__code__:  # not while it cleans up below
            raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    # rings again and again: a bare `except:` inside a loop swallows it many times before it strikes between two rounds
    left, _ = signal.setitimer(signal.ITIMER_REAL, SECONDS, 0.001)
    try:
        return function(*args)
    finally:
        signal.setitimer(signal.ITIMER_REAL, left)
        signal.signal(signal.SIGALRM, before)


def _traced(function, args):
    # where there are no alarms (Windows, a worker thread, the browser), look at the clock on every line
    end, before = time.monotonic() + SECONDS, sys.gettrace()

    def look(*_):
        if time.monotonic() > end:
            raise _TooLong
        return look

    sys.settrace(look)
    try:
        return function(*args)
    finally:
        sys.settrace(before)


def _say(error):
    try:
        text = " ".join(str(error).split())[:160]
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
