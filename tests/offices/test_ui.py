"""Dates, money, masks and states have one form each; a component sees only what it is given."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Engine, TemplateSyntaxError, engines
from django.template.loader import get_template
from django.test import Client
from django.utils import translation

from offices.enums import Role
from offices.form_renderer import DayField
from offices.listing import Column, make_listing
from offices.templatetags import ui
from offices.tones import Tone
from offices.undefined import FailsWhenShown, UndefinedVariable

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "templates"
DAY = datetime.date(2014, 1, 6)


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def rendered(source: str, **given: object) -> str:
    engine = Engine(
        dirs=[TEMPLATES],
        builtins=["offices.templatetags.ui"],
        libraries={"i18n": "django.templatetags.i18n"},
        string_if_invalid=FailsWhenShown("%s"),
    )
    return engine.from_string(source).render(Context(given))


def test_a_day_is_written_as_the_reader_writes_it() -> None:
    assert ui.day(DAY) == "2014年1月6日"
    assert ui.day_long(DAY) == "2014年1月6日 星期一"
    assert ui.day_iso(DAY) == "2014-01-06"
    assert ui.month(DAY) == "2014年1月"
    with translation.override("en"):
        assert ui.day(DAY) == "6 January 2014"
        assert ui.day_long(DAY) == "Monday, 6 January 2014"
        assert ui.month(DAY) == "January 2014"


def test_an_instant_is_shown_in_chinas_time() -> None:
    assert ui.moment(datetime.datetime(2014, 1, 6, 16, 30, tzinfo=datetime.UTC)) == "2014年1月7日 00:30"
    assert ui.day(datetime.datetime(2014, 1, 6, 16, 30, tzinfo=datetime.UTC)) == "2014年1月7日"


def test_money_has_two_places_and_its_unit() -> None:
    assert ui.money(Decimal("498000")) == "498,000.00"
    assert ui.yuan(Decimal("-12.5")) == "-12.50元"
    with translation.override("en"):
        assert ui.yuan(Decimal("-12.5")) == "-¥12.50"
    assert ui.number(12345) == "12,345"
    assert ui.percent(Decimal("0.8729")) == "87.3%"


@pytest.mark.parametrize(
    "write", [ui.day, ui.day_long, ui.day_iso, ui.month, ui.moment, ui.money, ui.yuan, ui.number, ui.percent]
)
def test_nothing_is_a_dash(write: object) -> None:
    assert write(None) == "—"  # type: ignore[operator] # filters


def test_masks_leave_what_the_rule_allows_and_no_more() -> None:
    assert ui.mask_identity("37040619530201102X") == "370*************2X"
    assert ui.mask_phone("13806320986") == "138******86"
    assert ui.mask_account("6223190012345670986") == "***************0986"
    assert ui.mask_account("0986") == "****"
    assert ui.mask_identity("") == "—"


def test_a_state_is_said_by_word_and_shape() -> None:
    shapes = {tone.icon for tone in Tone}
    assert len(shapes) == len(Tone)
    for tone in Tone:
        drawn = ui.badge("审核中", tone)
        assert "审核中" in drawn
        assert f"#{tone.icon}" in drawn
    with pytest.raises(ValueError):
        ui.badge("x", "purple")


def test_a_verdict_tells_not_known_from_not_met() -> None:
    assert len({ui.verdict(True), ui.verdict(False), ui.verdict(None)}) == 3
    assert "state-attention" in ui.verdict(None)


def test_an_icon_alone_has_a_name_and_beside_a_word_none() -> None:
    assert 'aria-hidden="true"' in ui.icon("home")
    assert 'role="img" aria-label="首页"' in ui.icon("home", "首页")
    with pytest.raises(LookupError):
        ui.icon("no-such-icon")


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""\bicon\s?=?\s?"([a-z0-9/-]+)\"""", path.read_text(encoding="utf-8"))
    }
    assert named <= ui.icon_names(), named - ui.icon_names()


def test_a_component_sees_only_what_it_is_given() -> None:
    source = '{% show "empty" title="无记录" %}'
    assert "无记录" in rendered(source, text="not for it")
    assert "not for it" not in rendered(source, text="not for it")


def test_a_component_without_what_it_must_have_fails() -> None:
    with pytest.raises(UndefinedVariable):
        rendered('{% show "empty" text="x" %}')


def test_parts_reach_their_component_and_their_own_only() -> None:
    source = """{% component "panel" title="外" %}正文{% part actions %}按钮{% endpart %}
    {% component "panel" title="内" %}里{% endcomponent %}{% endcomponent %}"""
    drawn = rendered(source)
    assert drawn.count("panel-actions") == 1
    assert drawn.index("按钮") < drawn.index("正文")


def test_what_a_component_is_given_is_escaped() -> None:
    assert "&lt;b&gt;" in rendered('{% show "empty" title=words %}', words="<b>")


@pytest.mark.parametrize("source", ["{% show %}", '{% show "empty" "title" %}', "{% part %}{% endpart %}"])
def test_a_component_wrongly_called_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        rendered(source)


def test_every_template_says_what_it_is() -> None:
    for folder in ("components", "forms", "errors", "account", "mfa", "allauth"):
        for path in (TEMPLATES / folder).rglob("*.html"):
            assert "{% comment %}" in path.read_text(encoding="utf-8")[:200], path.relative_to(TEMPLATES)


def test_no_template_has_inline_style_or_script() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if "print" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text), path


