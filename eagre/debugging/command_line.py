"""`python -m eagre COMMAND`: each command is a module with `SUMMARY`, `define` and `run`."""

from __future__ import annotations

import sys
from importlib import import_module

_COMMANDS = {
    "checkpoint": "eagre.state.checkpoint.command",
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command and print the text that it returns; an error is its message alone."""
    from argparse import ArgumentParser

    from eagre.core.errors import OpError

    parser = ArgumentParser(prog="python -m eagre", description="Tools of eagre.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, home in _COMMANDS.items():
        module = import_module(home)
        module.define(commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY))
    options = parser.parse_args(arguments)
    try:
        text = import_module(_COMMANDS[options.command]).run(options)
    except OpError as error:
        # A message begins with the function that was called; here the command was typed.
        print(options.command, str(error).partition(" ")[2], file=sys.stderr)
        return 1
    print(text, file=sys.stdout)
    return 0
