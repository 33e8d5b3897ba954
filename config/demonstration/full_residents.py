"""The resident file of the full county: three generations on villages of all sizes, from a seed.

Old couples had three to five children, as they had; their children and grandchildren have families of
their own, some of them in other villages. Those entitled to a programme are made in the numbers of
`TARGETS`, evenly among all families, so that a smaller county has the same in proportion. Families
are written as they are invented: memory does not grow with the county.
"""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from config.demonstration.full_kin import Couple, Row, Someone
from config.demonstration.full_plan import FULL
from config.demonstration.residents import BANKS, HEADERS, County

TARGETS = {
    "reward": 690,  # persons entitled to NCJF, some of them only in the course of the year
    "top_up": 125,  # of these, persons of 75 and more
    "child_died": 120,  # persons, TFSD
    "child_disabled": 100,  # persons, TFSC
    "lump_sum": 72,  # households, DSYL
    "examinees": 420,  # on the bureau's list and entitled, ZKJF
    "other_examinees": 900,  # on the bureau's list and not entitled
    "insured": 138_000,  # members of rural households with an only child or two daughters, MXNH
}
"""In the full county."""
_LAST_OLD = 1953
"""Who was born later is not sixty in 2013: only families made for it are entitled to reward assistance."""
_TOWN = "370406001"


