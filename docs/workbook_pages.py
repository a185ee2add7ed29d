"""Draws pages of the baseline's workbook as a printer would, for README and docs/workbook.md: `make pictures`.

Usage: workbook_pages.py [PATHS]. Needs LibreOffice, pdftoppm and Pillow; for the Chinese pages a font with Chinese letters (Debian: fonts-noto-cjk), without
which they are left alone.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops

HERE = pathlib.Path(__file__).resolve().parent
DPI, COLOURS, MARGIN_PX, FOOTER_FRAC, LARGEST_BYTES = 110, 128, 12, 0.93, 200_000
SUMMARY_PAGES, CLAIMS_PAGE = (1, 2), 3


def printed(workbook, folder, last):
    """The first pages, one picture each."""
    few = "pdf:calc_pdf_Export:" + json.dumps({"PageRange": {"type": "string", "value": f"1-{last}"}})
    profile = (folder / "profile").as_uri()
    subprocess.run(["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", few, "--outdir", folder, workbook], check=True, capture_output=True)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", workbook.with_suffix(".pdf"), workbook.with_suffix("")], check=True)
    return [Image.open(page).convert("RGB") for page in sorted(folder.glob(f"{workbook.stem}-*.png"))]


def trimmed(page):
    """Without footer and white edges."""
    page = page.crop((0, 0, page.width, int(page.height * FOOTER_FRAC)))
    left, top, right, bottom = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    return page.crop((max(0, left - MARGIN_PX), max(0, top - MARGIN_PX), min(page.width, right + MARGIN_PX), min(page.height, bottom + MARGIN_PX)))


def stacked(pages):
    parts = [trimmed(page) for page in pages]
    whole = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), "white")
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def save(picture, name):
    path = HERE / "pictures" / name
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(HERE.parent)}: {picture.width} × {picture.height}, {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        raise SystemExit(f"{path} is larger than {LARGEST_BYTES} bytes")


def has_chinese_font():
    return bool(shutil.which("fc-list")) and bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=True).stdout.strip())


def moecast(*words):
    """The command, which also runs the contrasts and the vintage beside the scenario."""
    subprocess.run([sys.executable, "-m", "moecast", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def main():
    languages = {"en": "", "zh": "-zh"}
    if not has_chinese_font():
        print("no font with Chinese letters: the Chinese pages are left as they are")
        del languages["zh"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        moecast("run", "baseline", "--paths", sys.argv[1] if len(sys.argv) > 1 else 20000, "--no-report", "--quiet", "-o", folder / "run")
        for language, ending in languages.items():
            workbook = folder / f"{language}.xlsx"
            moecast("report", folder / "run", "--lang", language, "-o", workbook)
            pages = printed(workbook, folder, CLAIMS_PAGE)
            save(stacked([pages[number - 1] for number in SUMMARY_PAGES]), f"workbook-summary{ending}.png")
            save(trimmed(pages[CLAIMS_PAGE - 1]), f"workbook-claims{ending}.png")


if __name__ == "__main__":
    main()
