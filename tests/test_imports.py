"""Imports point down, and the light parts stay light. Reads the imports, runs nothing but two small processes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A unit may import any unit further up in this table, and none of its own line or below. A unit is a module or a folder
# of core/; the longest name that fits a module is its unit, so training.settings stands apart from training.
LAYERS = (
    ("core", "formatting.catalogues", "environment.machine", "contracts.workspace", "keys.file_stamps"),
    ("formatting.as_json", "formatting.messages"),
    ("formatting.text",),
    ("errors", "registry.declaration"),
    ("environment",),
    ("contracts", "registry", "settings", "estimating.energy"),
    ("protocols", "formatting", "keys.code_files", "keys.module_memory"),
    ("keys.installed", "checks.column_check"),
    ("keys.declared", "sound", "texts", "judge"),
    ("datasets", "models", "value", "kinds", "settings.training", "company"),
    (
        "use_cases",
        "settings.use_case",
        "keys",
        "checks",
        "estimating.epochs",
        "estimating.shape",
        "estimating.table_work",
    ),
    ("estimating.picture_work",),
    ("estimating.drawing_work",),
    ("estimating.estimate", "estimating.usage"),
    ("training", "evaluation"),
    ("value.scoreboard", "value.summary"),
    ("value.scoreboard_words",),
    ("checks.settings_check", "diagnosis", "estimating.measure", "registry.outside"),
    ("answering.answers", "pipeline"),
    ("store",),
    ("logs",),
    ("estimating",),
    ("company.own_runs", "company.from_runs"),
    ("queue",),
    ("answering", "estimating.calibration"),
    ("jobs", "publish.record", "charts"),  # what ships is drawn; nothing below draws
    ("publish", "serving"),
    ("export", "answering.worker"),  # it asks the service too
    ("commands",),
    ("__main__",),
)
RANK = {unit: rank for rank, units in enumerate(LAYERS) for unit in units}
CHARTS_MAY_IMPORT = {"charts", "errors", "formatting", "formatting.messages", "formatting.text", "contracts"}
WEB_STAYS_WITHOUT = ("torch", "sklearn", "scipy")
MAY_IMPORT_STREAMLIT = ("pages", "streamlit_app.py", "tests", "benchmarks")  # a benchmark speaks the browser's protocol


def product_files():
    folders = [ROOT / name for name in ("core", "pages", "data", "benchmarks")]
    return sorted([*ROOT.glob("*.py"), *(p for folder in folders for p in folder.rglob("*.py"))])


def core_files():
    return sorted((ROOT / "core").rglob("*.py"))


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(tree, package, *, only_at_import=False, also_for_types=False):
    """Dotted names of everything that a module imports, also inside functions, but not under TYPE_CHECKING unless
    also_for_types."""
    found, todo = set(), [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not also_for_types:
            todo += node.orelse
            continue
        if only_at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found |= {f"{module}.{alias.name}" for alias in node.names}
        todo += ast.iter_child_nodes(node)
    return found


def read_imports(path, **options):
    name = name_of(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return imports_of(ast.parse(path.read_text(encoding="utf-8")), package, **options)


def unit_of(dotted):
    """The unit of a module or a member of core; None for anything else."""
    parts = dotted.split(".")
    if parts[0] != "core":
        return None
    for end in (3, 2):
        unit = ".".join(parts[1:end])
        if len(parts) >= end and (unit in RANK or unit == "charts"):
            return unit
    place = ROOT / "core" / parts[1] if len(parts) > 1 else None
    return parts[1] if place and (place.is_dir() or place.with_suffix(".py").exists()) else "core"


def refused(name, imported):
    """Which of the imported names a core module called `name` may not import."""
    own = unit_of(name)
    units = {dotted: unit_of(dotted) for dotted in imported}
    if own == "charts":
        return sorted(d for d, unit in units.items() if unit and unit not in CHARTS_MAY_IMPORT)
    return sorted(d for d, unit in units.items() if unit and unit != own and RANK.get(unit, 99) >= RANK[own])


def test_every_module_of_core_has_its_place_in_the_table():
    units = {unit_of(name_of(path)) for path in core_files()}
    assert units - set(RANK) == set()
    assert set(RANK) - units == set(), "the table names a unit that is gone"


def test_imports_point_down():
    found = {name_of(path): refused(name_of(path), read_imports(path)) for path in core_files()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("name", "line", "is_refused"),
    [
        ("core.contracts", "from core.models import MODELS", True),
        ("core.contracts", "from core import errors", False),
        ("core.contracts", "from core import pipeline", True),
        ("core.evaluation.metrics", "from core.training import loop", True),
        ("core.models.table_network", "def f():\n    import core.pipeline", True),
        ("core.models.table_network", "if TYPE_CHECKING:\n    import core.pipeline", False),
        ("core.settings.use_case", "from core.settings.training import SETTINGS", False),
        ("core.settings.use_case", "from core.training.loop import train", True),
        ("core.charts.look", "from core.settings import Setting", True),
        ("core.charts.data", "from core.charts.look import Look", False),
        ("core.store.runs", "from core.charts.look import Look", True),
        ("core.training.loop", "from .losses import LOSSES", False),
        ("core.training.loop", "from ..pipeline import run", True),
    ],
)
def test_the_reader_of_imports_sees_a_wrong_one(name, line, is_refused):
    assert bool(refused(name, imports_of(ast.parse(line), name.rpartition(".")[0]))) is is_refused


def test_core_imports_neither_pages_nor_streamlit():
    found = {name_of(path): {d.split(".")[0] for d in read_imports(path)} for path in core_files()}
    guilty = {name for name, roots in found.items() if roots & {"pages", "streamlit", "streamlit_app"}}
    assert guilty == set()


def arrows():
    """Module of core -> the modules of core that it imports, anywhere in it: for types alone, or in a function, too."""
    files = {name_of(path): path for path in core_files()}
    found = {}
    for name, path in files.items():
        imported = imports_of(ast.parse(path.read_text(encoding="utf-8")), name, also_for_types=True)
        modules = {module_of(dotted, files) for dotted in imported}
        found[name] = modules - {None, name}
    return found


def module_of(dotted, known):
    """The module that a dotted name is, or lies in."""
    while dotted and dotted not in known:
        dotted = dotted.rpartition(".")[0]
    return dotted or None


def circles(arrows):
    """Modules that reach themselves."""

    def reached(name):
        seen, todo = set(), [*arrows[name]]
        while todo:
            if (there := todo.pop()) not in seen:
                seen.add(there)
                todo += arrows[there]
        return seen

    return sorted(name for name in arrows if name in reached(name))


def test_no_module_imports_itself_by_way_of_others():
    assert circles(arrows()) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_only_pages_and_the_router_import_streamlit():
    guilty = [
        name_of(path)
        for path in product_files()
        if path.relative_to(ROOT).parts[0] not in MAY_IMPORT_STREAMLIT
        and any(d.split(".")[0] == "streamlit" for d in read_imports(path))
    ]
    assert guilty == []


def test_nothing_that_the_web_process_imports_at_start_imports_torch():
    """Follows the imports that run at import time from the router through pages into core."""
    files = {name_of(path): path for path in product_files()}
    todo, seen, heavy = (
        ["streamlit_app", "pages.router", "core.jobs.backends.local"],
        set(),
        [],
    )  # registries import by name
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        imported = read_imports(files[name], only_at_import=True)
        heavy += [f"{name} imports {d}" for d in imported if d.split(".")[0] in WEB_STAYS_WITHOUT]
        candidates = [c for d in imported for c in (d, d.rpartition(".")[0])]
        parents = [name.rpartition(".")[0]]
        todo += [c for c in (*candidates, *parents) if c in files]
    assert heavy == []
    assert {"pages.home", "core.use_cases", "core.jobs.local"} <= seen, "the walk has lost its way"


LIGHT = """
import sys
from core.use_cases import all_use_cases
from core.settings.use_case import settings_of
import core.store.runs
from core.evaluation.metrics import METRICS
assert METRICS and [settings_of(u) for u in all_use_cases()]
assert any(u.name == "retail/coupon_response" for u in all_use_cases())
print(sorted({"torch", "sklearn", "scipy", "plotly", "pandas"} & set(sys.modules)))
import core.jobs.local
print(sorted({"torch", "sklearn", "scipy"} & set(sys.modules)))
"""


def test_a_command_that_trains_nothing_itself_leaves_the_heavy_packages_alone():
    """The commands stand in one parser: what one of them needs, all of them would wait for (4 seconds for torch)."""
    code = "import sys, core.commands.command_line; print(sorted({'torch', 'sklearn', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_declarations_and_the_jobs_client_leave_the_heavy_packages_alone():
    done = subprocess.run([sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
