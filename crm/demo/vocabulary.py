"""The words of the demo country. Everything is invented: no real hospital, company, drug or person is meant."""

NATION = "全国"
LAW, TIME_ZONE = "CN", "Asia/Shanghai"

# Region > districts > territories. The first district alone is a whole small country: it has the vacant
# territory and the rep who moved, so that a test may load nothing else.
REGIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "江南大区": {
        "西溪地区": ("西溪湾", "望江", "九溪", "南屏"),
        "滨湖地区": ("文澜", "云栖", "柳浦", "澄湖湾"),
        "东渡地区": ("东渡口", "青石渡", "鹭汀", "槐花渡"),
    },
    "澜北大区": {
        "青屏地区": ("青屏山", "砚溪坞", "松坞", "竹溪坞"),
        "鹤汀地区": ("鹤汀浦", "霁川", "芦汀", "兰陂"),
    },
}
# Districts that stood elsewhere until half a year ago: under what.
FORMERLY = {"西溪地区": "全国", "青屏地区": "江南大区"}
VACANT = "南屏"  # since its rep moved to MOVED_TO, whose rep had left
MOVED_TO = "九溪"

# Our own people: name and the name to sign in with. Reps in the order of the territories.
REPS = (
    ("林晓", "linxiao"), ("徐若兰", "xuruolan"), ("宋知夏", "songzhixia"),
    ("何以宁", "heyining"), ("高远帆", "gaoyuanfan"), ("方念慈", "fangnianci"), ("陶静言", "taojingyan"),
    ("赵一鸣", "zhaoyiming"), ("郑怀瑾", "zhenghuaijin"), ("梁秋白", "liangqiubai"), ("叶青禾", "yeqinghe"),
    ("谢临川", "xielinchuan"), ("潘以南", "panyinan"), ("江映荷", "jiangyinghe"), ("唐允之", "tangyunzhi"),
    ("苏见微", "sujianwei"), ("邵行之", "shaoxingzhi"), ("顾晚晴", "guwanqing"), ("秦牧野", "qinmuye"),
)  # fmt: skip
LEAVER = ("吕思齐", "lvsiqi")
DISTRICT_MANAGERS = (
    ("郑明远", "zhengmingyuan"), ("卢清嘉", "luqingjia"), ("范书衡", "fanshuheng"), ("蒋怀民", "jianghuaimin"),
    ("崔予安", "cuiyuan"),
)  # fmt: skip
REGIONAL_MANAGERS = (("沈亦舟", "shenyizhou"), ("韩朝阳", "hanzhaoyang"))
NATIONAL_MANAGER = ("杜若谦", "duruoqian")
OPERATIONS = ("贺敏之", "heminzhi")
COMPLIANCE = ("严守正", "yanshouzheng")
STAFF = (*REPS, LEAVER, *DISTRICT_MANAGERS, *REGIONAL_MANAGERS, NATIONAL_MANAGER, OPERATIONS, COMPLIANCE)

# Products: name, unit, price of a unit in whole yuan.
PRODUCTS = (("诺泽平", "盒", 86), ("恒络宁", "盒", 142), ("清禾", "瓶", 58))

# Institutions
CHAINS = ("清渠大药房", "禾沐药房")
HEADQUARTERS = "连锁总部"  # after the name of the chain
DISTRIBUTORS = ("云汀医药商业有限公司", "砚北医药物流有限公司")
SECOND_TIER = ("汀兰医药配送有限公司", "青坞医药配送有限公司")  # in the order of those they buy from
LONG_INSTITUTION_AT = "砚溪坞"
LONG_INSTITUTION = "砚溪坞老年病与慢性病综合防治暨康复护理联合医疗中心附属第二社区卫生服务中心（松坞与竹溪坞院区合署）"
STREETS = ("栖霞里", "听松路", "临水街", "半山路", "采莲巷", "望舒路", "梧桐里", "晚晴路", "菱塘街", "书院路")

DEPARTMENTS = ("心内科", "肾内科", "内分泌科", "神经内科", "老年科", "呼吸科")
WHOLE = "大内科"  # of which DEPARTMENTS are parts
GENERAL, PHARMACY, OFFICE = "全科", "药剂科", "院办"

