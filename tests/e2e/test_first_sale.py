"""From a blank machine to the first sale: set-up, import, serve, a browser, a scanner on a line, paper in a file.

Every step is what a technician does: a command typed, or one touch. A PIN or an amount typed with Enter counts as one.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from drivers import escpos_reader
from edge.base.sqlite import open_database, rows
from tests.e2e.line import Line
from tests.e2e.shop import ROOT, _listens, command, until
from tests.ports import free_port

PIN = "905713"
MILK, WINE = "6901234567892", "6923450657713"
ANSWERS = """
store_name_zh = "街角小店"
store_name_en = "Corner shop"
manager_name_zh = "王敏"
manager_name_en = "Min Wang"
manager_pin = "{pin}"
port = {port}
[[lane]]
id = "1"
scanner = "serial-scanner port={line}"
printer = "escpos-file path={paper} mode=text"
"""
PRODUCTS = f"""编码,条码,名称,英文名,类别,单位,售价,会员价,税组,库存
20001,{MILK},纯牛奶 1L,Milk 1 l,乳蛋,pc,12.50,11.50,A,24
60001,{WINE},干红葡萄酒,Red wine,酒类,pc,88.00,,A,12
"""


class Technician:
    """Someone with a blank machine. Every command and every touch is counted in `did`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.did = folder, free_port(), list[str]()
        self.line, self.paper = Line(folder / "scanner"), folder / "paper.bin"
        self.config, self.data = folder / "etc" / "tillbox.toml", folder / "data"
        self.till: subprocess.Popen[bytes] | None = None
        self.write_answers()
        self.write_products(PRODUCTS.encode("gb18030"))

    def write_answers(self, pin: str = PIN) -> None:
        text = ANSWERS.format(pin=pin, port=self.port, line=self.line.path, paper=self.paper)
        (self.folder / "shop.toml").write_text(text, encoding="utf-8")
        (self.folder / "shop.toml").chmod(0o600)

    def write_products(self, data: bytes) -> None:
        (self.folder / "products.csv").write_bytes(data)

    def command(self, *words: str) -> tuple[int, str]:
        """One command in the terminal; (exit code, what it said)."""
        self.did.append(f"tillbox {' '.join(words[:2])}")
        done = subprocess.run(
            [*command("main"), *words, "--config", str(self.config)],
            cwd=ROOT, env=os.environ | {"LANG": "en_US.UTF-8"}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def set_up(self) -> tuple[int, str]:
        return self.command("setup", "--answers", str(self.folder / "shop.toml"), "--data", str(self.data))

    def bring_products(self) -> tuple[int, str]:
        return self.command("import", "products", str(self.folder / "products.csv"))

    def serve(self) -> None:
        """Start the till and wait until it answers."""
        self.did.append("tillbox serve")
        log = (self.folder / "serve.log").open("wb")
        serve = [*command("main"), "serve", "--config", str(self.config)]
        self.till = subprocess.Popen(serve, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        until(lambda: self.till and (self.till.poll() is not None or _listens(self.port)), 30, "the till")
        assert self.till.poll() is None, (self.folder / "serve.log").read_text()

    def touch(self, page: Page, selector: str) -> None:
        """One touch on the screen."""
        self.did.append(f"touch {selector}")
        page.locator(selector).first.click()

    def type(self, page: Page, text: str) -> None:
        """Type digits on the keyboard and press Enter, with the pauses of a person (a scanner is faster)."""
        self.did.append("type and Enter")
        for key in (*text, "Enter"):
            page.wait_for_timeout(110)
            page.keyboard.press(key)

    def go_home(self) -> None:
        if self.till is not None:
            self.till.terminate()
            self.till.wait(15)
        self.line.unplug()


@pytest.fixture
def technician(tmp_path: Path) -> Iterator[Technician]:
    technician = Technician(tmp_path)
    yield technician
    technician.go_home()


@pytest.fixture
def opened(technician: Technician, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """opened(lang): a browser on the box, at the till's address."""
    contexts, wrong = [], list[str]()

    def opening(lang: str) -> Page:
        address = f"http://127.0.0.1:{technician.port}"
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        contexts[-1].add_cookies([{"name": "tillbox-lang", "value": lang, "url": address}])
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        technician.did.append("open the address")
        page.goto(address)
        expect(page.locator(".person").first).to_be_visible()
        return page

    yield opening
    for context in contexts:
        context.close()
    assert not wrong


def log_in(technician: Technician, page: Page, pin: str = PIN) -> None:
    technician.touch(page, ".person")
    technician.type(page, pin)


def scan(technician: Technician, page: Page, code: str, lines: int) -> None:
    technician.line.scan(code)
    expect(page.locator("#lines .line")).to_have_count(lines)
    time.sleep(0.5)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_first_sale_takes_ten_commands_or_touches(
    technician: Technician, opened: Callable[[str], Page], lang: str
) -> None:
    for code, said in (technician.set_up(), technician.bring_products()):
        assert code == 0, said
    technician.serve()
    page = opened(lang)
    log_in(technician, page)
    expect(page.locator(".tile").first).to_be_visible()
    page.wait_for_timeout(500)
    if page.locator("dialog[open]").count():  # the drawer's float
        technician.type(page, "200")
        expect(page.locator("dialog[open]")).to_have_count(0)
    scan(technician, page, MILK, 1)
    scan(technician, page, WINE, 2)
    technician.touch(page, "#pay-cash")
    technician.touch(page, "#cash-notes button:last-child")
    expect(page.locator("#done")).to_be_visible()
    assert len(technician.did) <= 10, technician.did

    until(lambda: technician.paper.exists() and technician.paper.stat().st_size, what="the paper")
    until(lambda: "100.50" in escpos_reader.text(technician.paper.read_bytes()), what="the whole paper")
    paper = escpos_reader.text(technician.paper.read_bytes())
    names = {"zh-CN": ("街角小店", "纯牛奶 1L", "干红葡萄酒"), "en": ("Corner shop", "Milk 1 l", "Red wine")}[lang]
    assert all(name in paper for name in names), paper
    db = open_database(technician.data / "box.db", readonly=True)
    assert rows(db, "SELECT total, mode FROM sale") == [(10_050, "live")]
    assert rows(db, "SELECT SUM(qty) FROM stock") == [(34_000,)]
    db.close()
    code, said = technician.command("doctor")
    assert code == 0, said


def test_every_refusal_on_the_way_says_what_to_do(technician: Technician, opened: Callable[[str], Page]) -> None:
    """Everything is first done wrong; each sentence leads on."""
    for too_early in (("import", "products", "products.csv"), ("serve",), ("migrate",), ("doctor",)):
        code, said = technician.command(*too_early)
        assert code == 1 and "tillbox setup" in said, said
    technician.write_answers(pin="123456")
    code, said = technician.set_up()
    assert code == 1 and "manager_pin: A row of digits is easily guessed; choose another." in said
    assert not technician.config.exists() and not technician.data.exists()
    technician.write_answers()
    assert technician.set_up()[0] == 0

    code, said = technician.command("doctor")
    assert "Run tillbox import products FILE.csv" in said
    technician.write_products(PRODUCTS.replace(MILK, MILK[:-1] + "3").encode())
    code, said = technician.bring_products()
    assert code == 1 and "the last digit is 3 and should be 2. Compare it with the package." in said
    technician.write_products(PRODUCTS.encode("gb18030"))
    assert technician.bring_products()[0] == 0

    technician.line.unplug()
    code, said = technician.command("doctor")
    assert code == 1 and "Check plug and power" in said
    technician.line.plug()
    technician.serve()
    code, said = technician.command("serve")
    assert code == 1 and "stop it first" in said
    page = opened("en")
    log_in(technician, page, "000001")
    expect(page.locator("#problem")).to_contain_text("wrong")
    page.wait_for_timeout(200)
    technician.type(page, PIN)
    expect(page.locator(".tile").first).to_be_visible()
    page.wait_for_timeout(500)
    if page.locator("dialog[open]").count():
        technician.type(page, "200")
    technician.line.scan("6909999999991")
    expect(page.locator("#app")).to_contain_text("6909999999991")
    scan(technician, page, MILK, 1)
