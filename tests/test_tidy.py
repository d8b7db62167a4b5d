"""House rules that no linter knows. Each message says what the rule protects."""

import ast
import functools
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("domain", "projections", "api", "workers", "deploy")
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "shared", "manager"}
LONGEST_FUNCTION, LONGEST_FILE = 50, 400
AT_THE_ROOT = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "docs",
    "pyproject.toml", "requirements.lock", "tests", *LAYERS,
}  # fmt: skip
SENTENCES = {"execute", "executemany", "SQL", "copy"}
STATEMENT = re.compile(
    r"\s*\(?(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER|DROP|COPY|LISTEN|TRUNCATE)\s"
)
COMPILES_QUERIES = {
    "api/loading.py", "api/nodes.py", "api/plan_sql.py", "api/planner.py", "projections/directory_facets.py",
    "projections/directory_search.py", "projections/due_timers.py", "projections/inbox.py",
}  # fmt: skip
MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:work|tmp/w|root|home/[a-z]\w*|Users/\w+)/\w|--(?:extra-)?index-url|\bindex-url\s*=|"
    r"https?://[\w.-]*(?:pypi\.org/simple|registry\.npmjs\.org)"
)
EXCUSE = re.compile(
    r"#\s*(type: ignore|noqa)(?P<codes>\[[\w, -]+\]|:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(?P<reason>.*)"
)