# Persons. Given names are uncommon on purpose: a demo doctor should be nobody's namesake.
SURNAMES = (
    "陈", "孟", "周", "何", "李", "韩", "顾", "罗", "温", "段", "白", "邢", "夏", "陆", "沈", "苗", "乔", "柏", "骆",
    "凌", "裴", "尹", "俞", "岑", "舒", "纪", "祁", "费", "阮", "简", "傅", "施", "姚", "余", "钟", "廖", "邹", "汪",
    "万", "石", "汤", "黎", "侯", "龚", "常", "武", "康", "毛", "邱", "江",
)  # fmt: skip
GIVEN_FEMALE = (
    "田田", "书珩", "疏桐", "嘉禾", "清和", "映雪", "念初", "若水", "南枝", "知微", "云岫", "听澜", "晚舟", "采薇",
    "静姝", "瑾瑜", "令仪", "芷汀", "穗安", "思柔", "亦霏", "慕青", "语迟", "霁月", "素问", "雁回", "吟秋", "半夏",
    "梦溪", "菀之",
)  # fmt: skip
GIVEN_MALE = (
    "望舒", "书远", "砚清", "知行", "敬亭", "云舟", "远山", "之恒", "松月", "景行", "既明", "维桢", "怀谷", "子衿",
    "伯庸", "承砚", "牧川", "长亭", "仲远", "鹤眠", "行野", "慎之", "崇礼", "立蘅", "秉舟", "观澜", "修远", "闻道",
    "若川", "乐山",
)  # fmt: skip
LONG_PERSON = "阿卜杜热西提·麦麦提明·阿卜杜克热木·吐尔逊江"
# Some people whom the pictures of the documentation show, by institution, department and position.
CAST = {
    ("西溪湾医院", "心内科", "科主任"): ("陈望舒", "male"),
    ("西溪湾医院", "心内科", "主任医师"): ("李知行", "male"),
    ("西溪湾医院", "心内科", "护士长"): ("何田田", "female"),
    ("西溪湾医院", "肾内科", "主治医师"): ("顾清和", "female"),
    ("西溪湾医院", "药剂科", "药剂科主任"): ("周砚清", "male"),
    (LONG_INSTITUTION, "全科", "科主任"): (LONG_PERSON, "male"),
    ("望江中心医院", "心内科", "科副主任"): ("孟书远", "male"),
    ("九溪中心医院", "内分泌科", "科主任"): ("温书珩", "female"),
}

# Evidence of roles and influence: something seen or said, never a figure about prescriptions.
ROLE_EVIDENCE = {
    "prescriber": ("门诊排班公示", "科室介绍页", "本人自述出诊安排", "学术会议发言"),
    "decision_maker": ("药事会名单公示", "院内任命文件", "科室会上由其拍板", "准入流程由其签字"),
    "influencer": ("同事多次提到其意见", "科内带教老师", "负责排班和通知", "在群里转发会议信息"),
}
INFLUENCE_EVIDENCE = {
    "advice": ("疑难病例常向其请教", "会诊时听取其意见", "科会上被点名请教"),
    "discussion": ("每周病例讨论同组", "共同负责一项课题", "同一学习小组"),
    "hierarchy": ("科室上下级", "带教关系", "任命文件"),
    "friend": ("大学同学", "同期规培", "曾在同一单位工作"),
    "referral": ("双向转诊协议联系人", "医联体对口联系"),
    "purchase_flow": ("经同一采购渠道进货", "由总部统一配送"),
}

# What a rep writes down: business, no medical claims.
NOTES = (
    "门诊结束后简短交流，约定下次带最新版说明书。",
    "科里这周排班紧，建议改到周四中午再来。",
    "介绍了产品资料更新的部分，对方希望看到原文。",
    "询问冷链配送时间，已记下，回去核实后答复。",
    "提到下月有科内学习，可以准备一场小型科室会。",
    "对上次送的资料表示看过，问了两个问题。",
    "人比较忙，站着聊了三分钟，态度客气。",
    "建议先和护士长沟通时间，再约主任。",
    "提到同事也想了解，下次可以一起见。",
    "希望资料再简短一些，最好一页纸。",
    "新轮转医生较多，需要重新认识。",
    "询问准入进度，告知正在按流程办理。",
    "约好电话确认下周的时间。",
    "办公室搬到三楼东侧，电梯出来右转。",
)
SHOP_NOTES = (
    "看了货架陈列，位置靠里，建议换到主通道。",
    "店员新来两位，约好下周做一次产品知识介绍。",
    "近效期商品已核对，没有问题。",
    "店长希望提前一周收到活动通知。",
    "库存够两周，下次到店再补。",
)
NEXT_STEPS = {
    "material": ("送更新版说明书", "送一页纸产品资料", "带文献原文", "送药物经济学资料"),
    "visit": ("当面答复上次的问题", "和主任一起再谈一次", "介绍新来的同事"),
    "call": ("电话确认时间", "回电答复配送问题", "回电告知会议安排"),
    "meeting": ("商定科室会日期", "确认科室会议题", "落实科室会场地"),
}
