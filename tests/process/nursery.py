"""`followupbot run` again and again, without the second that Python takes to read the program in. Tests start this.

It has read the program in and begun nothing: no thread, no connection, no file. `run LOG` forks a process that is from
there on what the command is, with standard error in LOG; `reap PID` waits for one that was killed. One line each way.
"""

import os
import sys
from collections.abc import Callable


def main() -> None:
    import followupbot.bootstrap.process
    import followupbot.channels.telegram.http
    import followupbot.storage.migrations  # noqa: F401 # all three for what they bring
    from followupbot.cli import app

    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "run":
            print(_start(rest, app.main), flush=True)
        else:
            _, status = os.waitpid(int(rest), 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


def _start(log_file: str, run: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        stderr = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor, to in ((nothing, 0), (nothing, 1), (stderr, 2)):
            os.dup2(descriptor, to)
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115 # for as long as the process lives
        sys.argv = ["followupbot", "run"]
        run()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