@functools.cache
def tracked() -> list[Path]:
    """The files of the repository: committed, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 the git of whoever develops
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


def sources() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def told(paths: list[str]) -> str:
    return "\n  ".join(["", *paths])


def of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_file_is_named_for_what_it_holds() -> None:
    vague = [of(path) for path in tracked() if path.stem in VAGUE or path.parent.name in VAGUE]
    assert not vague, f"a vague name is where unrelated code gathers; name the noun it is about:{told(vague)}"


def test_functions_are_short() -> None:
    long = [
        f"{of(path)}:{node.lineno} {node.name} has {length(node)} lines"
        for path in sources()
        for node in functions(path)
        if length(node) > LONGEST_FUNCTION
    ]
    assert not long, (
        f"a function longer than {LONGEST_FUNCTION} lines cannot be read in one piece:{told(long)}"
    )


def test_files_are_short() -> None:
    long = [
        f"{of(path)} has {lines} lines"
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not long, f"a file longer than {LONGEST_FILE} lines is two subjects; split it by noun:{told(long)}"


def test_the_import_contracts_cover_every_module_of_the_domain() -> None:
    contracts = {
        contract["id"]: contract
        for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
            "importlinter"
        ]["contracts"]
    }
    files = {path.stem for path in (ROOT / "domain").glob("*.py") if path.stem != "__init__"}
    packages = {path.parent.name for path in (ROOT / "domain").glob("*/__init__.py")} - {"store"}
    modules = {f"domain.{name}" for name in files | packages}
    aggregates = {name for name in modules if " = Aggregate(" in _text(name) or "= Aggregate[" in _text(name)}
    unguarded = aggregates ^ set(contracts["aggregates"]["modules"])
    assert not unguarded, (
        f"aggregates that import each other merge their boundaries; list exactly them: {unguarded}"
    )
    impure = modules ^ set(contracts["pure"]["source_modules"])
    assert not impure, f"a module that no contract lists may quietly reach for the database: {impure}"


def test_the_root_holds_what_the_map_in_the_readme_shows() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert found <= AT_THE_ROOT, f"the root is the map of the house; strays: {sorted(found - AT_THE_ROOT)}"
    assert found >= AT_THE_ROOT, f"missing at the root: {sorted(AT_THE_ROOT - found)}"


def test_every_exception_to_a_rule_is_explained() -> None:
    bare = [fault for path in sources() for fault in unexplained(path.read_text(encoding="utf-8"), of(path))]
    assert not bare, f"name the rule and say in a phrase why it does not hold here:{told(bare)}"


def unexplained(text: str, name: str) -> list[str]:
    return [
        f"{name}:{number} {found.group(0).strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := EXCUSE.search(line)) and '"' not in found.group(0)
        if not found.group("codes") or len(found.group("reason").split()) < 2
    ]


def test_no_sql_is_built_from_values() -> None:
    built = [
        fault
        for path in sources()
        if of(path) not in COMPILES_QUERIES
        for fault in built_sql(path.read_text(encoding="utf-8"), of(path))
    ]
    assert not built, (
        f"a value in the text of a statement is an injection; give it as a parameter:{told(built)}"
    )


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def built_sql(text: str, name: str) -> list[str]:
    """Statements put together from parts, and calls that take one put together on the spot.

    What a module's own body puts together is a constant: it is read before anybody has asked for anything.
    """
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, _FUNCTIONS))
    nodes = {id(node): node for function in functions for node in ast.walk(function)}.values()
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    taken = {call.lineno for call in calls if _called(call) in SENTENCES and _is_built(call.args[0])}
    written = {node.lineno for node in nodes if isinstance(node, ast.expr) and _is_statement(node)}
    return [f"{name}:{line}" for line in sorted(taken | written)]


def test_only_the_query_compiler_puts_statements_together() -> None:
    """It joins constants of the shapes; what a client sends only ever becomes a parameter."""
    idle = [
        name for name in COMPILES_QUERIES if not built_sql((ROOT / name).read_text(encoding="utf-8"), name)
    ]
    assert not idle, f"no longer needs the exception: {idle}"


def test_nothing_names_a_machine_or_an_index() -> None:
    named = [
        f"{of(path)}:{number} {found.group(0)}"
        for path in tracked()
        if path != Path(__file__).resolve() and (text := _readable(path)) is not None
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := MACHINE.search(line))
    ]
    assert not named, f"what works only on one machine breaks on the next:{told(named)}"


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("x = y  # noqa: S108 a memory file system", True),
        ("x = y  # type: ignore[arg-type]  # the library's type is wrong", True),
        ("x = y  # noqa: S108", False),
        ("x = y  # noqa", False),
        ("x = y  # noqa because I say so", False),
        ("x = y  # type: ignore[arg-type]", False),
        ("x = y  # type: ignore", False),
        ("x = y", True),
    ],
)
def test_an_exception_needs_a_code_and_a_reason(line: str, allowed: bool) -> None:
    assert (unexplained(line, "file") == []) is allowed


def test_a_constant_of_a_module_may_have_parts() -> None:
    assert built_sql('WHERE = "a = 1"\nSTATEMENT = f"SELECT FROM t WHERE {WHERE}"', "file") == []


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ('cursor.execute("SELECT %(a)s", {"a": a})', True),
        ("cursor.execute(STATEMENT, {})", True),
        ('cursor.execute(sql.SQL("SELECT {}").format(sql.Identifier(a)))', True),
        ('cursor.execute(f"SELECT {a}")', False),
        ('cursor.execute("SELECT " + a)', False),
        ('cursor.execute("SELECT %s" % a)', False),
        ('cursor.execute("SELECT {}".format(a))', False),
        ('cursor.execute(" ".join(parts))', False),
        ('cursor.execute(STATEMENT.replace("a", a))', False),
        ('sql.SQL(f"SELECT {a}")', False),
        ('statement = f"SELECT {a}"', False),
        ('statement = "DELETE FROM t WHERE a = " + a', False),
        ('statement = "UPDATE t SET a = %s" % a', False),
        ('statement = "INSERT INTO t VALUES ({})".format(a)', False),
        ('sentence = f"select what suits {a}"', True),
        ('await connection.execute(f"SELECT {a}")', False),
    ],
)
def test_a_statement_is_a_constant(line: str, allowed: bool) -> None:
    source = f"async def run():\n    {line}"
    assert (built_sql(source, "file") == []) is allowed


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_built(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="format" | "join")):
            return True
        case ast.Call(func=ast.Attribute(attr="replace")):
            return True
    return False


def _is_statement(node: ast.expr) -> bool:
    """An f-string, a sum, a % or a .format() that begins as a statement does."""
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str() as begin), _, *_]):
            return bool(STATEMENT.match(begin))
        case ast.BinOp(left=ast.Constant(value=str() as begin), op=ast.Add() | ast.Mod()):
            return bool(STATEMENT.match(begin))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as begin), attr="format")):
            return bool(STATEMENT.match(begin))
    return False


def _text(module: str) -> str:
    path = ROOT / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text(encoding="utf-8")


def _readable(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
