"""Sentences that explain why no plan exists and what would repair it."""

EXPLAIN: dict[str, tuple[str, str]] = {
    # What is in conflict.
    "why.conflict": (
        "These {count} rules cannot all be kept, whatever plan is made:",
        "无论采用何种方案，以下 {count} 条规则都不能同时满足：",
    ),
    "why.conflict one": ("This rule cannot be kept by any plan:", "任何方案都无法满足以下规则："),
    "why.more": ("Independently of that, these cannot be kept together either:", "此外，以下规则同样不能同时满足："),
    "why.more one": ("Independently of that, this one cannot be kept either:", "此外，以下规则同样无法满足："),
    "why.more singles": (
        "Independently of that, each of these by itself cannot be kept either:",
        "此外，以下每一条规则单独也无法满足：",
    ),
    "why.smallest": (
        "Proven: no smaller set of rules is in conflict.",
        "已证明：不存在规则更少的冲突组合。",
    ),
    "why.irreducible": (
        "If any one of them is dropped, the others can be kept. Whether fewer rules are in conflict elsewhere is not "
        "known.",
        "去掉其中任何一条，其余即可同时满足；是否存在规则更少的冲突组合尚不可知。",
    ),
    "why.stopped conflict": (
        "Time ran out before this list could be proven shortest: some of these rules may be innocent.",
        "时间用尽，未能证明此清单最短：其中某些规则可能与冲突无关。",
    ),
    "why.whole": (
        "The conflict comes from decisions that cannot be taken by halves, such as preparing a site or not.",
        "冲突源于不可分割的决策，例如某场所准备或不准备。",
    ),
    "why.structural": (
        "The contradiction lies deeper than the rules: even without any rule there is no plan.",
        "矛盾不在规则：即使去掉全部规则，也不存在方案。",
    ),
    "why.clash": ("These parts of the program contradict one another:", "模型的以下部分互相矛盾："),
    "why.clash bounds": (
        "The limits of the decisions themselves contradict one another.",
        "决策变量自身的取值范围互相矛盾。",
    ),
    "why.clash unknown": (
        "Time ran out before the list could be shortened: some of these may be innocent.",
        "时间用尽，清单未能缩短：其中某些部分可能与矛盾无关。",
    ),
    "why.part": ("{name}: {meaning}", "{name}：{meaning}"),
    # Rules.
    "rule.promise all": (
        "Promise {number} ({level} shocks): everybody in need has a place in {case} ({total} people).",
        "承诺 {number}（{level}灾害）：{case}，需要安置的 {total} 人全部有去处。",
    ),
    "rule.promise": (
        "Promise {number} ({level} shocks): at most {share} of those in need have no place in {case} "
        "({limit} of {total} people).",
        "承诺 {number}（{level}灾害）：{case}，没有去处的人不超过需要安置者的 {share}（{total} 人中的 {limit} 人）。",
    ),
    "rule.goods": (
        "Promise {number} ({level} shocks): the promised part of the {commodity} asked for arrives in {case}.",
        "承诺 {number}（{level}灾害）：{case}，所需{commodity}按承诺的比例送达。",
    ),
    "rule.budget": ("Budget: at most {limit} {unit} before the event.", "预算：灾前支出不超过 {limit} {unit}。"),
    "rule.count": ("At most {limit} sites are prepared as “{mode}”.", "准备为“{mode}”的场所不超过 {limit} 处。"),
    "rule.count one": ("At most one site is prepared as “{mode}”.", "准备为“{mode}”的场所不超过 1 处。"),
    "rule.count none": ("No site is prepared as “{mode}”.", "不准备“{mode}”类场所。"),
    "rule.required": ("“{site}” must be prepared.", "必须准备“{site}”。"),
    "rule.required_option": ("“{site}” must be prepared as “{mode}”.", "必须将“{site}”准备为“{mode}”。"),
    "rule.tied_in": (
        "“{place}” keeps {limit} separate corridors to the gateways.",
        "“{place}”与出入口之间保持 {limit} 条互不重合的应急通道。",
    ),
    "rule.tied_in one": ("“{place}” keeps a corridor to a gateway.", "“{place}”与出入口之间保持应急通道。"),
    "rule.standing": (
        "At least {limit} {unit} of {commodity} are held in stock.",
        "{commodity}储备不少于 {limit} {unit}。",
    ),
    "rule.limit": ("Limit on {objective}: at most {limit} {unit}.", "对“{objective}”的限制：不超过 {limit} {unit}。"),
    "rule.at least": ("{where}: at least {limit} {unit}. {meaning}", "{where}：至少 {limit} {unit}。{meaning}"),
    "rule.at most": ("{where}: at most {limit} {unit}. {meaning}", "{where}：至多 {limit} {unit}。{meaning}"),
    # The case that a promise row is about.
    "case": ("“{scenario}”{phase}{zone}", "“{scenario}”情景{phase}{zone}"),
    "case.phase": (", {phase}", "的{phase}"),
    "case.zone": (", district {zone}", "，{zone}片区"),
    "phase.hours": ("first hours", "最初数小时"),
    "phase.days": ("first days", "最初数日"),
    "phase.weeks": ("following weeks", "随后数周"),
    "unit.people": ("people", "人"),
    "unit.person-minutes": ("person-minutes", "人·分钟"),
    "unit.user-days": ("user-days", "人·天"),
    "unit.person-days": ("person-days", "人·天"),
    # Repairs.
    "repair.best": (
        "What would help at the least change (proven; every limit counted by its relative change):",
        "改动最小的补救办法（已证明；各项限制按相对变化计算）：",
    ),
    "repair.found": (
        "What would help, the least change found (there may be a smaller one; every limit counted by its relative "
        "change):",
        "目前找到的改动最小的补救办法（可能存在更小的；各项限制按相对变化计算）：",
    ),
    "repair.whole": (
        "Or, with one share for each promise in all its cases:",
        "或者，每项承诺在所有情形中采用同一比例：",
    ),
    "repair.alone": ("Or, changing only {kind}:", "或者，只改动{kind}："),
    "repair.checked": (
        "Each of these was checked: with the changed limits there is a plan.",
        "以上每一种办法都经过核验：按改动后的限制，方案存在。",
    ),
    "repair.not alone": (
        "Proven: no change of {kind} alone is enough.",
        "已证明：单独改动{kind}，无论多大都不够。",
    ),
    "repair.none": ("No repair was found in the time given.", "在给定时间内未找到补救办法。"),
    "repair.time": (
        "Time ran out before all repairs were looked for: allow more.",
        "时间用尽，未能查遍补救办法：请延长时间。",
    ),
    "repair.interrupt": ("Interrupted before all repairs were looked for.", "已中断，未能查遍补救办法。"),
    "kind.promise": ("promise {number} ({level} shocks)", "承诺 {number}（{level}灾害）"),
    "kind.goods": ("the goods of promise {number} ({level} shocks)", "承诺 {number}（{level}灾害）的物资部分"),
    "kind.budget": ("the budget", "预算"),
    "kind.count": ("the numbers of sites", "场所数量"),
    "kind.required": ("the required sites", "必备场所"),
    "kind.required_option": ("the required uses of sites", "场所的必备用途"),
    "kind.tied_in": ("the corridors of key places", "重要场所的应急通道"),
    "kind.standing": ("the standing stock", "常备物资"),
    "kind.limit": ("the limit on {objective}", "对“{objective}”的限制"),
    "change.share": (
        "promise {number} ({level} shocks): allow {to} instead of {share} of those in need without a place, in every "
        "case",
        "承诺 {number}（{level}灾害）：各情形中没有去处者的比例由 {share} 放宽到 {to}",
    ),
    "change.given up": (
        "give promise {number} ({level} shocks) up, if one share is to count for every case",
        "若各情形须采用同一比例，则放弃承诺 {number}（{level}灾害）",
    ),
    "change.promise": (
        "promise {number}, {case}: accept more people without a place: {parts}{zones}",
        "承诺 {number}，{case}：放宽没有去处的人数：{parts}{zones}",
    ),
    "change.part": ("{to} instead of {limit} of {total}", "由 {limit} 人放宽到 {to} 人（共 {total} 人）"),
    "change.part phase": (
        "{phase} {to} instead of {limit} of {total}",
        "{phase}由 {limit} 人放宽到 {to} 人（共 {total} 人）",
    ),
    "change.zones": (
        "; in the plan that we checked most of them live in {zones}",
        "；在核验的方案中，他们多数住在{zones}",
    ),
    "change.goods": (
        "promise {number}, {case}: accept that {by} more {unit} of {commodity} are short than promised",
        "承诺 {number}，{case}：允许{commodity}比承诺多缺 {by} {unit}",
    ),
    "change.budget": (
        "raise the budget from {limit} to {to} {unit} (by {by})",
        "将预算由 {limit} 提高到 {to} {unit}（增加 {by}）",
    ),
    "change.count": (
        "prepare up to {to} instead of {limit} sites as “{mode}”",
        "准备为“{mode}”的场所由 {limit} 处放宽到 {to} 处",
    ),
    "change.required": ("do not insist on “{site}”", "不再要求“{site}”"),
    "change.required_option": ("do not insist on “{site}” as “{mode}”", "不再要求将“{site}”准备为“{mode}”"),
    "change.tied_in": (
        "let “{place}” have {to} instead of {limit} separate corridors to the gateways",
        "“{place}”与出入口之间的应急通道由 {limit} 条减为 {to} 条",
    ),
    "change.standing none": ("do not insist on standing stock of {commodity}", "不再要求常备{commodity}"),
    "change.standing": (
        "hold at least {to} instead of {limit} {unit} of {commodity}",
        "{commodity}储备下限由 {limit} 降到 {to} {unit}",
    ),
    "change.limit": (
        "raise the limit on {objective} from {limit} to {to} {unit}",
        "将对“{objective}”的限制由 {limit} 放宽到 {to} {unit}",
    ),
    "change.other": ("{where}: {to} instead of {limit} {unit}", "{where}：由 {limit} 改为 {to} {unit}"),
    "rule.more": ("and {count} more rules", "另有 {count} 条规则"),
    "change.more": ("and {count} more changes", "另有 {count} 项改动"),
}
