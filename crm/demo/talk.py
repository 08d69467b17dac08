"""What a visit was about, beyond whom and when: purpose, key messages, needs, objections, materials, who came along,
and how late it was written down."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.demo import vocabulary as words
from crm.demo.dice import dice
from crm.demo.people import Person

PURPOSES = (
    "例行拜访，了解近期排班", "介绍说明书更新", "答复上次的问题", "商量科内学习安排", "跟进准入进度",
    "送资料并听取意见", "认识新来的医生",
)  # fmt: skip
SHOP_PURPOSES = ("查看陈列和库存", "核对近效期", "店员产品知识培训", "商量会员日安排", "跟进到货和缺货")
MESSAGES = (  # by the number of the product; about papers and supply, no claims
    ("说明书更新要点", "医保支付范围说明", "一天一次的用法说明", "安全性信息上报方式"),
    ("适应症范围与说明书原文", "规格和包装变化", "冷链配送时效", "药物相互作用提示页"),
    ("患者教育材料", "长处方备货建议", "儿童瓶盖新包装", "供货计划与批号查询"),
)
NEEDS = (
    "想要一页纸的用法卡", "希望先发会议日程", "想看真实世界文献原文", "需要门诊随访表", "希望固定每月一次科内学习",
    "想了解医保支付规则变化",
)  # fmt: skip
SHOP_NEEDS = ("要两套陈列价签", "希望补一次店员培训", "想提前知道到货时间", "要会员日海报")
OBJECTIONS = (
    "疗效疑虑：想看更长时间的随访数据", "价格比集采品种高", "科里用惯了现在的方案",
    "担心供货中断", "目前太忙，不想换资料",
)  # fmt: skip
SHOP_OBJECTIONS = ("价格太高，客人会比价", "缺资金，不想压货", "与现厂家感情好", "以前没做好，怕再缺货")
MATERIALS = ("说明书新版", "一页纸产品资料", "文献原文一篇", "患者教育手册十册", "科室会议程")
SHOP_MATERIALS = ("陈列价签", "店员培训单页", "患者教育折页")
COMPETITORS = ("进口原研本周有科会", "同类一家代表换人", "集采品种刚到货，科里在试", "同类在做店员培训")
_ZONE = ZoneInfo(words.TIME_ZONE)
_LATE, _LATE_WEIGHTS = (0, 1, 2, 3), (80, 13, 5, 2)  # days; three are allowed


@dataclass(frozen=True)
class Talk:
    purpose: str
    joint_with: str
    needs: str
    objections: str
    materials: str
    competitors: str
    messages: list[str]
    known_on: date
    reported_at: datetime


def talk_of(visit: str, person: Person, rep: str, manager: str, day: date, products: list[int], today: date) -> Talk:
    """Of the visit with this id. The manager goes along for whole days."""
    random = dice("talk", visit)
    shop = not person.at.is_medical

    def perhaps(share: float, ours: tuple[str, ...]) -> str:
        said = random.choice(ours)
        return said if random.random() < share else ""

    known_on = min(day + timedelta(days=random.choices(_LATE, _LATE_WEIGHTS)[0]), today - timedelta(days=1))
    written = time(random.randint(12, 21), random.randrange(60), random.randrange(60))
    return Talk(
        purpose=perhaps(0.85, SHOP_PURPOSES if shop else PURPOSES),
        joint_with=manager if dice("joint", rep, day.isoformat()).random() < 0.05 else "",
        needs=perhaps(0.18, SHOP_NEEDS if shop else NEEDS),
        objections=perhaps(0.1, SHOP_OBJECTIONS if shop else OBJECTIONS),
        materials=perhaps(0.3, SHOP_MATERIALS if shop else MATERIALS),
        competitors=perhaps(0.06, COMPETITORS),
        messages=[random.choice(MESSAGES[product]) for product in products],
        known_on=known_on,
        reported_at=datetime.combine(known_on, written, _ZONE),
    )
