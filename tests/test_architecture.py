"""Who may import whom, and the few habits that a reader relies on. Read from the source; nothing is run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("edge", "drivers", "web", "sync")
ROOTS = ("edge.cli", "edge.daemon")  # they put everything together, and nothing imports them
LEAVES = ("drivers.base", "drivers.errors")  # what a device is: the words that edge and drivers share


@dataclass
class Module:
    name: str
    path: Path
    tree: ast.Module
    imports: set[str] = field(default_factory=set)

    @property
    def package(self) -> str:
        return self.name.split(".")[0]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Module]:
    """Every module of the product, with all that it imports: at the top, inside functions, and for types only."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            found[name_of(path)] = Module(name_of(path), path, ast.parse(path.read_text(encoding="utf-8"), str(path)))
    for module in found.values():
        module.imports = set(imported(module, set(found)))
    return found


def imported(module: Module, known: set[str]) -> Iterator[str]:
    inside = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                above = inside.split(".")[: len(inside.split(".")) - node.level + 1]
                source = ".".join([*above, source]).rstrip(".")
            for alias in node.names:  # `from edge import env` names a module, `from edge.env import Env` doesn't
                inner = f"{source}.{alias.name}"
                yield inner if inner in known else source
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant))


def within(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def ours(name: str) -> bool:
    return within(name, *PACKAGES)


def allowed(importer: str, target: str) -> bool:
    """The arrows between rooms, one rule a line. `importer` and `target` are modules of tillbox."""
    if within(target, *ROOTS):
        return within(importer, *ROOTS)
    if within(importer, *ROOTS):
        return True
    if within(importer, "edge.base"):
        return within(target, "edge.base")
    if within(importer, *LEAVES):
        return within(target, *LEAVES, "drivers.text_safe", "edge.base")
    if within(importer, "web.hq"):
        return within(target, "web.hq", "web.base", "sync.hq", "edge.base")
    if within(importer, "sync.hq"):
        shared = ("sync.topics", "sync.messages", "sync.codec", "sync.client", "sync.errors")
        return within(target, "sync.hq", "edge.base", *shared)
    room = importer.split(".")[0]
    if room == "edge":
        return within(target, "edge", *LEAVES)
    if room == "drivers":
        return within(target, "drivers", "edge.base")
    if room == "web":
        return within(target, "web", "edge")
    return within(target, "sync", "edge") and not within(target, "sync.hq")


@pytest.mark.parametrize(
    ("importer", "target", "answer"),
    [
        ("edge.checkout", "edge.base.money", True),
        ("edge.till", "drivers.base", True),
        ("edge.till", "drivers.registry", False),
        ("edge.till", "web.base", False),
        ("edge.till", "edge.cli", False),
        ("edge.base.log", "edge.env", False),
        ("drivers.base", "edge.base.document", True),
        ("drivers.base", "drivers.registry", False),
        ("drivers.simulated", "edge.base.clock", True),
        ("drivers.simulated", "edge.env", False),
        ("web.till", "edge.services", True),
        ("web.till", "sync.agent", False),
        ("web.till", "drivers.base", False),
        ("web.hq.app", "sync.hq.queries", True),
        ("web.hq.app", "edge.services", False),
        ("sync.agent", "edge.journal", True),
        ("sync.agent", "sync.hq.store", False),
        ("sync.hq.store", "edge.journal", False),
        ("sync.hq.store", "sync.agent", False),
        ("edge.daemon", "web.base", True),
        ("edge.daemon", "drivers.registry", True),
    ],
)
def test_the_rules_mean_what_they_say(importer: str, target: str, answer: bool) -> None:
    assert allowed(importer, target) is answer


def test_every_import_follows_an_arrow_of_the_design() -> None:
    wrong = [
        f"{module.name} imports {target}"
        for module in modules().values()
        for target in sorted(module.imports)
        if ours(target) and not allowed(module.name, target)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_import_of_our_own_exists() -> None:
    wrong = [
        f"{module.name} imports {target}"
        for module in modules().values()
        for target in sorted(module.imports)
        if ours(target) and target not in modules()
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [*LEAVES, "drivers.text_safe", "edge.base"])
def test_what_all_may_import_needs_no_library(name: str) -> None:
    """Base classes and shared words load without any device library; edge.base has peewee in its one opener."""
    for module in modules().values():
        if within(module.name, name):
            foreign = {t.split(".")[0] for t in module.imports if not ours(t)} - sys.stdlib_module_names
            assert foreign <= ({"peewee", "playhouse"} if module.name == "edge.base.sqlite" else set()), module.name


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("paho", ("sync.client", "sync.hq")),
        ("flask", ("web",)),
        ("waitress", ("web.server",)),
        ("escpos", ("drivers",)),
        ("serial", ("drivers",)),
        ("evdev", ("drivers",)),
        ("peewee", ("edge", "sync")),
        ("playhouse", ("edge", "sync")),
    ],
)
def test_a_library_is_known_only_in_its_own_rooms(library: str, rooms: tuple[str, ...]) -> None:
    """What is above drivers/ knows nothing of pyserial, what is above sync/client.py nothing of paho, and so on."""
    wrong = [
        m.name for m in modules().values() if any(within(t, library) for t in m.imports) and not within(m.name, *rooms)
    ]
    assert not wrong, f"{library} is imported by {wrong}"