class FullCounty(County):
    """Invents families of three generations, counting who of them is entitled to what."""

    def __init__(self, villages: list[str], seed: int, today: datetime.date, residents: int) -> None:
        super().__init__(villages, seed, today)
        self.residents = residents
        self.living = 0
        self.certificates = 0
        self.made: Counter[str] = Counter()
        sizes = [self.random.lognormvariate(0, 0.55) for _village in villages]
        total = 0.0
        self._weights = [total := total + size for size in sizes]

    def target(self, name: str) -> float:
        return TARGETS[name] * self.residents / FULL

    def lacks(self, name: str) -> bool:
        """Whether fewer of a kind are made than the share of the county that is written."""
        return self.made[name] < self.target(name) * min(1.0, self.living / self.residents)

    def someone(self, village: str, born: datetime.date, is_male: bool, surname: str = "") -> Someone:
        surname, name = self.name(is_male, surname)
        return Someone(self.number(village, born, is_male), name, surname, born.year, is_male)

    def village(self) -> str:
        return self.random.choices(self.villages, cum_weights=self._weights)[0]

    def hukou(self, village: str) -> str:
        rural = self.random.random() < (0.45 if village.startswith(_TOWN) else 0.93)
        if rural:
            return "农业" if self.random.random() < 0.97 else "界定农村居民"
        return self.random.choice(("非农业", "非农业", "居民"))

    def pair(
        self,
        village: str,
        hukou: str,
        first: int,
        last: int,
        *,
        known: Someone | None = None,
        least: int = 1900,
        most: int = 2000,
    ) -> Couple:
        """Husband and wife born in the years `first` to `last`, both between `least` and `most`."""
        if known is None:
            known = self.someone(village, self.day(first, last), True)
        year = min(max(known.born + self.random.randint(-3, 3), least), most)
        other = self.someone(village, self.day(year, year), not known.is_male)
        husband, wife = (known, other) if known.is_male else (other, known)
        return Couple(husband, wife, village, hukou)

    def child(self, couple: Couple, year: int, *, is_male: bool) -> Someone:
        born = self.someone(couple.village, self.day(year, year), is_male, couple.husband.surname)
        born.father, born.mother = couple.husband.number, couple.wife.number
        couple.children.append(born)
        return born

    def certify(self, couple: Couple) -> None:
        (only,) = couple.children
        self.certificates += 1
        issued = datetime.date(min(max(only.born + 1, 1980), self.today.year - 1), 6, 1)
        couple.certificate = {
            "光荣证号": f"SD{self.certificates:08d}",
            "光荣证发证日期": issued.isoformat(),
        }

    def dies(self, one: Someone, first: int, last: int) -> None:
        one.died_on = self.day(max(first, one.born + 1), last)

    def clan(self) -> Iterator[Row]:
        """An old couple, their three to five children, and those children's families."""
        village = self.village()
        hukou = self.hukou(village)
        dice = self.random
        old = self.pair(village, hukou, 1926, 1949, least=1924, most=_LAST_OLD)
        first = old.husband if dice.random() < 0.6 else old.wife
        if dice.random() < (0.65 if first.born < 1938 else 0.2):
            self.dies(first, 1995, 2012)
        year = max(1954, old.wife.born + 21) + dice.randint(0, 2)
        many = dice.choices((3, 4, 5), (35, 40, 25))[0]
        for _each in range(many):
            self.child(old, year, is_male=dice.random() < 0.51)
            year += dice.randint(2, 3)
        if many == 5 and dice.random() < 0.2:
            self.dies(dice.choice(old.children), 1975, 2011)
        own: list[Someone] = []
        home: list[Someone] = []
        for child in old.children:
            is_home = child.died_on or child.born > self.today.year - 23 or dice.random() < 0.04
            (home if is_home else own).append(child)
        host = next((child for child in own if child.is_male), None) if dice.random() < 0.45 else None
        for child in own:
            place = village if child.is_male else self.village()
            with_them = (old, home) if child is host else (None, None)
            yield from self.grown_up(child, place, hukou if child.is_male else self.hukou(place), *with_them)
        if host is None:
            yield from self.household(old, home)

    def grown_up(
        self,
        one: Someone,
        village: str,
        hukou: str,
        elders: Couple | None = None,
        elders_children: list[Someone] | None = None,
    ) -> Iterator[Row]:
        """A grown child with a spouse from elsewhere, their children, and those who live with them."""
        couple = self.pair(village, hukou, 0, 0, known=one, least=_LAST_OLD + 1, most=1990)
        self.bear(couple)
        dice = self.random
        home: list[Someone] = []
        for child in couple.children:
            if child.born <= self.today.year - 25 and dice.random() < 0.75:
                place = village if child.is_male else self.village()
                yield from self.grown_up(child, place, hukou if child.is_male else self.hukou(place))
            else:
                home.append(child)
        yield from self.household(couple, home, elders, elders_children)

    def bear(self, couple: Couple) -> None:
        """The children of a couple of the planned years: mostly one or two."""
        dice = self.random
        year = max(couple.wife.born + dice.randint(22, 27), 1975)
        if year > self.today.year:
            return
        kinds = ("one", "daughters", "mixed", "three") if year < 2009 else ("one",)
        kind = dice.choices(kinds, (34, 16, 38, 12)[: len(kinds)])[0]
        if couple.is_rural and len(kinds) > 1:
            # As many as the waivers are for; an only child without a certificate would be a question for the clerk.
            wants = self.lacks("insured")
            if kind == "mixed" and wants and dice.random() < 0.2:
                kind = "daughters"
            elif (kind == "daughters" or (kind == "one" and dice.random() < 0.85)) and not wants:
                kind = "mixed"
        first = self.child(couple, year, is_male=kind != "daughters" and dice.random() < 0.55)
        later = {"one": 0, "daughters": 1, "mixed": 1, "three": 2}[kind]
        for number in range(later):
            year += dice.randint(3, 5)
            if year > self.today.year:
                break
            # Two daughters, or at least one son.
            is_male = kind != "daughters" and (
                (not first.is_male and number == later - 1) or dice.random() < 0.5
            )
            self.child(couple, year, is_male=is_male)
        if len(couple.children) == 1 and (not couple.is_rural or self.lacks("insured")):
            self.certify(couple)

    def special(self) -> Iterator[Row]:
        """Families that a programme is for, while the county written so far lacks them."""
        if self.lacks("reward"):
            yield from self.reward_family()
        for name in ("child_died", "child_disabled"):
            if self.lacks(name):
                yield from self.bereaved_or_caring(name)
        if self.lacks("lump_sum"):
            yield from self.laid_off()

    def reward_family(self) -> Iterator[Row]:
        """A rural couple past sixty with one child or two daughters; some are past seventy-five."""
        dice, village = self.random, self.village()
        is_eldest = self.lacks("top_up")
        first, last = (1934, 1937) if is_eldest else (1939, 1952)
        if not is_eldest and dice.random() < 0.05:
            first, last = 1953, 1953
        couple = self.pair(village, "农业", first, last, least=first, most=last)
        kind = dice.choices(("one", "daughters"), (60, 40))[0]
        year = max(couple.wife.born + dice.randint(22, 28), 1958)
        for number in range(1 if kind == "one" else 2):
            self.child(couple, year + 3 * number, is_male=kind == "one" and dice.random() < 0.6)
        if kind == "one" and dice.random() < 0.6:
            self.certify(couple)
        left = self.target("reward") - self.made["reward"]
        if left < 2 or dice.random() < 0.3:
            self.dies(couple.husband if dice.random() < 0.6 else couple.wife, 1996, 2012)
        alive = 2 - bool(couple.husband.died_on) - bool(couple.wife.died_on)
        self.made["reward"] += alive
        self.made["top_up"] += alive if is_eldest else 0
        home: list[Someone] = []
        for child in couple.children:
            if dice.random() < 0.7:
                place = village if child.is_male else self.village()
                yield from self.grown_up(child, place, self.hukou(place))
            else:
                home.append(child)
        yield from self.household(couple, home, has_account=True)

    def bereaved_or_caring(self, name: str) -> Iterator[Row]:
        """A couple whose only child died, or lives with a disability; she is past forty-nine."""
        dice, village = self.random, self.village()
        couple = self.pair(village, self.hukou(village), 1955, 1962, least=1955, most=1962)
        child = self.child(couple, couple.wife.born + dice.randint(23, 27), is_male=dice.random() < 0.6)
        if name == "child_died":
            self.dies(child, 2003, 2012)
        else:
            child.row["残疾等级"] = str(dice.randint(1, 3))
        self.certify(couple)
        self.made[name] += 2
        yield from self.household(couple, couple.children, has_account=True)

    def laid_off(self) -> Iterator[Row]:
        """A town couple with an only child; the mother was laid off and reached her pension in the year."""
        dice, village = self.random, self.village()
        couple = self.pair(village, "非农业", 1958, 1962, least=1958, most=1962)
        child = self.child(couple, couple.wife.born + dice.randint(23, 28), is_male=dice.random() < 0.5)
        self.certify(couple)
        retired_on = datetime.date(2013, 1, 10) + datetime.timedelta(days=dice.randrange(150))
        couple.wife.row |= {"就业状况": "下岗失业", "退休日期": retired_on.isoformat()}
        couple.husband.row["就业状况"] = "在职"
        self.made["lump_sum"] += 1
        yield from self.household(couple, [child], has_account=True)

    def household(
        self,
        couple: Couple,
        home: list[Someone],
        elders: Couple | None = None,
        elders_children: list[Someone] | None = None,
        *,
        has_account: bool = False,
    ) -> Iterator[Row]:
        """The rows of a household: the couple, children at home, and old parents with theirs."""
        self.households += 1
        village = couple.village
        common = {
            "户编号": f"{village[6:]}{self.households:06d}",
            "户籍地代码": village,
            "户口性质": couple.hukou,
        }
        head = couple.wife if couple.husband.died_on else couple.husband
        rows = [
            self._adult(common, couple, couple.husband, head, has_account=has_account),
            self._adult(common, couple, couple.wife, head, has_account=has_account),
        ]
        rows += [self._child(common, couple, child) for child in home]
        if elders is not None:
            for elder in (elders.husband, elders.wife):
                row = self._adult(common, elders, elder, None, has_account=False)
                rows.append({**row, "户主关系": "父" if elder.is_male else "母"})
            rows += [
                {**self._child(common, elders, one), "户主关系": "其他"} for one in elders_children or []
            ]
        living = sum(not row.get("死亡日期") for row in rows)
        self.living += living
        if couple.is_rural and self._qualifies(couple):
            self.made["insured"] += living
        yield from rows

    def _qualifies(self, couple: Couple) -> bool:
        """One child by the certificate, or two daughters."""
        living = [child for child in couple.children if not child.died_on]
        if len(living) == 1:
            return bool(couple.certificate)
        return len(living) == 2 and not any(child.is_male for child in living)

    def _adult(
        self, common: Row, couple: Couple, one: Someone, head: Someone | None, *, has_account: bool
    ) -> Row:
        other = couple.wife if one is couple.husband else couple.husband
        account = self.account()
        row = {
            **common,
            **couple.certificate,
            "户主关系": "户主" if one is head else "配偶",
            "姓名": one.name,
            "公民身份号码": one.number,
            "性别": "男" if one.is_male else "女",
            "婚姻状况": "丧偶" if other.died_on else "已婚",
            "配偶身份号码": other.number,
            "父亲身份号码": one.father,
            "母亲身份号码": one.mother,
            "死亡日期": one.died_on.isoformat() if one.died_on else "",
            "就业状况": self._work(couple, one),
            "手机号": self.phone(),
            "开户银行": self.random.choice(BANKS),
            "银行账号": account or (self._sure_account() if has_account else ""),
            **one.row,
        }
        one.row = row
        return row

    def _work(self, couple: Couple, one: Someone) -> str:
        if couple.is_rural:
            # Of those who are near a pension the office knows that they never had an employer.
            return "无单位" if one.born < 1970 else ""
        if one.born <= _LAST_OLD:
            return "无单位"
        return self.random.choices(("在职", "无单位", "下岗失业"), (50, 40, 10))[0]

    def _sure_account(self) -> str:
        return f"6223{self.random.randrange(10**15):015d}"

    def _child(self, common: Row, couple: Couple, child: Someone) -> Row:
        grown = child.born <= self.today.year - 22
        return {
            **common,
            "户主关系": "子" if child.is_male else "女",
            "姓名": child.name,
            "公民身份号码": child.number,
            "性别": "男" if child.is_male else "女",
            "父亲身份号码": child.father,
            "母亲身份号码": child.mother,
            "死亡日期": child.died_on.isoformat() if child.died_on else "",
            "考试年度": self._examination(couple, child),
            "手机号": self.phone() if grown else "",
            **child.row,
        }

    def _examination(self, couple: Couple, child: Someone) -> str:
        """Entries for the examination of the year, as far as the bureau's list has come."""
        if child.born not in (1997, 1998) or child.died_on:
            return ""
        is_entitled = (couple.is_rural or len(couple.children) == 1) and self._qualifies(couple)
        name = "examinees" if is_entitled else "other_examinees"
        if not self.lacks(name):
            return ""
        self.made[name] += 1
        return "2013"

    def rows(self) -> Iterator[Row]:
        """All rows, until so many people live in the county."""
        while self.living < self.residents:
            yield from self.special()
            yield from self.clan()
        while any(self.lacks(name) for name in ("reward", "child_died", "child_disabled", "lump_sum")):
            yield from self.special()


def write_full_residents(
    path: Path, *, villages: list[str], residents: int, seed: int, today: datetime.date
) -> int:
    """Write the file of a county in which so many people live; returns how many rows there are."""
    county = FullCounty(villages, seed, today, residents)
    rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADERS, restval="")
        writer.writeheader()
        for row in county.rows():
            writer.writerow(row)
            rows += 1
    return rows
