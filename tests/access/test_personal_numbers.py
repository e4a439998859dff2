"""Identity numbers, accounts and telephones that people type into a text are masked; what must be read stays."""
from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access.personal import find_personal, mask_personal

MASKED = {
    "我的身份证120221198506150018，请核实": "我的身份证1202**********0018，请核实",
    "身份证号 12022119850615001x": "身份证号 1202**********001x",
    "１２０２２１１９８５０６１５００１８": "１２０２**********００１８",
    "120221 19850615 0018": "1202**********0018",
    "check digit mistyped 120221198506150011": "check digit mistyped 1202**********0011",
    "老证件号：120221850615001": "老证件号：1202*******5001",
    "卡号6222020302000000009": "卡号6222***********0009",
    "6222 0203 0200 0000 000 打款": "6222***********0000 打款",
    "请汇款至对公账户：0302 0213 0930 0456": "请汇款至对公账户：0302********0456",
    "手机13812345678或+86 138-1234-5678": "手机138****5678或861******5678",
    "打138 1234 5678找我": "打138****5678找我",
    "座机022-69591234转2": "座机022****1234转2",
    "（022）69591234": "022****1234",
    "联系电话 69591234": "联系电话 ****1234",
    "张三13812345678李四13912345678": "张三138****5678李四139****5678",
}
KEPT = (
    "统一社会信用代码91120221MA05EXAMP1",
    "信用代码911202217863456789",
    "受理编号NH-XQ-20261123-0007，查询码K7QM4T9X",
    "津宁市监罚〔2026〕12号",
    "2026年11月23日至2026-12-02共7个工作日",
    "注册资本13,800,000.00元，欠款1380万元",
    "注册号120221000012345",
    "面积13812.5平方米，单价3.14159265358",
    "工单202611230001234567",
    "门牌号22680001号",
    "",
)


@pytest.mark.parametrize(("typed", "shown"), MASKED.items())
def test_what_is_personal_is_masked(typed: str, shown: str) -> None:
    assert mask_personal(typed) == shown
    assert mask_personal(shown) == shown, "what is masked is not masked again"


@pytest.mark.parametrize("typed", KEPT)
def test_what_must_be_read_stays(typed: str) -> None:
    assert mask_personal(typed) == typed


def test_an_office_may_name_its_own_telephone() -> None:
    answer = "请致电022-69591234，办事人13812345678"
    assert mask_personal(answer, landlines=False) == "请致电022-69591234，办事人138****5678"


def test_it_says_what_it_found_and_where() -> None:
    text = "张三，13812345678，身份证120221198506150018"
    found = find_personal(text)
    assert [(one.kind, text[one.start:one.end]) for one in found] == [
        ("mobile", "13812345678"), ("id", "120221198506150018")]


@given(st.text(alphabet="0123456789０１２３ xX-+（）联系电话卡号a.\n", max_size=80))
def test_whatever_is_typed_no_eleven_digits_of_a_mobile_are_left(text: str) -> None:
    shown = mask_personal(f"{text}，13812345678，{text}")
    assert "13812345678" not in shown
    found = find_personal(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
