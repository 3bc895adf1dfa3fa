"""Writes the generated pages: `python -m archkit.reference`."""

from pathlib import Path

from archkit import console
from archkit.drills.report import read_lines, to_collection
from archkit.reference import configuration, designs
from archkit.stack.project import Project

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def main() -> None:
    """Writes every page that is made from the code."""
    path = DOCS / "configuration.md"
    path.write_text(configuration.to_markdown())
    console.out.print(f"wrote docs/{path.name}", markup=False)
    path = DOCS / "drills.md"
    path.write_text(to_collection(read_lines(path.with_suffix(".json"))))
    console.out.print(f"wrote docs/{path.name}", markup=False)
    readme = ROOT / "README.md"
    readme.write_text(designs.put_into(readme.read_text(), designs.to_markdown(Project(root=ROOT).shipped)))
    console.out.print(f"wrote the designs into {readme.name}", markup=False)


if __name__ == "__main__":
    main()
