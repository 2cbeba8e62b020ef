"""A public name has one meaning in the whole application."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = settings.BASE_DIR
# Names that Django, Python or a tool gives their meaning.
FRAMEWORK = {
    *(
        "Command",
        "R",
        "T",
        "M",
        "application",
        "django_application",
        "env",
        "logger",
        "register",
        "urls",
    ),
    *("DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT"),
    *("SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT"),
    *("MEDIA_ROOT", "PROOF_KEY_FILE"),  # which the settings of the tests override
}
# One word per verb: the function, its step, and the console's view of it.
VERBS = {
    *(
        "assign",
        "attach",
        "claim",
        "close",
        "comment",
        "confirm",
        "delete",
        "escalate",
        "join",
        "leave",
    ),
    *("prioritise", "reclassify", "record", "resume", "take", "take_next", "validate"),
}
# Verbs' modules and the interfaces to them.
INTERFACES = ("gasutil/workflow/", "gasutil/admin/", "gasutil/api/")
# Limits that mean the same in each module, by the glossary of STYLE.md.
LIMITS = {
    *("BATCH_SIZE", "CACHE_SECONDS", "CHUNK_BYTES", "IN_MEMORY_BYTES", "MAX_ATTEMPTS"),
    *("MAX_ERROR_LENGTH", "RETRY_DELAYS", "RETRY_SECONDS", "TIMEOUT_SECONDS"),
}
# What else has one name in several modules, and why.
EXPLAINED = {
    "plan": "The interface of a notification channel (27 November 2026)",
    "send": "The interface of a notification channel (27 November 2026)",
    "sweep": "The duty of a queue's worker to find what is stalled (27 November 2026)",
    **dict.fromkeys(
        ("FieldChange", "FieldError", "Milestone", "RefusedFile", "TokenPair"),
        "The representation of the domain's object of this name (27 November 2026)",
    ),
}


def assigned(statement: ast.stmt) -> Iterator[str]:
    """Return the names that a statement of a module defines."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign() | ast.AnnAssign():
            targets = getattr(statement, "targets", None) or [statement.target]  # type: ignore[union-attr]
            for target in targets:
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def definitions(root: Path) -> dict[str, set[str]]:
    """Return the public names at module level, with the modules that define each."""
    modules = defaultdict(set)
    for part in ("gasutil", "project"):
        for path in (root / part).rglob("*.py"):
            if "migrations" not in path.parts:
                for statement in ast.parse(path.read_text(encoding="utf-8")).body:
                    for name in assigned(statement):
                        modules[name].add(str(path.relative_to(root)))
    return {name: result for name, result in modules.items() if not name.startswith("_")}


def is_verb(name: str, modules: set[str]) -> bool:
    return name in VERBS and all(module.startswith(INTERFACES) for module in modules)


def test_a_name_has_one_meaning() -> None:
    repeated = {name: result for name, result in definitions(ROOT).items() if len(result) > 1}
    allowed = FRAMEWORK | LIMITS | set(EXPLAINED)
    unexplained = {
        name: sorted(modules)
        for name, modules in repeated.items()
        if name not in allowed and not is_verb(name, modules)
    }
    assert not unexplained, "Rename all but one, or explain the name in this test."


def test_exceptions_are_needed() -> None:
    repeated = {name for name, modules in definitions(ROOT).items() if len(modules) > 1}
    assert (FRAMEWORK | VERBS | LIMITS | set(EXPLAINED)) - repeated == set()


def test_a_second_meaning_is_found(tmp_path: Path) -> None:
    for part, text in (("gasutil", "A, B = 1, 2\n"), ("project", "class A: ...\nC: int = 3\n")):
        (tmp_path / part).mkdir()
        (tmp_path / part / "module.py").write_text(text, encoding="utf-8")
    assert definitions(tmp_path) == {
        "A": {"gasutil/module.py", "project/module.py"},
        "B": {"gasutil/module.py"},
        "C": {"project/module.py"},
    }
