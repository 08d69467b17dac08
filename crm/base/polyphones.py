"""Characters with more than one reading that people would type: facts of the language, kept by hand.

A dictionary of all readings is too generous (it knows 红 as gong, 信 as shen): each doubtful reading
makes more wrong hits than it finds right ones. The first reading of an entry is the likely one.
"""

_SURNAMES = """
单 shan dan chan    曾 zeng ceng   仇 qiu chou    解 xie jie     区 ou qu       朴 piao pu     任 ren
华 hua         查 zha cha     盖 ge gai      乐 yue le      翟 zhai di     缪 miao mou miu
尉 wei yu      种 chong zhong 折 she zhe     重 chong zhong 覃 qin tan     谌 chen shen   隗 wei kui
员 yun yuan    郇 xun huan    冼 xian        洗 xian xi     黑 he hei      繁 po fan      祭 zhai ji
秘 bi mi       卜 bu bo       薄 bo bao      召 shao zhao   句 gou ju      幺 yao         么 yao me
宿 su xiu      车 che ju      柏 bai bo      贾 jia gu      纪 ji          葛 ge          应 ying
过 guo         晁 chao        石 shi         盛 sheng cheng 宁 ning        令 ling        万 wan mo
哈 ha          那 na          能 nai neng    佴 nai         乜 nie         逄 pang        璩 qu
瞿 qu          郗 xi chi      郄 qie xi      郝 hao         殷 yin         阚 kan         昝 zan
逯 lu          芮 rui         庹 tuo         妫 gui         妥 tuo         牟 mu mou      卓 zhuo
干 gan         教 jiao        降 jiang xiang 角 jue jiao    靓 jing liang  鲜 xian        相 xiang
行 xing hang   长 chang zhang 朝 chao        占 zhan        訾 zi          撒 sa          邵 shao
适 kuo shi     炔 gui         炅 gui jiong   术 zhu shu     叶 ye          会 gui hui     都 du dou
强 qiang jiang 藏 zang cang   臧 zang        俞 yu          於 yu          余 yu          予 yu
褚 chu         储 chu         司 si          沈 shen        曲 qu          钭 tou         甯 ning
麴 qu          笪 da          呙 guo         戚 qi          亓 qi          亢 kang        仉 zhang
郜 gao         妘 yun         褟 ta          谯 qiao        佟 tong        冯 feng        娄 lou
澹 tan dan     粘 nian zhan   弗 fu fei      不 fou bu      大 da          夏 xia         洪 hong
尹 yin         於 yu          佘 she         荀 xun         亶 dan         筰 zuo         莘 shen xin
"""

_DOUBLE_SURNAMES = """
欧阳 ou yang     司马 si ma       上官 shang guan  诸葛 zhu ge      司徒 si tu       东方 dong fang
独孤 du gu       南宫 nan gong    夏侯 xia hou     皇甫 huang fu    尉迟 yu chi      公孙 gong sun
慕容 mu rong     令狐 ling hu     长孙 zhang sun   宇文 yu wen      轩辕 xuan yuan   万俟 mo qi
澹台 tan tai     公冶 gong ye     宗政 zong zheng  濮阳 pu yang     淳于 chun yu     单于 chan yu
太叔 tai shu     申屠 shen tu     仲孙 zhong sun   钟离 zhong li    鲜于 xian yu     闾丘 lv qiu
司空 si kong     亓官 qi guan     赫连 he lian     呼延 hu yan      百里 bai li      东郭 dong guo
西门 xi men      南门 nan men     羊舌 yang she    梁丘 liang qiu   左丘 zuo qiu     第五 di wu
端木 duan mu     拓跋 tuo ba      贺兰 he lan      纳兰 na lan      段干 duan gan    巫马 wu ma
公羊 gong yang   谷梁 gu liang    乐正 yue zheng   漆雕 qi diao     壤驷 rang si     公良 gong liang
夹谷 jia gu      微生 wei sheng   子车 zi ju       颛孙 zhuan sun   东里 dong li     即墨 ji mo
爱新觉罗 ai xin jue luo           叶赫那拉 ye he na la
"""

