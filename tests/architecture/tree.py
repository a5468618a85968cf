"""The repository as text: its files, and which of our modules imports which."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("instances", "formulations", "solver")
BY_NAME = ("import_module", "importlib.import_module", "__import__")


@dataclass(frozen=True)
class Import:
    """``module`` imports ``target``; ``late`` if only when a function runs, or only for type checkers."""

    module: str
    target: str
    line: int
    late: bool

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}: {self.target}"


def modules(root: Path, packages: tuple[str, ...] = PACKAGES) -> dict[str, Path]:
    """Python files of the packages by module name."""
    found = {}
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(root: Path, packages: tuple[str, ...] = PACKAGES) -> list[Import]:
    """Every import in the packages, those inside functions included.

    ``from a import b`` counts as ``a.b`` where that is a module of ours, else as ``a``.
    """
    known = modules(root, packages)
    found = []
    for module, path in known.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for node, late in _statements(ast.parse(path.read_text("utf-8"), str(path)), late=False):
            found += [Import(module, target, node.lineno, late) for target in _targets(node, package, known)]
    return found


def _statements(node: ast.AST, late: bool) -> Iterator[tuple[ast.stmt | ast.expr, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom | ast.Call):
            yield child, late
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from ((inner, True) for part in child.body for inner, _ in _statements(ast.Module([part], []), True))
            yield from ((inner, at) for part in child.orelse for inner, at in _statements(ast.Module([part], []), late))
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _statements(child, late or inside)


def _targets(node: ast.AST, package: str, known: dict[str, Path]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        source = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            source = ".".join([*above, *([source] if source else [])])
        inner = [f"{source}.{alias.name}" for alias in node.names]
        return sorted({name if name in known else source for name in inner})
    if isinstance(node, ast.Call) and ast.unparse(node.func) in (
        "import_module",
        "importlib.import_module",
        "__import__",
    ):
        return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return []


def circles(found: list[Import], known: dict[str, Path]) -> list[list[str]]:
    """Groups of modules that need one another while they are being imported (strongly connected, Tarjan 1972)."""
    graph: dict[str, set[str]] = {module: set() for module in known}
    for one in found:
        if not one.late and one.target in known and one.target != one.module:
            graph[one.module].add(one.target)
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups = []

    def visit(module: str) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for target in sorted(graph[module]):
            if target not in order:
                visit(target)
            if target in stack:
                low[module] = min(low[module], low[target])
        if low[module] == order[module]:
            cut = stack.index(module)
            group = stack[cut:]
            del stack[cut:]
            if len(group) > 1:
                groups.append(group)

    for module in graph:
        if module not in order:
            visit(module)
    return groups


def kept_files() -> list[Path]:
    """Files that are in the repository, or would be after adding what is not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    found = [ROOT / name for name in listing.stdout.decode("utf-8").split("\0") if name]
    return [path for path in found if path.is_file()]
