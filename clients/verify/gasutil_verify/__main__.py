"""`python -m gasutil_verify`: check a proof, two checkpoints or a whole log, or run a witness."""

import argparse
import sys
from pathlib import Path

from gasutil_verify import wording
from gasutil_verify.errors import VerificationError
from gasutil_verify.log import check_leaves, fetch, leaves
from gasutil_verify.notes import Checkpoint, VerifierKey
from gasutil_verify.proofs import verify_proof
from gasutil_verify.witness import Witness, WitnessServer


def main(arguments: list[str] | None = None) -> int:
    """Run a command, and return 0 if everything holds, else 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (VerificationError, OSError) as error:
        print(f"NOT VERIFIED: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gasutil_verify", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    keys = argparse.ArgumentParser(add_help=False)
    keys.add_argument("--key", required=True, help="the log's vkey, or a file that contains it")
    keys.add_argument("--witness", action="append", default=[], help="the vkey of a witness")
    keys.add_argument("--quorum", type=int, help="how many witnesses have to have signed (all)")

    proof = commands.add_parser("proof", parents=[keys], help="check the proof of a request")
    proof.add_argument("file", type=Path, help="the JSON of the API, or a .tlog-proof file")
    proof.set_defaults(run=_proof)

    consistency = commands.add_parser(
        "consistency", parents=[keys], help="check that one checkpoint extends another"
    )
    consistency.add_argument("old", type=Path)
    consistency.add_argument("new", type=Path)
    consistency.add_argument("--url", help="where the log is, to read its leaves")
    consistency.set_defaults(run=_consistency)

    log = commands.add_parser("log", parents=[keys], help="check a whole log from its leaves")
    log.add_argument("url", help="where the log is, for example https://desk.example/api/v1/log")
    log.add_argument(
        "--kept", type=Path, action="append", default=[], help="a checkpoint that was kept"
    )
    log.set_defaults(run=_log)

    witness = commands.add_parser("witness", help="cosign the checkpoints of logs")
    witness.add_argument("name", help="the name of the witness's key")
    witness.add_argument("--log", action="append", required=True, help="the vkey of a log")
    witness.add_argument("--folder", type=Path, default=Path(), help="for the key and the database")
    witness.add_argument("--host", default="127.0.0.1")
    witness.add_argument("--port", type=int, default=8100)
    witness.set_defaults(run=_witness)
    return parser


def _key(value: str) -> VerifierKey:
    """Return the key that an option states, or the file that it names contains."""
    is_file = "\n" not in value and Path(value).is_file()
    return VerifierKey.parse(Path(value).read_text() if is_file else value)


def _trusted(options: argparse.Namespace) -> tuple[VerifierKey, list[VerifierKey], int | None]:
    return _key(options.key), [_key(each) for each in options.witness], options.quorum


def _proof(options: argparse.Namespace) -> None:
    for line in wording.lines(verify_proof(options.file.read_bytes(), *_trusted(options))):
        print(line)


def _consistency(options: argparse.Namespace) -> None:
    key, witnesses, quorum = _trusted(options)
    old = Checkpoint.open(options.old.read_bytes(), key)
    new = Checkpoint.open(options.new.read_bytes(), key, witnesses, quorum)
    if old.size > new.size:
        raise VerificationError(
            f"The newer checkpoint has fewer rows: {new.size} after {old.size}."
        )
    if old.size == new.size:
        if old.root != new.root:
            raise VerificationError("The log has signed two histories of the same size.")
    elif options.url is None:
        raise VerificationError("The sizes differ: say with --url where the leaves are.")
    else:
        check_leaves(leaves(options.url, new.size), {old.size: old.root, new.size: new.root})
    print(f"Verified: the first {old.size} of {new.size} rows are the same.")


def _log(options: argparse.Namespace) -> None:
    key, witnesses, quorum = _trusted(options)
    content = fetch(f"{options.url.rstrip('/')}/checkpoint")
    newest = Checkpoint.open(content, key, witnesses, quorum)
    roots = {newest.size: newest.root}
    for path in options.kept:
        kept = Checkpoint.open(path.read_bytes(), key)
        if kept.size > newest.size:
            raise VerificationError(f"The log has {newest.size} rows, and had {kept.size} before.")
        if roots.setdefault(kept.size, kept.root) != kept.root:
            raise VerificationError(f"The log has signed two histories of {kept.size} rows.")
    check_leaves(leaves(options.url, newest.size), roots, _show_progress)
    print(f"Verified: {newest.size} rows of {newest.origin}, {len(roots)} checkpoints.")


def _show_progress(size: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{size} rows", end="", file=sys.stderr)


def _witness(options: argparse.Namespace) -> None:
    logs = [_key(each) for each in options.log]
    witness = Witness(
        options.name, options.folder / "witness.key", options.folder / "witness.sqlite3", logs
    )
    server = WitnessServer((options.host, options.port), witness)
    host, port = server.server_address[:2]
    print(f"{witness.key.vkey}\nListening on http://{host!s}:{port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