_IN_NAMES = """
乐 le yue      长 chang zhang 重 zhong chong 行 xing hang   朝 chao zhao   曾 zeng ceng   单 dan shan
盛 sheng cheng 晟 sheng cheng 柏 bai bo      茜 qian xi     卓 zhuo        传 chuan zhuan 藏 cang zang
参 can shen    朴 pu piao     奇 qi ji       强 qiang jiang 会 hui kuai    都 du dou      和 he huo
盖 gai ge      殷 yin yan     率 shuai lv    车 che ju      秘 mi bi       宿 su xiu      伽 jia qie
降 jiang xiang 蕃 fan bo      员 yuan        种 zhong chong 仇 chou qiu    解 jie xie     区 qu ou
查 cha zha     翟 zhai di     召 zhao shao   尉 wei yu      石 shi         大 da dai      娜 na nuo
说 shuo yue    觉 jue jiao    好 hao         便 bian pian   调 diao tiao   弹 tan dan     奔 ben
佛 fo fu       艾 ai yi       蔚 wei yu      漂 piao        珺 jun         省 sheng xing  校 xiao jiao
角 jiao jue    炅 jiong gui   莘 shen xin    筠 yun jun     瑾 jin         拓 tuo ta      骁 xiao
洋 yang        俞 yu          莞 guan wan    峒 dong tong   洞 dong tong   番 fan pan     堡 bao pu bu
埔 pu bu       厦 sha xia     泊 bo po       浒 hu xu       台 tai         六 liu lu      夹 jia
圳 zhen        铅 qian yan    什 shi         东 dong        丽 li          红 hong        信 xin
贾 jia gu      屏 ping bing   臭 chou        系 xi ji       血 xue xie     脉 mai mo      壳 ke qiao
薄 bo bao      臂 bi bei      泌 mi bi       咽 yan ye      吓 xia he      露 lu lou      绿 lv lu
弄 nong long   斗 dou         巷 xiang hang  卡 ka qia      燕 yan         纶 lun guan    亲 qin qing
"""

_IN_PLACES = """
长 chang zhang 重 chong zhong 朝 chao zhao   乐 le yue      行 hang xing   厦 xia sha     堡 bao pu bu
埔 pu bu       泊 bo po       六 lu liu      番 pan fan     莞 guan wan    蔚 yu wei      浒 hu xu
铅 yan qian    阿 a e         单 dan shan    亳 bo          血 xue xie     露 lu lou      荥 xing ying   郯 tan
"""


def _entries(table: str) -> dict[str, list[str]]:
    entries: dict[str, list[str]] = {}
    syllables: list[str] = []
    for word in table.split():
        if word.isascii():
            syllables.append(word)
        else:
            entries[word] = syllables = []
    return entries


SURNAMES: dict[str, list[str]] = _entries(_SURNAMES)
"""A surname of one character: its readings."""

DOUBLE_SURNAMES: dict[str, list[str]] = _entries(_DOUBLE_SURNAMES)
"""A surname of two characters and more: its syllables."""

IN_NAMES: dict[str, list[str]] = _entries(_IN_NAMES)
"""A character of a given name: its readings."""

IN_PLACES: dict[str, list[str]] = _entries(_IN_PLACES)
"""A character of an institution's name whose reading hangs on a place that no dictionary of words knows."""


def _syllables() -> frozenset[str]:
    """Every syllable of standard Chinese without tones; ü is v, and u where people drop the dots."""
    finals = {
        "": "a o e ai ei ao ou an en ang eng er yi ya yo ye yao you yan yin yang ying yong yu yue yuan yun"
        " wu wa wo wai wei wan wen wang weng",
        "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
        "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
        "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
        "f": "a o ei ou an en ang eng u",
        "d": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un ia",
        "t": "a e ai ei ao ou an ang eng ong i ie iao ian ing u uo ui uan un",
        "n": "a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan un v ve ue",
        "l": "a o e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve ue",
        "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "k": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "h": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "j": "i ia ie iao iu ian in iang ing iong u ue uan un",
        "q": "i ia ie iao iu ian in iang ing iong u ue uan un",
        "x": "i ia ie iao iu ian in iang ing iong u ue uan un",
        "zh": "i a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "ch": "i a e ai ao ou an en ang eng ong u ua uo uai ui uan un uang",
        "sh": "i a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang",
        "r": "i e ao ou an en ang eng ong u ua uo ui uan un",
        "z": "i a e ai ei ao ou an en ang eng ong u uo ui uan un",
        "c": "i a e ai ao ou an en ang eng ong u uo ui uan un",
        "s": "i a e ai ao ou an en ang eng ong u uo ui uan un",
    }
    return frozenset(initial + final for initial, endings in finals.items() for final in endings.split())


SYLLABLES = _syllables()
