"""The order in which a clerk looks for names, and the letters she types to find them.

The database has no Chinese collation, so a name carries a sort key that is
compared byte by byte (COLLATE "C"). Names are ordered as directories order them:
character by character, each by syllable, then tone, then the character itself,
so that one surname stays together. Characters without a known reading come last.

Each character has one reading wherever it stands, but a surname its own: 曾 is
zēng as a surname and céng elsewhere. Sources: pypinyin's dictionary of single
characters; surname readings after Xiandai Hanyu Cidian.
"""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Its dictionary of phrases is not used here, and takes every process a second and forty megabytes to load.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin.constants import PINYIN_DICT  # reads the environment as it is loaded

# Readings as syllable and tone; ü is written v, as it is typed.
_SURNAMES = {
    "曾": "zeng1", "单": "shan4", "單": "shan4", "仇": "qiu2", "解": "xie4", "查": "zha1", "区": "ou1",
    "區": "ou1", "任": "ren2", "华": "hua4", "華": "hua4", "朴": "piao2", "缪": "miao4", "繆": "miao4",
    "翟": "zhai2", "葛": "ge3", "盖": "ge3", "蓋": "ge3", "洗": "xian3", "员": "yun4", "員": "yun4",
    "秘": "bi4", "祕": "bi4", "覃": "qin2", "黑": "he4", "折": "she2", "种": "chong2", "繁": "po2",
    "哈": "ha3", "那": "na1", "能": "nai4", "牟": "mu4", "隗": "wei3", "乜": "nie4", "召": "shao4",
    "祭": "zhai4", "於": "yu1", "郇": "xun2", "佴": "nai4", "燕": "yan1", "过": "guo1", "過": "guo1",
    "阚": "kan4", "句": "gou1", "撒": "sa3", "相": "xiang4", "都": "du1", "卜": "bu3", "占": "zhan1",
    "乐": "yue4", "樂": "yue4", "甯": "ning4", "重": "chong2", "纪": "ji3", "紀": "ji3", "弹": "tan2",
    "粘": "nian2", "适": "kuo4", "藏": "zang1", "颉": "xie2", "薄": "bo2", "长": "zhang3", "長": "zhang3",
}  # fmt: skip
# Only those whose characters sound different together; 欧阳 and 司马 need no entry.
_COMPOUND_SURNAMES = {
    "尉迟": "yu4 chi2", "尉遲": "yu4 chi2", "万俟": "mo4 qi2", "萬俟": "mo4 qi2", "单于": "chan2 yu2",
    "單于": "chan2 yu2", "令狐": "ling2 hu2", "澹台": "tan2 tai2", "澹臺": "tan2 tai2", "诸葛": "zhu1 ge3",
    "諸葛": "zhu1 ge3", "夹谷": "jia2 gu3", "耶律": "ye1 lv4", "宰父": "zai3 fu3",
}  # fmt: skip

_SYLLABLES = """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biang biao bie bin bing bo bong bu ca cai can
    cang cao ce cei cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan
    chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de den deng di dian diao die
    din ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng fiao fo fou fu ga gai
    gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen
    heng hm hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju
    juan jue jun ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang
    lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve m ma mai man
    mang mao me mei men meng mi mian miao mie min ming miu mo mou mu n na nai nan nang nao ne nei nen neng
    ni nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao pei pen
    peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun
    ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai
    shan shang shao she shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan
    sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan
    wang wei wen weng wo wong wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang
    yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang
    zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui
    zun zuo
    """
SYLLABLES = tuple(_SYLLABLES.split())
"""Every syllable that a character of the dictionary is read by."""

# What the dictionary lacks, or puts behind a reading that names do not have.
_ELSEWHERE = {"𠮷": "ji2", "\U00020bb6": "ji2", "〇": "ling2", "长": "chang2", "長": "chang2", "晟": "sheng4"}
_UNREAD = "~"
KEY_LENGTH = 200
_TONED_U_UMLAUT = str.maketrans("ü", "v")


class _Reading(NamedTuple):
    """How one character sounds; an unread one stands for itself."""

    syllable: str
    tone: str


