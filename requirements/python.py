"""Says whether a Python will do, before anything is installed. It must run on every one, however old."""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)  # the newest that was tried


def dotted(version):
    """A version as people write it."""
    return "%d.%d" % version


def refusal(version, program):
    """Why this Python will not do, with the way out; None when it will."""
    if version < OLDEST:
        what = "Oncecast needs Python %s or newer, and %s is %s." % (dotted(OLDEST), program, dotted(version))
        return what + " Install one, or name one that is here: make PYTHON=python%s" % dotted(NEWEST)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        brings = "apt install python%s-venv" % dotted(version)
        return "%s comes without venv; on Debian and Ubuntu this brings it: %s" % (program, brings)
    return None


def remark(version):
    """What to know of a Python that will do; None when it was tried."""
    if version <= NEWEST:
        return None
    what = "Python %s was not tried yet, %s was." % (dotted(version), dotted(NEWEST))
    return what + " Should something fail: make PYTHON=python%s" % dotted(NEWEST)


if __name__ == "__main__":
    here = tuple(sys.version_info[:2])
    if refusal(here, sys.executable):
        sys.exit(refusal(here, sys.executable))
    if remark(here):
        sys.stderr.write(remark(here) + "\n")
