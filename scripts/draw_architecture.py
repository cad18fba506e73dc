"""Draw docs/architecture.svg from the imports: `python scripts/draw_architecture.py`; --check says whether it is fresh.

Each package is a box on its floor, as the contract in pyproject.toml says. An arrow means that at least one module of a
package imports the other package. All arrows go down, unless the contract is broken.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "architecture.svg"
WIDTH, ROW, MARGIN = 820, 64, 24
SIZE, BOX, GAP = 110, 34, 60
# All packages use these. Their arrows would hide the others.
LEFT_OUT = ("qdesk.files", "qdesk.ini", "qdesk.paths", "qdesk.settings", "qdesk.store")


def floors() -> list[list[str]]:
    """Return the packages of each floor, the highest floor first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rows = [[name.strip() for name in layer.split("|")] for layer in layers]
    return [[name for name in row if name not in LEFT_OUT] for row in rows if set(row) - set(LEFT_OUT)]


def drawn() -> str:
    """Return the picture as SVG."""
    sys.path.insert(0, str(ROOT))  # so that this checkout's package is read, not an installed one
    graph = grimp.build_graph("qdesk", cache_dir=None)
    rows = floors()
    where: dict[str, tuple[float, float]] = {}
    for floor, row in enumerate(rows):
        left = (WIDTH - len(row) * SIZE - (len(row) - 1) * GAP) / 2
        for place, package in enumerate(row):
            where[package] = left + place * (SIZE + GAP), MARGIN + floor * ROW

    def package_of(module: str) -> str | None:
        return next((one for one in where if module == one or module.startswith(f"{one}.")), None)

    arrows = {
        (mine, theirs)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if (mine := package_of(module)) and (theirs := package_of(imported)) and mine != theirs
    }
    height = 2 * MARGIN + ROW * len(rows) - (ROW - BOX)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif"'
        ' font-size="13">',
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#8893a5"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fbfaf7"/>',
    ]
    for mine, theirs in sorted(arrows):
        (x, y), (u, v) = where[mine], where[theirs]
        parts.append(
            f'<path d="M{x + SIZE / 2:.0f} {y + BOX} L{u + SIZE / 2:.0f} {v}" stroke="#8893a5" stroke-opacity="0.45"'
            ' fill="none" marker-end="url(#to)"/>'
        )
    for package, (x, y) in where.items():
        parts.append(
            f'<rect x="{x:.0f}" y="{y}" width="{SIZE}" height="{BOX}" rx="6" fill="#fff" stroke="#2f4b7c"/>'
            f'<text x="{x + SIZE / 2:.0f}" y="{y + 22}" text-anchor="middle" fill="#1d2430">'
            f"{escape(package.removeprefix('qdesk.'))}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(0 if OUT.exists() and OUT.read_text(encoding="utf-8") == drawn() else f"{OUT.name} is not fresh")
    OUT.write_text(drawn(), encoding="utf-8")