def sort_key(name: str) -> str:
    """A key whose order under COLLATE "C" is the pinyin order of names; at most 200 characters."""
    return "".join(_keyed(character, reading) for character, reading in _readings(name))[:KEY_LENGTH]


def spelled(name: str) -> str:
    """The name in pinyin letters without tones or blanks: 曾静伟 is `zengjingwei`, 吕 is `lv`."""
    return "".join(
        reading.syllable if reading.tone else character.lower() for character, reading in _readings(name)
    )


def initials(name: str) -> str:
    """The first letter of each syllable: 曾静伟 is `zjw`."""
    return "".join(
        (reading.syllable if reading.tone else character.lower())[0] for character, reading in _readings(name)
    )


def beginnings(text: str) -> set[str]:
    """The keys with which the sort keys of names begin that begin with these characters.

    More than one where the characters may be the start of a compound surname that is read otherwise:
    names that begin with 尉 are those of the family Wei and those of the family Yuchi.
    """
    characters = [character for character in text if character.isalnum()]
    if not characters:
        return set()
    fillers = {"一"}
    if len(characters) == 1:
        fillers |= {both[1] + "一" for both in _COMPOUND_READINGS if both[0] == characters[0]}
    return {
        "".join(
            _keyed(character, reading)
            for character, reading in _readings("".join(characters) + filler)[: len(characters)]
        )[:KEY_LENGTH]
        for filler in fillers
    }


def syllables_of(character: str, *, at_beginning: bool) -> set[str]:
    """How a character of a name may sound, at its beginning or further on; one without a reading stays."""
    heard = {_reading(character)}
    if at_beginning and character in _SURNAME_READINGS:
        heard.add(_SURNAME_READINGS[character])
    for both, readings in _COMPOUND_READINGS.items():
        heard |= {reading for each, reading in zip(both, readings, strict=True) if each == character}
    return {reading.syllable if reading.tone else character.lower() for reading in heard}


def _readings(name: str) -> list[tuple[str, _Reading]]:
    # Middle dots and blanks separate, they do not sound.
    characters = [character for character in name if character.isalnum()]
    readings = [_reading(character) for character in characters]
    if len(characters) > 2 and (compound := _COMPOUND_READINGS.get("".join(characters[:2]))):
        readings[:2] = compound
    elif characters and (single := _SURNAME_READINGS.get(characters[0])):
        readings[0] = single
    return list(zip(characters, readings, strict=True))


def _keyed(character: str, reading: _Reading) -> str:
    if reading.tone:
        # Digits sort below letters, so `an` comes before `ang`; a colon stands
        # between them, so that lü follows lu and precedes luan.
        return f"{reading.syllable.replace('v', 'u:')}{reading.tone}{character}"
    if character.isascii():
        return f"{character.lower()}0{character}"
    return _UNREAD + character


@lru_cache(maxsize=16384)
def _reading(character: str) -> _Reading:
    if character in _ELSEWHERE:
        return _split(_ELSEWHERE[character])
    listed = PINYIN_DICT.get(ord(character))
    if listed is None:
        return _Reading("", "")
    return _toned(listed.split(",")[0])


def _toned(marked: str) -> _Reading:
    """`zēng` as syllable and tone number; no mark is the neutral tone, 5."""
    tone = "5"
    letters = []
    for letter in unicodedata.normalize("NFD", marked):
        if letter in _TONE_MARKS:
            tone = _TONE_MARKS[letter]
        else:
            letters.append(letter)
    syllable = unicodedata.normalize("NFC", "".join(letters)).translate(_TONED_U_UMLAUT)
    # A few interjections are written with a circumflex (ê).
    return _Reading(syllable.replace("ê", "e"), tone)


def _split(written: str) -> _Reading:
    return _Reading(written[:-1], written[-1])


_TONE_MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_SURNAME_READINGS = {surname: _split(written) for surname, written in _SURNAMES.items()}
_COMPOUND_READINGS = {
    surname: [_split(written) for written in both.split()] for surname, both in _COMPOUND_SURNAMES.items()
}
