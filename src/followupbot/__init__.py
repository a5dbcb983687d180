"""Follow-up after an operation by chat: asks patients, reads their answers, and gets a clinician when one is needed."""

import zoneinfo

# Time zones come from the locked tzdata wheel alone: the machine's own may be of another year, or not there.
zoneinfo.reset_tzpath(to=())

# The one place where the version is written: the build reads it from here (see [tool.hatch.version]).
__version__ = "0.1.0"
