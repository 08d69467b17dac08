"""Names to search for. What people say is stated here on its own, not taken from the code under test."""

import random

SPOKEN = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin "
    "高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 冯feng 邓deng 曹cao 彭peng 吕lv 苏su 蒋jiang 蔡cai"
)
POLYPHONIC = (
    "单shan 曾zeng 仇qiu 解xie 区ou 朴piao 任ren 华hua 查zha 盖ge 翟zhai 缪miao 尉wei 乐yue 覃qin 员yuan 黑he "
    "卜bu 薄bo 召shao 宿su 车che 柏bai 贾jia 纪ji 万wan 石shi 盛sheng 宁ning 尉迟yuchi 万俟moqi 令狐linghu "
    "长孙zhangsun 单于chanyu 欧阳ouyang 司马sima 诸葛zhuge 澹台tantai 乐正yuezheng"
)
GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao 明ming 超chao"
    " 秀xiu 霞xia 平ping 刚gang 桂gui 英ying 华hua 玉yu 兰lan 文wen 辉hui 红hong 建jian 志zhi 宏hong 海hai 波bo 晓xiao"
    " 春chun 梅mei 国guo 庆qing 望wang 舒shu 书shu 远yuan 子zi 涵han 梓zi 萱xuan 浩hao 宇yu 欣xin 怡yi 诗shi 琪qi"
    " 雨yu 泽ze 思si 佳jia 慧hui 鹏peng 飞fei 亮liang 斌bin 凯kai 峰feng 龙long 雪xue 琳lin 倩qian 婷ting 颖ying"
    " 瑞rui 嘉jia 俊jun 博bo 天tian 德de 永yong 福fu 寿shou 康kang 乐le 行xing 朝chao 长chang 重zhong 盛sheng 绿lv 旭xu"
    " 阳yang"
)
CITIES = (
    "重庆",
    "成都",
    "武汉",
    "北京",
    "广州",
    "长沙",
    "杭州",
    "西安",
    "长春",
    "厦门",
    "青岛",
    "六安",
    "蚌埠",
    "乐山",
    "长乐",
)
HOUSES = ["人民医院", "中医院", "妇幼保健院", "第一医院", "第二医院", "社区卫生服务中心", "大药房", "中心卫生院"]


def _entries(table: str) -> list[tuple[str, str]]:
    entries = []
    for word in table.split():
        written = "".join(c for c in word if not c.isascii())
        entries.append((written, word[len(written) :]))
    return entries


_SPOKEN, _POLYPHONIC, _GIVEN = _entries(SPOKEN), _entries(POLYPHONIC), _entries(GIVEN)


def persons(number: int, seed: int) -> list[tuple[str, str]]:
    """(name, as it is said) with three in ten surnames read otherwise than usual; names may come twice."""
    draw = random.Random(seed)
    found = []
    for _ in range(number):
        parts = [draw.choice(_POLYPHONIC if draw.random() < 0.3 else _SPOKEN)]
        parts += draw.choices(_GIVEN, k=1 if draw.random() < 0.2 else 2)
        found.append(("".join(part[0] for part in parts), "".join(part[1] for part in parts)))
    return found


def told_apart(number: int, seed: int = 1) -> list[tuple[str, str]]:
    """As many different names."""
    return list(dict(persons(number * 2, seed)).items())[:number]


def institutions(number: int, seed: int = 2) -> list[str]:
    draw = random.Random(seed)
    return [
        f"{draw.choice(CITIES)}市{draw.choice('东西南北')}{draw.choice('城湖阳庆')}区{draw.choice(HOUSES)}"
        for _ in range(number)
    ]
