"""Fill static/vendor/ and static/icons.svg from npm. Needed only when a version or tools/icons.txt changes:
what it writes is committed, so running the product needs neither npm nor the network.

    python tools/vendor_js.py
"""

import gzip
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
SPRITE = ROOT / "static" / "icons.svg"
ICON_NAMES = ROOT / "tools" / "icons.txt"

# package, exact version, {file in the package: file under static/vendor/}
PACKAGES = [
    (
        "bootstrap",
        "5.3.9",
        {
            "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
            "LICENSE": "bootstrap/LICENSE",
        },
    ),
    (
        "echarts",
        "6.1.0",
        {
            "dist/echarts.common.min.js": "echarts/echarts.common.min.js",
            "LICENSE": "echarts/LICENSE",
            "NOTICE": "echarts/NOTICE",
        },
    ),
    ("bootstrap-icons", "1.13.2", {"LICENSE": "bootstrap-icons/LICENSE"}),
]

# Drawn for this product; symbols without colour follow the text colour.
OWN_SYMBOLS = [
    # 第一优先 ◆, 第二 ◈, 第三 ◇: told apart by shape, never by colour alone
    '<symbol id="mk1" viewBox="0 0 14 14"><path fill="currentColor" d="M7 .6 13.4 7 7 13.4.6 7z"/></symbol>',
    '<symbol id="mk2" viewBox="0 0 14 14"><path fill="none" stroke="currentColor" stroke-width="1.6"'
    ' d="M7 1.6 12.4 7 7 12.4 1.6 7z"/><path fill="currentColor" d="M7 1.2v11.6L1.2 7z"/></symbol>',
    '<symbol id="mk3" viewBox="0 0 14 14"><path fill="none" stroke="currentColor" stroke-width="1.7"'
    ' d="M7 1.6 12.4 7 7 12.4 1.6 7z"/></symbol>',
    # A house with four panes (四进家庭), one of them lit.
    '<symbol id="logo" viewBox="0 0 34 34"><rect width="34" height="34" rx="9" fill="#0b5a53"/>'
    '<path d="M17 6.2 28 14v13.2a1.3 1.3 0 0 1-1.3 1.3H7.3A1.3 1.3 0 0 1 6 27.2V14z" fill="none"'
    ' stroke="#cfe7e2" stroke-width="1.7" stroke-linejoin="round"/>'
    '<rect x="11" y="15" width="5.2" height="5.2" rx="1" fill="#f3b95f"/>'
    '<rect x="17.8" y="15" width="5.2" height="5.2" rx="1" fill="#8fc3ba"/>'
    '<rect x="11" y="21.8" width="5.2" height="5.2" rx="1" fill="#8fc3ba"/>'
    '<rect x="17.8" y="21.8" width="5.2" height="5.2" rx="1" fill="#8fc3ba"/></symbol>',
]


def unpack(name: str, version: str, into: Path) -> Path:
    """Folder of the unpacked npm package."""
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(into), f"{name}@{version}"],
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (archive,) = into.glob(f"{name}-{version}.tgz")
    target = into / name
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def without_source_map(text: str) -> str:
    """The maps are not shipped, and hashed static names refuse a reference to a file that is not there."""
    return re.sub(r"(/\*#|//#) sourceMappingURL=\S+( \*/)?\s*$", "", text).rstrip() + "\n"


def icon_symbol(source: Path, name: str) -> str:
    svg = source.read_text(encoding="utf-8")
    view_box = re.search(r'viewBox="([^"]+)"', svg).group(1)
    body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL).group(1).strip()
    body = re.sub(r">\s+<", "><", body)
    return f'<symbol id="i-{name}" viewBox="{view_box}">{body}</symbol>'


def build_sprite(icons: Path) -> int:
    names = [n for n in ICON_NAMES.read_text(encoding="utf-8").split("\n") if n and not n.startswith("#")]
    symbols = [icon_symbol(icons / f"{name}.svg", name) for name in names] + OWN_SYMBOLS
    SPRITE.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8"
    )
    return len(names)


def readme_rows(rows: list[tuple[str, str, str, str]]) -> str:
    head = "| package | version | licence | files |\n|-|-|-|-|\n"
    return head + "".join(f"| {n} | {v} | {lic} | {files} |\n" for n, v, lic, files in rows)


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as temp:
        for name, version, files in PACKAGES:
            package = unpack(name, version, Path(temp))
            for source, target in files.items():
                path = VENDOR / target
                path.parent.mkdir(parents=True, exist_ok=True)
                text = without_source_map((package / source).read_text(encoding="utf-8"))
                path.write_text(text, encoding="utf-8")
                print(f"{target}: {len(gzip.compress(text.encode())) / 1024:.0f} KB gzip")
            licence = json.loads((package / "package.json").read_text(encoding="utf-8"))["license"]
            shown = ", ".join(f"`{target}`" for target in files.values())
            rows.append((name, version, licence, shown))
            if name == "bootstrap-icons":
                print(f"icons.svg: {build_sprite(package / 'icons')} icons")
    (VENDOR / "README.md").write_text(
        "# Files of others, as published on npm\n"
        "Written by `python tools/vendor_js.py`; do not edit by hand. Source map references are cut off.\n\n"
        + readme_rows(rows)
        + "\nThe icons chosen from bootstrap-icons (`tools/icons.txt`) are in `static/icons.svg`. "
        "htmx 2 (0BSD) comes with the Python package django-htmx.\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
