"""`tillbox code`: the way back in when the only manager forgot their PIN."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from edge.cli import code
from edge.errors import ShopError, TillboxError
from edge.forgotten import ChoosePin
from tests.edge.shop import CONFIG, Shop


def run(shop: Shop, name: str, lang: str = "en") -> int:
    path = shop.folder / "tillbox.toml"
    path.write_text(CONFIG)
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    code.add_arguments(parser)
    return code.run(parser.parse_args(["--config", str(path), name]), lang)


@pytest.mark.fault("F103")
@pytest.mark.parametrize(("name", "lang"), [("王敏", "zh-CN"), ("min wang", "en")])
def test_a_code_from_the_terminal_is_written_down_and_is_the_boot_s_own(
    shop: Shop, capsys: pytest.CaptureFixture[str], name: str, lang: str
) -> None:
    assert run(shop, name, lang) == 0
    (made,) = re.findall(r"\d{8}", capsys.readouterr().out)
    assert shop.ask("SELECT action, staff FROM audit") == [("code_made", None)]
    with pytest.raises(ShopError, match="pin_wrong"):  # the command ran in this machine's boot, the shop in its own
        shop.staff.log_in("1", shop.person("manager").uid, made, "en")
    shop.db.execute_sql("UPDATE pin_code SET boot_id = ?, until_ns = 1 << 62", (shop.clock.boot_id(),))
    with pytest.raises(ChoosePin):
        shop.staff.log_in("1", shop.person("manager").uid, made, "en")


def test_who_does_not_work_here_gets_none(shop: Shop) -> None:
    with pytest.raises(TillboxError, match="these work here: Xiao Chen, Min Wang"):
        run(shop, "Nobody")
    assert shop.ask("SELECT * FROM pin_code") == []
