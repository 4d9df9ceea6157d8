"""`python -m eagre`: see `debugging/command_line.py`."""

import sys

from eagre.debugging.command_line import main

if __name__ == "__main__":
    sys.exit(main())
