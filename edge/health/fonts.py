"""Are the fonts there that receipts and screens are drawn with?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edge.health.base import Check, Finding, House, fail, ok, warn

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
# package -> a file of it; the first one is drawn on receipts, the others on screens
RECEIPT = ("fonts-wqy-microhei", ("wqy-microhei.ttc",))
SCREEN = (
    ("fonts-inter", ("Inter-Regular.otf", "Inter.ttc", "InterVariable.ttf")),
    ("fonts-noto-cjk", ("NotoSansCJK-Regular.ttc",)),
)


class FontsCheck(Check):
    name = "fonts"
    needs_config = False

    def run(self, house: House) -> Iterator[Finding]:
        here = {path.name for folder in FOLDERS if folder.is_dir() for path in folder.rglob("*.[ot]t[fc]")}
        package, files = RECEIPT
        if not here & set(files):
            yield fail("receipt", package=package)
        missing = [package for package, files in SCREEN if not here & set(files)]
        if missing:
            yield warn("screen", packages=" ".join(missing))
        if here & set(files) and not missing:
            yield ok("all")
