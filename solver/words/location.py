"""Sentences about answers to the classic questions of location: what they are worth, what else there is, and why."""

LOCATION: dict[str, tuple[str, str]] = {
    # The answer in a few lines.
    "located.value": ("{aim}: {value}{unit}.", "{aim}：{value}{unit}。"),
    "located.below": ("No plan is below {bound} (gap {gap}).", "没有方案低于 {bound}（差距 {gap}）。"),
    "located.above": ("No plan is above {bound} (gap {gap}).", "没有方案高于 {bound}（差距 {gap}）。"),
    "located.below open": (
        "No plan is below {bound}; how far that is from this plan cannot be said as a share.",
        "没有方案低于 {bound}；与本方案的差距无法以比例表示。",
    ),
    "located.above open": (
        "No plan is above {bound}; how far that is from this plan cannot be said as a share.",
        "没有方案高于 {bound}；与本方案的差距无法以比例表示。",
    ),
    "located.verified below": (
        "Computed from the data without trust in any solver: no plan is below {bound}.",
        "不依赖任何求解器、由数据直接算得：没有方案低于 {bound}。",
    ),
    "located.verified above": (
        "Computed from the data without trust in any solver: no plan is above {bound}.",
        "不依赖任何求解器、由数据直接算得：没有方案高于 {bound}。",
    ),
    "located.sites": ("{count} of {all} sites chosen: {sites}.", "在 {all} 个场所中选定 {count} 个：{sites}。"),
    "located.none": ("None of {all} sites is chosen.", "{all} 个场所中一个也未选。"),
    "located.existing": ("Open already and kept: {sites}.", "已有并保留：{sites}。"),
    "located.more": ("{sites} and {count} more", "{sites} 等（另有 {count} 个）"),
    # Why there is no plan.
    "impossible.rule count": ("number of sites", "场所数量"),
    "unit.sites": ("sites", "个场所"),
    "impossible.rule budget": ("cost of sites", "场所费用"),
    "impossible.reach": (
        "{count} demand points have no allowed site within reach, first {where}.",
        "{count} 个需求点在可达范围内没有任何可用场所，首先是 {where}。",
    ),
    "impossible.reach one": (
        "Demand point {where} has no allowed site within reach.",
        "需求点 {where} 在可达范围内没有任何可用场所。",
    ),
    "impossible.radius": (
        "{count} demand points have no allowed site within {radius}, first {where}.",
        "{count} 个需求点在 {radius} 范围内没有任何可用场所，首先是 {where}。",
    ),
    "impossible.radius one": (
        "Demand point {where} has no allowed site within {radius}.",
        "需求点 {where} 在 {radius} 范围内没有任何可用场所。",
    ),
    "impossible.large": (
        "Demand point {where} takes {need} and goes to one site as a whole, but the largest that it reaches holds "
        "{room}.",
        "需求点 {where} 需容量 {need} 且不可拆分，而其可达的最大场所只能容纳 {room}。",
    ),
    "impossible.near": (
        "Demand point {where} takes {need}, but the sites that it reaches hold {room} altogether.",
        "需求点 {where} 需容量 {need}，而其可达的场所总共只能容纳 {room}。",
    ),
    "impossible.others": ("The same holds for {count} more.", "另有 {count} 个需求点同样如此。"),
    "impossible.capacity": (
        "All demand points together take {need}, but the sites that may open hold {room}.",
        "全部需求点共需容量 {need}，而可用场所总共只能容纳 {room}。",
    ),
    "impossible.largest": (
        "All demand points together take {need}, but the {count} largest sites that may open hold {room}; at least "
        "{least} sites are needed.",
        "全部需求点共需容量 {need}，而最大的 {count} 个可用场所只能容纳 {room}；至少需要 {least} 个场所。",
    ),
    "impossible.fewest": (
        "{p} sites are too few: the other rules need at least {least} (proven).",
        "{p} 个场所太少：其余规则至少需要 {least} 个（已证明）。",
    ),
    "impossible.fewest one": (
        "One site is too few: the other rules need at least {least} (proven).",
        "1 个场所太少：其余规则至少需要 {least} 个（已证明）。",
    ),
    "impossible.most": (
        "{p} sites are too many: the other rules allow at most {most} (proven).",
        "{p} 个场所太多：其余规则最多允许 {most} 个（已证明）。",
    ),
    "impossible.budget": (
        "The budget of {budget} is too small: the cheapest plan that keeps the other rules costs at least {least} "
        "(proven).",
        "预算 {budget} 不足：满足其余规则的最便宜方案至少需要 {least}（已证明）。",
    ),
    "impossible.together": (
        "No plan keeps all the rules; which of them clash was not found in the time given.",
        "没有任何方案能同时满足全部规则；在给定时间内未能查明是哪些规则冲突。",
    ),
    # Other plans.
    "others.head": (
        "{count} other plans lose at most {loss}, each giving up {differ} or more sites of this plan and of one "
        "another.",
        "另有 {count} 个方案损失不超过 {loss}；各方案与本方案及彼此之间至少有 {differ} 个场所不同。",
    ),
    "others.head one": (
        "One other plan loses at most {loss}, giving up {differ} or more sites of this plan.",
        "另有 1 个方案损失不超过 {loss}，且至少放弃本方案的 {differ} 个场所。",
    ),
    "others.head none": (
        "No other plan was found that loses at most {loss} and gives up {differ} or more sites of this plan.",
        "未找到损失不超过 {loss} 且至少放弃本方案 {differ} 个场所的其他方案。",
    ),
    "others.loses": ("Loses {loss}: {change}.", "损失 {loss}：{change}。"),
    "others.gains": ("Better by {loss} than this plan: {change}.", "比本方案好 {loss}：{change}。"),
    "others.same": ("As good: {change}.", "同样好：{change}。"),
    "others.amount": ("Value {value}: {change}.", "目标值 {value}：{change}。"),
    "others.change": ("{into} in place of {out}", "以 {into} 代替 {out}"),
    "others.only out": ("without {out}", "不用 {out}"),
    "others.unproven": ("A better one that differs as much may exist.", "可能存在差异相同而更好的方案。"),
    "others.complete": (
        "Proven complete: every further plan that differs so much loses more.",
        "已证明完整：差异达到要求的其余方案损失都更大。",
    ),
    "others.count": ("Stopped at the number asked for; there may be more.", "已达到要求的数量；可能还有更多。"),
    "others.time": ("Stopped at the time limit; there may be more.", "已到时间上限；可能还有更多。"),
    "others.interrupt": ("Interrupted; there may be more.", "已中断；可能还有更多。"),
    "others.gap": (
        "The next plan was not found closely enough to say whether there are more: ask with a smaller gap.",
        "下一个方案的精度不足以判断是否还有更多：请减小允许差距。",
    ),
    "others.failed": ("The search for more failed; there may be more.", "继续搜索失败；可能还有更多。"),
    # Why a site is in.
    "why_in.without": ("Without {site} the best plan {worse}{change}.", "若不用 {site}，最优方案{worse}{change}。"),
    "why_in.with": (
        "If {site} must be in, the best plan {worse}{change}.",
        "若必须选用 {site}，最优方案{worse}{change}。",
    ),
    "why_in.without same": (
        "Without {site} there is a plan as good{change}.",
        "若不用 {site}，仍有同样好的方案{change}。",
    ),
    "why_in.with same": (
        "If {site} must be in, there is a plan as good{change}.",
        "若必须选用 {site}，仍有同样好的方案{change}。",
    ),
    "why_in.without better": (
        "Without {site}, which is required, the best plan would be better by {share}{change}.",
        "若不用必选的 {site}，最优方案会好 {share}{change}。",
    ),
    "why_in.with better": (
        "If {site} were in, which the rules forbid, the best plan would be better by {share}{change}.",
        "若可选用被禁止的 {site}，最优方案会好 {share}{change}。",
    ),
    "why_in.without never": ("Without {site} there is no plan. {why}", "若不用 {site}，则不存在可行方案。{why}"),
    "why_in.with never": ("If {site} must be in there is no plan. {why}", "若必须选用 {site}，则不存在可行方案。{why}"),
    "why_in.without between": (
        "Without {site} the best plan loses at least {least} and at most {most} (how much exactly is not "
        "proven){change}.",
        "若不用 {site}，最优方案的损失介于 {least} 与 {most} 之间（尚未证明确切数值）{change}。",
    ),
    "why_in.with between": (
        "If {site} must be in, the best plan loses at least {least} and at most {most} (how much exactly is not "
        "proven){change}.",
        "若必须选用 {site}，最优方案的损失介于 {least} 与 {most} 之间（尚未证明确切数值）{change}。",
    ),
    "why_in.without most": (
        "Without {site} the best plan loses at most {most} (how much exactly is not proven){change}.",
        "若不用 {site}，最优方案的损失不超过 {most}（尚未证明确切数值）{change}。",
    ),
    "why_in.with most": (
        "If {site} must be in, the best plan loses at most {most} (how much exactly is not proven){change}.",
        "若必须选用 {site}，最优方案的损失不超过 {most}（尚未证明确切数值）{change}。",
    ),
    "why_in.without unknown": (
        "What the best plan loses without {site} is not known yet.",
        "不用 {site} 时的损失尚不可知。",
    ),
    "why_in.with unknown": (
        "What the best plan loses if {site} must be in is not known yet.",
        "必须选用 {site} 时的损失尚不可知。",
    ),
    "why_in.without least": (
        "Without {site} the best plan loses at least {least}; how much more is not known.",
        "若不用 {site}，最优方案至少损失 {least}；更确切的数值尚不可知。",
    ),
    "why_in.with least": (
        "If {site} must be in, the best plan loses at least {least}; how much more is not known.",
        "若必须选用 {site}，最优方案至少损失 {least}；更确切的数值尚不可知。",
    ),
    "why_in.instead": ("; {sites} takes its place", "；由 {sites} 代替"),
    "why_in.comes": ("; {sites} comes in as well", "；另选 {sites}"),
    "why_in.instead more": ("; {sites} come in", "；改选 {sites}"),
    "why_in.gone": ("; {sites} goes out as well", "；{sites} 也不再选用"),
    "why_in.gone more": ("; {sites} go out as well", "；{sites} 也不再选用"),
    "why_in.out": ("; {sites} goes out", "；{sites} 不再选用"),
    "why_in.out more": ("; {sites} go out", "；{sites} 不再选用"),
    "why_in.people": ("; {people} {unit} go elsewhere", "；{people} {unit}改去别处"),
    # How much worse, in the words of what the question is about.
    "worse.distance": ("walks {share} farther", "总路程增加 {share}"),
    "worse.radius": ("has a longest way that is {share} longer", "最长路程增加 {share}"),
    "worse.cost": ("costs {share} more", "费用增加 {share}"),
    "worse.sites": ("needs {by} more sites", "需多用 {by} 个场所"),
    "worse.sites one": ("needs one more site", "需多用 1 个场所"),
    "worse.uncovered": ("leaves {by} more people without cover", "未覆盖人数增加 {by}"),
    "worse.separation": ("has its nearest two sites {share} closer together", "最近两场所的间距缩短 {share}"),
    "worse.farness": ("keeps {share} less distance", "总间距减少 {share}"),
    "worse.share": ("loses {share}", "损失 {share}"),
    "worse.amount": ("loses {by}", "损失 {by}"),
    # Names of questions and of what they want.
    "question.LSCP": ("Set covering (LSCP)", "集合覆盖（LSCP）"),
    "question.LSCP-B": ("Set covering with backup (LSCP-B)", "备份集合覆盖（LSCP-B）"),
    "question.capacitated LSCP": ("Set covering with capacities", "带容量的集合覆盖"),
    "question.MCLP": ("Maximal covering (MCLP)", "最大覆盖（MCLP）"),
    "question.capacitated MCLP": ("Maximal covering with capacities", "带容量的最大覆盖"),
    "question.MCLP with backup": ("Maximal covering with backup", "备份最大覆盖"),
    "question.partial covering": ("Partial set covering", "部分集合覆盖"),
    "question.p-median": ("p-median", "p-中位"),
    "question.capacitated p-median": ("Capacitated p-median", "带容量的 p-中位"),
    "question.k-nearest p-median": ("p-median among the k nearest sites", "k-近邻 p-中位"),
    "question.p-center": ("p-center", "p-中心"),
    "question.capacitated p-center": ("Capacitated p-center", "带容量的 p-中心"),
    "question.ordered median": ("Ordered median", "有序中位"),
    "question.UFL": ("Facility location (UFL)", "设施选址（UFL）"),
    "question.CFL": ("Capacitated facility location (CFL)", "带容量的设施选址（CFL）"),
    "question.single-source CFL": ("Single-source facility location", "单源设施选址"),
    "question.multi-level facility location": ("Multi-level facility location", "多级设施选址"),
    "question.p-dispersion": ("p-dispersion", "p-分散"),
    "question.p-maxian": ("p-maxian", "p-最远"),
    "aim.distance": ("Distance times demand", "需求加权总路程"),
    "aim.radius": ("Longest way", "最长路程"),
    "aim.cost": ("Cost", "费用"),
    "aim.sites": ("Sites", "场所数"),
    "aim.uncovered": ("Without cover", "未覆盖的需求"),
    "aim.shortfall": ("Without full cover", "未获充分覆盖的需求"),
    "aim.ranked": ("Sites, plus half the share of people without backup", "场所数加上无备份人口比例的一半"),
    "aim.ordered_distance": ("Distance, by rank of who has it worst", "按由差到好次序加权的路程"),
    "aim.farness": ("Sum of distances", "距离总和"),
    "aim.separation": ("Shortest distance between sites", "场所间最短距离"),
    # Measures of fairness: what is borne is a way, or the share of people without cover.
    "aim.largest": ("Largest burden of anybody", "个人最大负担"),
    "aim.largest_zone_mean": ("Mean of the zone worst off", "处境最差分区的均值"),
    "aim.largest_group_mean": ("Mean of the group worst off", "处境最差群体的均值"),
    "aim.mean_zone_gap": ("Gap between zones", "分区间差距"),
    "aim.mean_deviation": ("Mean deviation", "平均偏差"),
    "aim.mean_difference": ("Mean difference between people", "人际平均差"),
    "aim.gini": ("Gini coefficient", "基尼系数"),
    "aim.by_rank": ("Sum by rank", "按名次加权之和"),
    "aim.tail": ("Mean of the worst-off {share} % of people", "处境最差 {share}% 人口的均值"),
    "aim.worst": ("Mean of the {count} demand points worst off", "处境最差的 {count} 个需求点的均值"),
    "aim.zones": ("Mean of the zone worst off among {names}", "分区 {names} 中处境最差者的均值"),
    "aim.groups": ("Mean of the group worst off among {names}", "群体 {names} 中处境最差者的均值"),
}
