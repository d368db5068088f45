"""The console script `poolwright`: check a body, carry it from one format to another. Needs no database."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from webapp.nodepool.formats import FORMATS, Imported, Target, read
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
    made.add_argument("--from", dest="source", choices=_READ, default="json", help="the format of the file")
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
    found = _read(said)
    if found is None:
        return UNREADABLE
    problems = check(found.body, {"category": said.category, "version": said.cluster_version})
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
    found = _read(said)
    if found is None:
        return UNREADABLE
    made = FORMATS[said.goal].write(found.body, Target(said.cluster_id, said.project_id))
    for note in (*found.left_out, *made.left_out):
        print(f"left out: {note.pointer} {note.message}".replace("  ", " "), file=sys.stderr)
    sys.stdout.write(made.text)
    return OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console script."""
    said = parser().parse_args(arguments)
    status: int = said.run(said)
    return status


def _read(said: argparse.Namespace) -> Imported | None:
    try:
        if said.file == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(said.file).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        return read(said.source, data)
    except (OSError, Unreadable) as error:
        print(f"{said.file}: {error}", file=sys.stderr)
        return None


def _line(problem: Problem) -> str:
    line = f"{problem.severity:7} {problem.pointer or '(whole body)'}: {problem.message}"
    # A lone surrogate that somebody typed must not break the output.
    return f"{line} [{problem.code}; {problem.source}]".encode(errors="backslashreplace").decode()


if __name__ == "__main__":
    sys.exit(main())
