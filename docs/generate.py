"""Write the tables of the documentation that come from the code: `make docs` runs this first.

Each table is between two comments of a page: `<!-- generated: NAME -->` and `<!-- end -->`.
`reference.toml` has the sentences.
"""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

PAGES = Path(__file__).resolve().parent
ROOT = PAGES.parent
REFERENCE: dict[str, Any] = tomllib.loads((PAGES / "reference.toml").read_text(encoding="utf-8"))
BLOCK = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
CONSOLE_ONLY = (
    "admin",
    "migrations",
    "bulk.py",
    "catalogue.py",
    "definition_errors.py",
    "imports.py",
    "calendars.py",
    "type_translations.py",
)
CONSOLE_ONLY += (
    "saved_views.py",
    "canned_replies.py",
    "passkeys.py",
)  # forms of the console: no call of the API returns their codes


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    lines = [list(headings), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


def code(text: object) -> str:
    """Return a text as code; nothing for an empty one."""
    return f"`{text}`" if text not in ("", None) else "empty"


# --- Settings
# --------------------------------------------------------------------------------------------------


def declared_settings() -> dict[str, ast.Call]:
    """Return the calls of `project/settings.py` that read the environment, by variable name."""
    tree = ast.parse((ROOT / "project" / "settings.py").read_text(encoding="utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    declared = {}
    for call in calls:
        if (
            ast.unparse(call.func.value) == "env"
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ):
            declared.setdefault(call.args[0].value, call)
    return declared


def default_of(call: ast.Call) -> str:
    """Return the default of a setting as a text.

    Raise `ValueError` for one that has to be described.
    """
    try:
        value = eval(compile(ast.Expression(call.args[1]), "default", "eval"), {"__builtins__": {}})  # noqa: S307  # arithmetic of our own code
    except NameError as error:
        raise ValueError(
            f"Describe the default of {ast.unparse(call.args[0])} in reference.toml."
        ) from error
    if isinstance(value, list):
        value = ",".join(value)
    return code(str(value).lower() if isinstance(value, bool) else value)


def settings_tables() -> str:
    """Return a table for each group of settings."""
    declared, parts = declared_settings(), []
    for group in REFERENCE["settings"]:
        rows = [
            (f"`{name}`", entry.get("default") or default_of(declared[name]), f"{entry['text']}.")
            for name, entry in group["names"].items()
        ]
        parts.append(f"### {group['title']}\n\n" + table(["Variable", "Default", "Meaning"], rows))
    return "\n".join(parts)


def other_settings() -> str:
    """Return the table of variables that commands read, and not the settings."""
    return table(
        ["Variable", "Meaning and default"],
        [(f"`{name}`", f"{text}.") for name, text in REFERENCE["other_settings"].items()],
    )


# --- Errors
# --------------------------------------------------------------------------------------------------


def problem_classes() -> Iterator[type[Exception]]:
    """Yield the errors that can reach a client, each code once."""
    from gasutil import errors

    classes = [
        item
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, errors.DeskError)
    ]
    yield from (item for item in classes if item is not errors.DeskError)


def problem_types() -> str:
    """Return the table of problem types, by their status."""
    from gasutil.http_status import status_of

    rows = {}
    for item in problem_classes():
        error = item.__new__(item)
        rows[(status_of(error), f"`{item.code}`")] = f"{REFERENCE['problems'][item.code]}."  # type: ignore[attr-defined, arg-type]
    for name, entry in REFERENCE["http_problems"].items():
        rows[(entry["status"], f"`{name}`")] = f"{entry['text']}."
    return table(
        ["Status", "Type", "Meaning"],
        [(status, name, text) for (status, name), text in sorted(rows.items())],
    )


def raised_codes() -> set[str]:
    """Return the codes of `errors` that our own code names.

    Others come from pydantic and Django.
    """
    result = set()
    for path in (ROOT / "gasutil").rglob("*.py"):
        if not set(CONSOLE_ONLY).intersection(path.relative_to(ROOT).parts):
            result |= {
                value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if (value := _code_of(node))
            }
    return result


def _code_of(node: ast.AST) -> str:
    """Return the code that a call of an error class names, or an empty text."""
    if not isinstance(node, ast.Call):
        return ""
    name = ast.unparse(node.func).rpartition(".")[2]
    given = (
        node.args[0:1]
        if name == "PydanticCustomError"
        else node.args[1:2]
        if name in ("FieldError", "ValidationError")
        else []
    )
    given += [
        keyword.value
        for keyword in node.keywords
        if keyword.arg == "code" and name == "ValidationError"
    ]
    return next((str(item.value) for item in given if isinstance(item, ast.Constant)), "")


def error_codes() -> str:
    """Return the table of the codes in `errors`, with the names in their `params`."""
    params = REFERENCE["code_params"]
    return table(
        ["Code", "Meaning", "`params`"],
        [
            (f"`{name}`", f"{text}.", ", ".join(code(param) for param in params.get(name, ())))
            for name, text in sorted(REFERENCE["codes"].items())
        ],
    )


# --- Requests
# --------------------------------------------------------------------------------------------------


def transitions() -> str:
    """Return the table of transitions: who can make them, and by which verb."""
    from gasutil.access import Role
    from gasutil.workflow.transitions import TABLE

    def cell(start: Any, end: Any) -> str:
        move = TABLE[start].get(end)
        if move is None:
            return "no"
        owner = (
            ", owner"
            if Role.OWNER in move.roles
            else ", owner by a comment or a file"
            if Role.OWNER in move.by_message
            else ""
        )
        return f"`{move.verb}`: support{owner}"

    ends = [status for status in TABLE if status != "pending"]
    return table(
        ["from \\ to", *(f"`{end.value}`" for end in ends)],
        [[f"`{start.value}`", *(cell(start, end) for end in ends)] for start in TABLE],
    )


def events() -> str:
    """Return the table of events, with those that webhooks can subscribe to."""
    return table(
        ["Event", "When"], [(f"`{name}`", f"{text}.") for name, text in REFERENCE["events"].items()]
    )


def notices() -> str:
    """Return the table of notices: what, to whom, and whether the recipient can turn it off."""
    from django.utils.translation import override

    from gasutil.models import MUTABLE, Notice

    with override("en"):
        rows = [
            (
                f"`{notice.value}`",
                notice.label,
                f"{REFERENCE['notices'][notice]}.",
                "yes" if notice in MUTABLE else "no",
            )
            for notice in Notice
        ]
    return table(["Code", "Subject", "Recipient", "Can be turned off"], rows)


def question_kinds() -> str:
    """Return the table of what a question of a request type can ask for."""
    from django.utils.translation import override

    from gasutil import models

    kinds = models.AnswerKind
    with override("en"):
        return table(
            ["Kind", "Label in the editor"], [(f"`{kind.value}`", kind.label) for kind in kinds]
        )


def roles() -> str:
    """Return the table of what each role can do on a new installation, in plain words."""
    from django.utils.translation import override

    from gasutil.admin.base.permission_wording import SUBJECTS
    from gasutil.groups import PERMISSIONS, STAFF_ROLES

    with override("en"):
        held = {
            str(role.label): {name for group in role.groups for name in PERMISSIONS[group]}
            for role in STAFF_ROLES
        }
        rows = [
            (
                subject,
                words,
                f"`{name}`",
                *("yes" if name in names else "" for names in held.values()),
            )
            for subject, permissions in SUBJECTS.items()
            for name, words in permissions.items()
        ]
    return table(["Subject", "Permission", "Name", *held], rows)


def role_groups() -> str:
    """Return the table of the groups that give each role."""
    from django.utils.translation import override

    from gasutil.groups import PERMISSIONS, STAFF_ROLES

    with override("en"):
        return table(
            ["Role", "Groups", "For"],
            [
                (
                    role.label,
                    ", ".join(f"*{group}*" for group in PERMISSIONS if group in role.groups),
                    f"{REFERENCE['roles'][str(role.label)]}.",
                )
                for role in STAFF_ROLES
            ],
        )


# --- Calls
# --------------------------------------------------------------------------------------------------


def operations() -> Iterator[tuple[str, Any]]:
    """Yield the API's operations with the paths of their resources, in the order of declaration."""
    from gasutil.api.framework.build import call_operation, detail_operation, list_operation
    from gasutil.api.resources import CALLS, RESOURCES

    for section in CALLS.values():
        yield from (("", call_operation(call)) for call in section)
    for resource in RESOURCES:
        if resource.has_list:
            yield resource.path, list_operation(resource)
        if resource.has_detail:
            yield resource.path, detail_operation(resource)
        yield from ((resource.path, call_operation(call, resource)) for call in resource.calls)


def declared_calls() -> list[str]:
    """Return the calls of the API as `POST login/`, in the order of their declaration."""
    parameter = re.compile(r"\{\w+:(\w+)\}")
    return [
        parameter.sub(r"{\1}", f"{operation.method} {prefix}{operation.path}")
        for prefix, operation in operations()
    ]


def calls() -> str:
    """Return the table of calls: what each does and who can make it."""
    known = REFERENCE["calls"]
    return table(
        ["Call", "What it does", "Who"],
        [(f"`{name}`", f"{known[name]['text']}.", known[name]["who"]) for name in declared_calls()],
    )


def layers() -> str:
    """Return the table of layers that import-linter checks."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    result = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    names = [
        ", ".join(f"`{name.strip().removeprefix('gasutil.')}`" for name in layer.split("|"))
        for layer in result
    ]
    return table(["Layer", "Modules"], enumerate(names, start=1))


def example_resource() -> str:
    """Return the declarations of the resource that the tests add, as a block of code."""
    wanted = {
        ROOT / "tests/example_app/models.py": ("Meter", "MeterUserPermission"),
        ROOT / "tests/api/test_new_resource.py": ("METERS",),
    }
    result = [
        part
        for path, names in wanted.items()
        for part in _definitions(path.read_text(encoding="utf-8"), names)
    ]
    return "```python\n" + "\n\n\n".join(result) + "\n```\n"


def example_file(path: str) -> Callable[[], str]:
    """Return the function that returns a file of the examples as a block of code."""

    def block() -> str:
        source = (ROOT / "clients" / "examples" / path).read_text(encoding="utf-8")
        language = {"py": "python"}.get(path.rpartition(".")[2], path.rpartition(".")[2])
        return f'```{language} title="clients/examples/{path}"\n{source}```\n'

    return block


def _definitions(source: str, names: Iterable[str]) -> Iterator[str]:
    for node in ast.parse(source).body:
        name = (
            node.name
            if isinstance(node, ast.ClassDef)
            else ast.unparse(node.targets[0])
            if isinstance(node, ast.Assign)
            else ""
        )
        if name in names:
            yield ast.get_source_segment(source, node) or ""


TABLES: Mapping[str, Callable[[], str]] = {
    "settings": settings_tables,
    "other-settings": other_settings,
    "problem-types": problem_types,
    "error-codes": error_codes,
    "transitions": transitions,
    "events": events,
    "notices": notices,
    "question-kinds": question_kinds,
    "roles": roles,
    "role-groups": role_groups,
    "calls": calls,
    "example-resource": example_resource,
    "example-page": example_file("page/index.html"),
    "example-dispatch": example_file("dispatch/dispatch.py"),
    "layers": layers,
}


def generated(text: str) -> str:
    """Return a page with its tables as the code has them now."""
    return BLOCK.sub(lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n{match[3]}", text)


def stale_pages() -> dict[Path, str]:
    """Return the pages whose tables are not current, with what they should be."""
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(PAGES.rglob("*.md"))}
    current = {page: generated(text) for page, text in pages.items()}
    return {page: text for page, text in current.items() if text != pages[page]}


def main() -> None:
    """Write the pages that are not current."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings_test")
    sys.path.insert(0, str(ROOT))
    django.setup()
    for page, text in stale_pages().items():
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
