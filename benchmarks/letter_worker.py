"""Draws letters as it is asked to: ``python -m benchmarks.letter_worker NAME``, a number a line, an answer in JSON a line."""
from __future__ import annotations

import base64
import datetime as dt
import io
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import memory_mb, processor_ms

ORGAN = "宁州市发展和改革局"
TITLE = "关于行政处罚信息信用修复有关事项的函"
BODY = (
    "你单位因违反《中华人民共和国产品质量法》有关规定，被宁州市市场监督管理局作出行政处罚决定（甬市监处罚"
    "〔2026〕{n}号），该行政处罚信息已依法在“信用中国”网站公示。为帮助你单位及时修复信用，现将有关事项函告如下。",
    "行政处罚信息最短公示期为3个月，最长公示期为3年。最短公示期届满后，你单位完全履行规定义务、纠正违法行为并公开作出信用"
    "承诺的，可登录“信用中国”网站在线提交信用修复申请，全程免费、不见面办理。",
    "特此函告。")
EMPTY = "<html><body>x</body></html>"
STYLE = """
@page { size: A4; margin: 30mm 26mm 25mm 28mm }
body { margin: 0; font: 16pt/10.227mm "YS Fang", "YS Fallback", "Noto Serif CJK SC"; text-align: justify }
p { margin: 0; text-indent: 2em } .flat { text-indent: 0 } .right { text-align: right }
.mark { color: #e60012; font: 46pt/1 "YS Biao", "YS Biao Wide", "Noto Serif CJK SC"; text-align: center; margin-bottom: 4mm }
.rule { border-top: 1mm solid #e60012; border-bottom: .35mm solid #e60012; height: .75mm; margin-bottom: 4mm }
h1 { font: 22pt/12mm "YS Biao", "YS Biao Wide", "Noto Serif CJK SC"; text-align: center; margin: 16mm 0 8mm }
.sign { position: relative; text-align: center; width: 70mm; margin: 16mm 20mm 0 auto }
.seal { position: absolute; left: 14mm; top: -11mm; width: 42mm; height: 42mm }
.qr { width: 20mm; height: 20mm; margin-top: -20mm }
"""


def company(number: int) -> str:
    """An invented addressee, another for every number."""
    return f"宁州顺西诚{'甲乙丙丁戊己庚辛壬癸'[number % 10]}建筑装饰有限公司"


def address(number: int) -> str:
    """Where the letter can be verified."""
    return f"https://credit.example.gov.cn/verify/K7QM{number:08d}"


def of_the_suite() -> Callable[[int], bytes]:
    """The real letter."""
    from core.letter.bodytext import parse_body
    from core.letter.content import LetterContent, Letterhead
    from core.letter.render import render_pdf

    def draw(number: int) -> bytes:
        return render_pdf(LetterContent(
            Letterhead(ORGAN), TITLE, company(number), parse_body("\n".join(BODY).format(n=number)), ORGAN,
            dt.date(2026, 11, 23), number=f"宁发改信〔2026〕{number + 1}号", contact="联系电话：0574-87654321", seal=ORGAN,
            verify_url=address(number), data={"case": f"NH-XY-20261123-{number:04d}", "addressee": company(number)}))

    return draw


def page(number: int) -> str:
    """A page of HTML that looks like the letter."""
    import segno

    code = io.BytesIO()
    segno.make(address(number), error="m").save(code, kind="svg", xmldecl=False, border=0, omitsize=True)
    body = "".join(f"<p>{text.format(n=number)}</p>" for text in BODY)
    return (f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{TITLE}</title><style>{STYLE}</style></head>'
            f'<body><div class="mark">{ORGAN}</div><div class="rule"></div>'
            f'<p class="flat right">宁发改信〔2026〕{number + 1}号</p>'
            f'<h1>{TITLE}</h1><p class="flat">{company(number)}：</p>{body}<div class="sign">{seal()}<div>{ORGAN}</div>'
            f'<div>2026年11月23日</div></div><div class="qr">{code.getvalue().decode()}</div>'
            "<p>（联系电话：0574-87654321）</p></body></html>")


def seal() -> str:
    """A round seal as SVG."""
    tips = " ".join(f"{50 + r * math.sin(math.pi * k / 5):.1f},{50 - r * math.cos(math.pi * k / 5):.1f}"
                    for k in range(10) for r in ((17, 6.5)[k % 2],))
    signs = "".join(f'<text x="50" y="20" font-size="15" text-anchor="middle" font-family="YS Biao" '
                    f'transform="rotate({(place - 4) * 28} 50 50)">{sign}</text>' for place, sign in enumerate(ORGAN))
    return (f'<svg class="seal" viewBox="0 0 100 100" fill="#d7000f"><circle cx="50" cy="50" r="48" fill="none" '
            f'stroke="#d7000f" stroke-width="3"/><polygon points="{tips}"/>{signs}</svg>')


def of_weasyprint() -> Callable[[int], bytes]:
    """As its documentation begins: a string in, a file out."""
    from weasyprint import HTML

    return lambda number: bytes(HTML(string=page(number)).write_pdf())


def of_chromium() -> Callable[[int], bytes]:
    """One browser, started once, printing page after page."""
    from playwright.sync_api import sync_playwright

    browser = sync_playwright().start().chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    tab = browser.new_page()
    talk = tab.context.new_cdp_session(tab)
    frame = talk.send("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def draw(number: int) -> bytes:
        talk.send("Page.setDocumentContent", {"frameId": frame, "html": page(number)})
        printed = talk.send("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        return base64.b64decode(printed["data"])

    return draw


def of_wkhtmltopdf(content: Callable[[int], str]) -> Callable[[int], bytes]:
    """A process for every page: it has no other way."""
    folder = Path(tempfile.mkdtemp())

    def draw(number: int) -> bytes:
        source, target = folder / "page.html", folder / "page.pdf"
        source.write_text(content(number), encoding="utf-8")
        subprocess.run(["wkhtmltopdf", "-q", str(source), str(target)], check=True, capture_output=True,
                       env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        return target.read_bytes()

    return draw


WORKERS: dict[str, Callable[[], Callable[[int], bytes]]] = {
    "suite": of_the_suite, "weasyprint": of_weasyprint, "weasyprint-fonts": of_weasyprint, "chromium": of_chromium,
    "wkhtmltopdf": lambda: of_wkhtmltopdf(page), "wkhtmltopdf-empty": lambda: of_wkhtmltopdf(lambda _number: EMPTY)}


def main() -> None:
    """Answer until the input ends; the last letter stays in the folder ``LETTERS_KEEP``, to be looked at."""
    import pikepdf

    draw = WORKERS[sys.argv[1]]()
    for line in sys.stdin:
        spent, began = processor_ms(), time.perf_counter()
        data = draw(int(line))
        taken, spent = (time.perf_counter() - began) * 1000, processor_ms() - spent
        pages = 0
        if int(line) < 50:  # the run that watches the memory does not watch the reader's
            with pikepdf.open(io.BytesIO(data)) as pdf:
                pages = len(pdf.pages)
        if folder := os.environ.get("LETTERS_KEEP"):
            (Path(folder) / f"{sys.argv[1]}.pdf").write_bytes(data)
        print(json.dumps({"ms": taken, "cpu_ms": spent, "bytes": len(data), "pages": pages, "rss_mb": memory_mb()}), flush=True)


if __name__ == "__main__":
    main()