def test_no_button_needs_a_script_but_those_that_hide_without_one() -> None:
    """A button that is no form's does nothing by itself: a script shows it where there is one."""
    for path in TEMPLATES.rglob("*.html"):
        if path.name == "gallery.html":
            continue
        for tag in re.findall(r"<[^>]*\btype=\"button\"[^>]*>", path.read_text(encoding="utf-8")):
            around = path.read_text(encoding="utf-8").split(tag)[0].rpartition("<p ")[2]
            assert "data-needs-script hidden" in tag or "data-needs-script hidden" in around, (path.name, tag)


@pytest.mark.django_db
def test_every_component_is_drawn_in_the_gallery(page_of: Callable[..., Client]) -> None:
    drawn = {template.name for template in page_of(Role.COUNTY).get("/gallery/").templates}
    components = {f"components/{path.name}" for path in (TEMPLATES / "components").glob("*.html")}
    # It has a page without a script come again and again: shown on pages of progress alone.
    assert components - drawn == {"components/progress_refresh.html"}


def test_every_template_can_be_read() -> None:
    for path in TEMPLATES.rglob("*.html"):
        get_template(str(path.relative_to(TEMPLATES)))


class Registration(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    hukou = forms.ChoiceField(label="户口性质", choices=[("", "请选择"), ("rural", "农业")])
    born_on = DayField(label="出生日期")
    remark = forms.CharField(label="备注", required=False)
    has_agreed = forms.BooleanField(label="申请人已阅读告知书。")


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do() -> None:
    form = Registration({"name": "", "hukou": "", "born_on": "1953年2月30日", "remark": "<i>"})
    drawn = str(form)
    assert 'href="#id_name"' in drawn
    assert "请填写“姓名”。" in drawn
    assert "请选择“户口性质”。" in drawn
    assert "请勾选“申请人已阅读告知书”。" in drawn
    assert 'value="1953年2月30日"' in drawn
    assert 'value="&lt;i&gt;"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_error"' in drawn
    assert 'id="id_name_helptext"' in drawn


def test_an_optional_field_says_so_and_a_fresh_form_complains_of_nothing() -> None:
    drawn = str(Registration())
    assert drawn.count("（选填）") == 1
    assert "error" not in drawn


def test_an_error_of_the_whole_form_is_said_as_it_is() -> None:
    class Refusing(forms.Form):
        name = forms.CharField()

        def clean(self) -> None:
            raise forms.ValidationError("用户名或密码不正确。")

    drawn = str(Refusing({"name": "x"}))
    assert "用户名或密码不正确。" in drawn
    assert "1处" not in drawn


@pytest.mark.parametrize(
    "typed", ["1953-02-01", "1953/2/1", "1953.2.1", "19530201", "1953年2月1日", " 1953 年 2 月 1 日 "]
)
def test_a_day_may_be_typed_in_every_usual_form(typed: str) -> None:
    assert DayField().clean(typed) == datetime.date(1953, 2, 1)


@pytest.mark.parametrize("typed", ["1953-02-30", "53-2-1", "昨天"])
def test_what_is_no_day_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="1953-02-01"):
        DayField().clean(typed)


class Filters(forms.Form):
    name = forms.CharField(label="姓名", required=False)
    township = forms.ChoiceField(label="乡镇", required=False, choices=[("", "全部"), ("101", "城头镇")])
    overdue = forms.BooleanField(label="已超期", required=False)


COLUMNS = (
    Column("姓名", key="name", order=("name",)),
    Column("状态"),
    Column("金额", key="amount", order=("amount",)),
)


def listing(address: str, rows: int = 120) -> object:
    query = QueryDict(address)
    filters = Filters(query) if query else Filters()
    return make_listing(query=query, rows=range(rows), columns=COLUMNS, default_sort="name", filters=filters)


def test_pages_keep_filters_and_order() -> None:
    shown = listing("name=王&township=101&sort=-amount&page=2")
    assert shown.next_url == "?name=%E7%8E%8B&township=101&sort=-amount&page=3"
    assert shown.previous_url.endswith("page=1")
    assert list(shown.page.object_list) == list(range(50, 100))


def test_another_order_begins_at_the_first_page_and_keeps_the_filters() -> None:
    name, state, amount = listing("name=王&sort=-amount&page=2").headers
    assert amount.direction == "descending"
    assert amount.sort_url == "?name=%E7%8E%8B&sort=amount"
    assert name.sort_url == "?name=%E7%8E%8B&sort=name"
    assert (state.sort_url, state.direction) == ("", "none")


def test_a_filter_in_force_can_be_taken_out() -> None:
    chips = listing("name=王&township=101&page=2").chips
    assert [(chip.label, chip.value) for chip in chips] == [("姓名", "王"), ("乡镇", "城头镇")]
    assert chips[1].without_url == "?name=%E7%8E%8B"
    assert listing("name=&township=").chips == []


def test_a_ticked_filter_needs_no_value_beside_its_name() -> None:
    assert [(chip.label, chip.value) for chip in listing("overdue=on").chips] == [("已超期", "")]


@pytest.mark.parametrize("address", ["sort=password", "sort=--name", "page=0", "page=x", "page=999"])
def test_a_strange_address_shows_a_page_all_the_same(address: str) -> None:
    assert len(list(listing(address).page.object_list)) in (20, 50)
    assert {header.direction for header in listing(address).headers} <= {"ascending", "none"}


def test_tests_fail_on_what_a_template_was_not_given() -> None:
    assert isinstance(engines["django"].engine.string_if_invalid, FailsWhenShown)


def test_the_page_of_a_failure_needs_no_context() -> None:
    """Django renders it without a request: whatever failed may have been the context itself."""
    drawn = get_template("500.html").render()
    assert "系统出错" in drawn
    assert "csrf" not in drawn
