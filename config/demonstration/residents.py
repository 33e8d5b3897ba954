"""A synthetic resident file of the demonstration county, in the format that offices send.

Families are invented from a seed: couples of four generations with their children, so that
every programme meets some of its people. The same seed gives the same file.
"""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Iterator
from pathlib import Path

from config.demonstration.accounts import VILLAGE
from offices.identifiers import check_character

HEADERS = (
    "户编号", "户籍地代码", "现居住地代码", "户主关系", "姓名", "公民身份号码", "性别", "出生日期", "户口性质",
    "婚姻状况", "配偶身份号码", "父亲身份号码", "母亲身份号码", "亲子关系", "死亡日期", "残疾等级", "光荣证号",
    "光荣证发证日期", "就业状况", "退休日期", "用人单位代码", "考试年度", "手机号", "开户银行", "银行账号",
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文查单仇解区"
COMPOUND = ("欧阳", "尉迟", "上官", "司马")
MALE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志文德福贵生"
FEMALE = "芳娜敏静丽艳娟霞秀英兰玉珍梅红燕玲桂凤洁琳雪慧莹颖婷雯秀云香菊萍"
RARE = ("𠮷", "𬭎", "䶮")
BANKS = ("枣庄农村商业银行山亭支行", "中国农业银行山亭支行", "中国邮政储蓄银行山亭支行")


class County:
    """Invents families one by one."""

    def __init__(self, villages: list[str], seed: int, today: datetime.date) -> None:
        self.random = random.Random(seed)  # noqa: S311 # invented people, no secret
        self.villages = villages
        self.today = today
        self.households = 0
        self.serials: dict[tuple[str, str, bool], int] = {}

    def number(self, village: str, born: datetime.date, is_male: bool) -> str:
        """A citizen number that nobody else of the file has."""
        area = village[:6]
        while True:
            key = (area, born.isoformat(), is_male)
            serial = self.serials.get(key, 0)
            self.serials[key] = serial + 1
            if serial < 500:
                digits = f"{area}{born:%Y%m%d}{serial * 2 + int(is_male):03d}"
                return digits + check_character(digits)
            born += datetime.timedelta(days=1)

    def name(self, is_male: bool, surname: str = "") -> tuple[str, str]:
        """A surname and a full name."""
        if not surname:
            surname = self.random.choice(COMPOUND if self.random.random() < 0.01 else SURNAMES)
        letters = MALE if is_male else FEMALE
        given = "".join(self.random.choice(letters) for _ in range(1 if self.random.random() < 0.35 else 2))
        if self.random.random() < 0.001:
            given = self.random.choice(RARE)
        return surname, surname + given

    def day(self, first: int, last: int) -> datetime.date:
        """A day of the years `first` to `last`."""
        start = datetime.date(first, 1, 1)
        end = min(datetime.date(last, 12, 31), self.today)
        return start + datetime.timedelta(days=self.random.randrange(max((end - start).days, 1)))

    def family(self) -> Iterator[dict[str, str]]:
        """The rows of one family."""
        dice = self.random
        # More families where the demonstration's village specialist works, so that she has a day's work.
        village = VILLAGE if dice.random() < 0.03 and VILLAGE in self.villages else dice.choice(self.villages)
        self.households += 1
        household = f"{village[6:]}{self.households:06d}"
        rural = dice.random() < (0.55 if village.startswith("370406001") else 0.92)
        hukou = "农业" if rural else dice.choice(["非农业", "非农业", "居民", "界定农村居民"])
        generation = dice.choice([1935, 1943, 1948, 1952, 1958, 1964, 1970, 1976, 1982, 1986])
        husband_born = self.day(generation - 2, generation + 3)
        wife_born = self.day(generation - 1, generation + 4)
        surname, husband_name = self.name(True)
        _other, wife_name = self.name(False)
        husband, wife = self.number(village, husband_born, True), self.number(village, wife_born, False)
        wife_died = dice.random() < (0.12 if generation < 1950 else 0.01)
        husband_died = not wife_died and dice.random() < (0.18 if generation < 1950 else 0.015)
        died_on = self.day(2000, 2013) if wife_died or husband_died else None
        moved = dice.choice(self.villages) if dice.random() < 0.03 else ""
        common = {"户编号": household, "户籍地代码": village, "现居住地代码": moved, "户口性质": hukou}
        adult = {"开户银行": dice.choice(BANKS), "手机号": self.phone()}
        certificate = {}
        children = self.children(max(husband_born.year, wife_born.year), rural)
        if len(children) == 1 and dice.random() < 0.7:
            issued = children[0][1] + datetime.timedelta(days=200)
            if issued <= self.today:
                certificate = {"光荣证号": f"SD{self.households:08d}", "光荣证发证日期": issued.isoformat()}
        yield {
            **common, **adult, **certificate, "户主关系": "配偶" if husband_died else "户主", "姓名": husband_name,
            "公民身份号码": husband, "性别": "男", "婚姻状况": "丧偶" if wife_died else "已婚", "配偶身份号码": wife,
            "死亡日期": died_on.isoformat() if husband_died and died_on else "", "银行账号": self.account(),
            "就业状况": "" if rural else dice.choice(["在职", "下岗失业", "退休", "无单位"]),
        }  # fmt: skip
        yield {
            **common, **adult, **certificate, "户主关系": "户主" if husband_died else "配偶", "姓名": wife_name,
            "公民身份号码": wife, "性别": "女", "婚姻状况": "丧偶" if husband_died else "已婚", "配偶身份号码": husband,
            "死亡日期": died_on.isoformat() if wife_died and died_on else "", "银行账号": self.account(),
            "就业状况": "" if rural else dice.choice(["在职", "下岗失业", "退休", "无单位"]),
        }  # fmt: skip
        for is_male, born, died, kind in children:
            _surname, name = self.name(is_male, surname)
            young = self.today.year - born.year < 25
            yield {
                **common, "户主关系": "子" if is_male else "女", "姓名": name,
                "公民身份号码": self.number(village, born, is_male), "性别": "男" if is_male else "女",
                "父亲身份号码": husband, "母亲身份号码": wife, "亲子关系": kind,
                "死亡日期": died.isoformat() if died else "",
                "残疾等级": str(dice.randint(1, 4)) if dice.random() < 0.015 else "",
                "考试年度": str(born.year + 15) if young and 0 <= born.year + 16 - self.today.year <= 2 else "",
                "手机号": "" if young else self.phone(),
            }  # fmt: skip

    def children(
        self, from_year: int, rural: bool
    ) -> list[tuple[bool, datetime.date, datetime.date | None, str]]:
        """Sex, birth, death and kind of a couple's children."""
        dice = self.random
        count = dice.choices([0, 1, 2, 3], [3, 42 if not rural else 30, 48, 19])[0]
        children: list[tuple[bool, datetime.date, datetime.date | None, str]] = []
        year = from_year + 22
        for _ in range(count):
            year += dice.randint(1, 4)
            if year > self.today.year:
                break
            born = self.day(year, year)
            died = None
            if dice.random() < 0.025:
                died = self.day(born.year + 1, 2013)
                died = died if died > born else None
            kind = dice.choices(["", "收养", "继"], [96, 2, 2])[0]
            children.append((dice.random() < 0.52, born, died, kind))
        return children

    def phone(self) -> str:
        return f"1{self.random.choice('3578')}{self.random.randrange(10**9):09d}"

    def account(self) -> str:
        return "" if self.random.random() < 0.05 else f"6223{self.random.randrange(10**15):015d}"


def write_residents(
    path: Path, *, villages: list[str], residents: int, seed: int, today: datetime.date
) -> int:
    """Write a resident file of about `residents` rows; returns how many there are."""
    county = County(villages, seed, today)
    rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADERS, restval="")
        writer.writeheader()
        while rows < residents:
            family = list(county.family())
            writer.writerows(family)
            rows += len(family)
    return rows