def test_no_module_imports_itself_through_others() -> None:
    """A cycle means two files that can only be understood together."""
    graph = {name: {t for t in module.imports if t in modules() and t != name} for name, module in modules().items()}
    knots = [knot for knot in strongly_connected(graph) if len(knot) > 1]
    assert not knots, "\n".join(" <-> ".join(sorted(knot)) for knot in knots)


def strongly_connected(graph: dict[str, set[str]]) -> list[set[str]]:
    """Tarjan's components of a directed graph given as node -> successors."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for following in graph[node]:
            if following not in index:
                visit(following)
                low[node] = min(low[node], low[following])
            elif following in stack:
                low[node] = min(low[node], index[following])
        if low[node] == index[node]:
            cut = stack.index(node)
            found.append(set(stack[cut:]))
            del stack[cut:]

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_cycles_are_seen() -> None:
    knots = strongly_connected({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert {"a", "b", "c"} in knots and {"d"} in knots


# ---- habits


def places(kind: type[ast.AST]) -> Iterator[tuple[Module, ast.AST]]:
    for module in modules().values():
        yield from ((module, node) for node in ast.walk(module.tree) if isinstance(node, kind))


def test_no_global_statement() -> None:
    assert not [f"{m.name}:{node.lineno}" for m, node in places(ast.Global)]


def test_broad_handlers_are_few() -> None:
    """`except Exception` belongs to a thread, a bus or the web's border, where something must live on: ten at most."""
    broad = [
        f"{module.name}:{node.lineno}"
        for module, node in places(ast.ExceptHandler)
        if node.type is None
        or {"Exception", "BaseException"} & {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
    ]
    assert len(broad) <= 10, broad


def test_only_commands_print() -> None:
    printing = [
        f"{module.name}:{node.lineno}"
        for module, node in places(ast.Call)
        if isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not module.name.startswith(("edge.cli", "edge.demo"))
    ]
    assert not printing


def test_no_file_grows_past_what_one_can_read() -> None:
    files = [p for room in (*PACKAGES, "tests") for p in (ROOT / room).rglob("*.py")]
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in files}
    assert not {name: n for name, n in lengths.items() if n > 400}


def test_no_function_grows_past_a_screen() -> None:
    lengths = {f"{m.name}:{n.name}": n.end_lineno - n.lineno + 1 for m, n in places(ast.FunctionDef)}
    assert not {name: length for name, length in lengths.items() if length > 40}


def test_public_functions_say_what_they_take_and_return() -> None:
    wrong = []
    for module, node in places(ast.FunctionDef):
        arguments = [
            a for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if a.arg not in ("self", "cls")
        ]
        if not node.name.startswith("_") and (node.returns is None or any(a.annotation is None for a in arguments)):
            wrong.append(f"{module.name}:{node.lineno} {node.name}")
    assert not wrong, "\n".join(wrong)


def test_every_module_begins_with_what_it_is() -> None:
    """An empty __init__.py needs no words."""
    wrong = [m.name for m in modules().values() if m.tree.body and not ast.get_docstring(m.tree)]
    assert not wrong


def test_nothing_happens_at_import() -> None:
    """A module's top level defines things. A call that stands alone there is work that nobody asked for."""
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules().values()
        for node in module.tree.body
        if isinstance(node, ast.While | ast.With) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    ]
    assert not wrong


def test_test_folders_are_packages_and_the_units_folder_is_not() -> None:
    """Without __init__.py `import edge` could load tests/edge; with one, systemd/ would hide python-systemd."""
    folders = {p.parent for p in (ROOT / "tests").rglob("*.py")}
    assert not [str(f) for f in folders if not (f / "__init__.py").exists()]
    assert not (ROOT / "systemd" / "__init__.py").exists()
