"""The console script `poolwright`: check a body, carry it from one format to another. Needs no database."""

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from webapp.nodepool.formats import FORMATS, Target, parse, read
from webapp.nodepool.formats.guessing import guessed
from webapp.nodepool.problems import Problem
from webapp.nodepool.reading import MAX_BYTES, Unreadable
from webapp.nodepool.rules import check

OK, WRONG, UNREADABLE = 0, 1, 2
_READ = tuple(one.name for one in FORMATS.values() if one.read)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="poolwright", description="Node pools of CCE clusters, for pipelines.")
    commands = made.add_subparsers(required=True, metavar="command")
    checking = commands.add_parser("check", help="say what is wrong with a body; exit status 1 on errors")
    add_check_arguments(checking)
    checking.set_defaults(run=run_check)
    converting = commands.add_parser("convert", help="carry a body from one format to another")
    add_convert_arguments(converting)
    converting.set_defaults(run=run_convert)
    return made


def add_check_arguments(made: argparse.ArgumentParser) -> None:
    """Take a file, how it is read, what for, and how to answer."""
    made.add_argument("file", help="a file, or - for standard input")
    made.add_argument("--from", dest="source", choices=_READ, default="", help="its format; found out when left out")
    made.add_argument("--category", choices=("standard", "turbo"), default="standard", help="the kind of cluster")
    made.add_argument("--cluster-version", default="", help="such as v1.29; not known when left out")
    made.add_argument("--format", choices=("human", "json"), default="human", help="the form of the answer")


def add_convert_arguments(made: argparse.ArgumentParser) -> None:
    """Take a file, its format, the other format, and the cluster that goes into programs."""
    made.add_argument("file", nargs="?", default="-", help="a file, or - for standard input")
    made.add_argument("--from", dest="source", choices=_READ, required=True)
    made.add_argument("--to", dest="goal", choices=tuple(FORMATS), required=True)
    made.add_argument("--cluster-id", default="", help="written into programs that need it")
    made.add_argument("--project-id", default="", help="written into programs that need it")


def run_check(said: argparse.Namespace) -> int:
    """Print what is wrong. Return 0 for a good body, 1 with errors, 2 for a file that cannot be read."""
    try:
        data = _data(said.file)
        body = parse(said.source or guessed(data), data)
    except (OSError, Unreadable) as error:
        return _unreadable(said.file, error)
    problems = check(body, {"category": said.category, "version": said.cluster_version})
    errors = [one for one in problems if one.is_error]
    if said.format == "json":
        print(json.dumps({"valid": not errors, "problems": [one.as_dict() for one in problems]}, indent=2))
    else:
        for one in problems:
            print(_line(one))
        print(f"{len(errors)} errors, {len(problems) - len(errors)} warnings")
    return WRONG if errors else OK


def run_convert(said: argparse.Namespace) -> int:
    """Print the body in the other format; what was lost on the way goes to standard error."""
    try:
        taken = read(said.source, _data(said.file))
    except (OSError, Unreadable) as error:
        return _unreadable(said.file, error)
    made = FORMATS[said.goal].write(taken.body, Target(said.cluster_id, said.project_id))
    for note in (*taken.left_out, *made.left_out):
        print(_printable(f"left out: {note.pointer or '(whole text)'} {note.message}"), file=sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever the locale: the text must arrive as it is
    sys.stdout.write(made.text)
    return OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console script."""
    said = parser().parse_args(arguments)
    status: int = said.run(said)
    return status


def _data(file: str) -> bytes:
    if file != "-":
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    if sys.stdin is None:
        raise OSError("there is no standard input")
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _unreadable(file: str, error: Exception) -> int:
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    print(_printable(f"{file}: {reason}"), file=sys.stderr)
    return UNREADABLE


def _line(problem: Problem) -> str:
    line = f"{problem.severity:7} {problem.pointer or '(whole body)'}: {problem.message}"
    return _printable(f"{line} [{problem.code}; {problem.source}]")


def _printable(text: str) -> str:
    """Return a line that no terminal takes for a command, and every encoding takes."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


if __name__ == "__main__":
    sys.exit(main())
