"""A report's three files in one folder."""

from pathlib import Path

from archkit.drills.report.markdown import to_markdown
from archkit.drills.report.model import Report, to_json
from archkit.drills.report.page import to_html

JSON_FILE, MARKDOWN_FILE, HTML_FILE = "report.json", "report.md", "report.html"


def write_report(report: Report, folder: Path) -> tuple[Path, Path, Path]:
    """Writes `report.json`, `report.md` and `report.html`; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / JSON_FILE, folder / MARKDOWN_FILE, folder / HTML_FILE)
    for path, text in zip(paths, (to_json(report), to_markdown(report), to_html(report)), strict=True):
        part = path.with_suffix(path.suffix + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)  # a reader, and the next run's comparison, never sees half a report
    return paths
