"""Sentences of the dossier of one alternative."""

DOSSIER: dict[str, tuple[str, str]] = {
    "dossier.title": ("Alternative {id}", "方案 {id}"),
    "dossier.of": ("one of {count} on the trade-off front of {name}", "{name}权衡前沿上 {count} 个方案之一"),
    "dossier.synthetic": (
        "This city is invented: nothing here is about a real place.",
        "本城市为虚构，不涉及任何真实地点。",
    ),
    "dossier.made": (
        "Made by Refugia {version} on {date} from the front {digest}.",
        "由 Refugia {version} 于 {date} 根据前沿 {digest} 生成。",
    ),
    "dossier.contents": ("Contents", "目录"),
    "dossier.note": ("Notes of the team", "团队备注"),
    "dossier.of live": (
        "found live beside the {count} alternatives on the trade-off front of {name}",
        "在{name}权衡前沿的 {count} 个方案之外在线求得",
    ),
    # In brief.
    "dossier.brief": ("In brief", "要点"),
    "dossier.brief values": ("It comes to: {items}.", "各项指标：{items}。"),
    # How good it is.
    "dossier.values": ("What it costs and what it achieves", "代价与成效"),
    "dossier.values how": (
        "Less is better in all of these. The bar shows where the alternative lies between the best (left) and the "
        "worst (right) on the front.",
        "各项指标均以小为优。横条表示该方案在前沿最优（左）与最劣（右）之间的位置。",
    ),
    "dossier.col objective": ("Objective", "目标"),
    "dossier.col value": ("This alternative", "本方案"),
    "dossier.col best": ("Best on the front", "前沿最优"),
    "dossier.col worst": ("Worst on the front", "前沿最劣"),
    "dossier.col rank": ("Rank", "名次"),
    "dossier.rank": ("{rank} of {count}", "{rank}/{count}"),
    "dossier.proof": ("How sure this is", "可信程度"),
    "dossier.proven": (
        "Proven: no plan is as good in every objective and better in one.",
        "已证明：不存在在所有目标上不劣且至少一项更优的方案。",
    ),
    "dossier.within gap": (
        "Within the gap asked for: no plan is better in every objective at once by more than {gap} of the range.",
        "在所要求的间隙内：没有方案能在所有目标上同时优于本方案超过量程的 {gap}。",
    ),
    "dossier.found": (
        "Found, and not judged as closely as was asked for. It keeps every rule.",
        "已找到，但尚未达到所要求的证明精度；满足全部规则。",
    ),
    "dossier.distance": (
        "A plan may be better in every objective at once by {distance} of the range at most.",
        "其他方案在所有目标上同时优于本方案的幅度至多为量程的 {distance}。",
    ),
    "dossier.verified": (
        "By bounds that Refugia computed itself, trusting no solver's search: {distance} at most.",
        "仅凭 Refugia 自行计算、不依赖求解器搜索的界：至多 {distance}。",
    ),
    "dossier.unverified": (
        "This rests on bounds of the solver's search; Refugia has none of its own for this plan.",
        "以上依赖求解器搜索给出的界；对本方案没有自行计算的界。",
    ),
    "dossier.origin": ("How it was found: {origin}.", "得到方式：{origin}。"),
    "dossier.origin exact": ("It was found by exact search.", "由精确求解得到。"),
    "dossier.origin start": (
        "It was found by exact search, as the first plan to begin with.",
        "由精确求解得到，为搜索的起始方案。",
    ),
    "dossier.origin begin": ("It was found by a search from the middle of the front.", "由前沿中段的搜索得到。"),
    "dossier.origin anchor": (
        "It was found by a search for the best plan under given weights.",
        "由给定权重下的最优方案搜索得到。",
    ),
    "dossier.origin walk": (
        "It was found by a search from one plan of the front to another.",
        "由前沿上两个方案之间的逐步搜索得到。",
    ),
    "dossier.origin cross": (
        "It was found by a search where good plans disagree.",
        "在若干较优方案的分歧处搜索得到。",
    ),
    "dossier.origin settle": (
        "It was found by improving a plan with its roads held.",
        "在固定道路决策的条件下改进方案得到。",
    ),
    "dossier.origin genetic": ("It was found by evolution.", "由进化搜索得到。"),
    "dossier.origin polish": (
        "It was found by evolution, and improved by exact search.",
        "由进化搜索得到，并经精确求解改进。",
    ),
    "dossier.origin live": (
        "It was found by a live solve, asked for on the page of the front.",
        "由浏览页面上发起的在线求解得到。",
    ),
    "dossier.wish": ("What was asked for: {items}.", "求解要求：{items}。"),
    "dossier.wish none": ("What was asked for: the balanced plan.", "求解要求：均衡方案。"),
    "dossier.goal": ("{name} near {value}", "{name}期望达到 {value}"),
    "dossier.settled": (
        "What its own search proves is proven only among plans that keep to this: {items}.",
        "其自身搜索所证明的结论仅对满足以下决策的方案成立：{items}。",
    ),
    "dossier.checked": (
        "Refugia recomputed its values from its decisions and checked it against all {rows} rows of the program; the "
        "largest breach is {breach}.",
        "Refugia 由决策重新计算了各项数值，并对模型全部 {rows} 行约束逐一核验；最大偏差为 {breach}。",
    ),
    # The map and what is prepared.
    "dossier.map": ("The plan on the map", "方案地图"),
    "dossier.map shows": ("Map of alternative {id}", "方案 {id} 的地图"),
    "dossier.places": ("Places to prepare", "拟准备的场所"),
    "dossier.places none": ("No place is prepared.", "未准备任何场所。"),
    "dossier.places sum": (
        "{places} places, {cost} in all, with room for {capacity} people in all their uses.",
        "共 {places} 处场所，费用合计 {cost}，各项用途合计可容纳 {capacity} 人。",
    ),
    "dossier.col place": ("Place", "场所"),
    "dossier.col zone": ("Zone", "片区"),
    "dossier.col everyday": ("Everyday use", "平时用途"),
    "dossier.col mode": ("Prepared for", "应急用途"),
    "dossier.col capacity": ("Capacity", "容量"),
    "dossier.col mean": ("Used, expected", "预期使用"),
    "dossier.col most": ("Used, at most", "最大使用"),
    "dossier.col cost": ("Cost", "费用"),
    "dossier.stock": ("Stock to hold", "拟储备物资"),
    "dossier.col goods": ("Goods", "物资"),
    "dossier.col amount": ("Amount", "数量"),
    "dossier.col days": ("Person-days", "人·日"),
    "dossier.roads": ("Emergency corridors and strengthened roads", "应急通道与加固路段"),
    "dossier.roads sum": (
        "{links} links of corridor, {length} km; {hardened} links strengthened, {strong} km.",
        "通道路段 {links} 条，{length} 公里；加固路段 {hardened} 条，{strong} 公里。",
    ),
    "dossier.col road": ("Road", "道路"),
    "dossier.col tier": ("What for", "用途"),
    "dossier.col links": ("Links", "路段数"),
    "dossier.col length": ("Length, km", "长度（公里）"),
    "dossier.strengthened": ("strengthened", "加固"),
    # Why.
    "dossier.reasons": ("Why each place is in", "各场所入选理由"),
    "dossier.reasons how": (
        "Each place was taken out in turn, everything else that is prepared was kept, and people were assigned anew in "
        "every scenario. The loss is what that costs.",
        "逐一去掉每个场所、保留其余准备，并在各情景中重新分配人员；损失即由此造成。",
    ),
    "dossier.reasons late": (
        "What is lost without each place was not computed this time: this is the quick form of the dossier.",
        "本文档为快速版，未计算去掉各场所的损失。",
    ),
    "dossier.reason lost": (
        "{place}: without it {mean} people more have no place on average, {worst} in “{scenario}”.",
        "{place}：若去掉，平均多 {mean} 人无处安置，“{scenario}”情景下多 {worst} 人。",
    ),
    "dossier.reason walk": (
        "{place}: without it everybody still finds a place, but walks {minutes} minutes longer on average.",
        "{place}：若去掉，所有人仍可安置，但平均多步行 {minutes} 分钟。",
    ),
    "dossier.reason other": (
        "{place}: no people lose their place without it; it is in for goods, rules or other objectives.",
        "{place}：去掉后无人失去安置；其入选源于物资、规则或其他目标。",
    ),
    "dossier.reason bound": (
        "{place}: the data ask for it; no people lose their place without it.",
        "{place}：数据要求必须准备；去掉后无人失去安置。",
    ),
    "dossier.reason also bound": ("The data ask for it besides.", "此外，数据要求必须准备该场所。"),
    "dossier.col share": ("In so many alternatives", "被方案采用"),
    "dossier.col lost mean": ("Lost without it, expected", "去掉的损失（预期）"),
    "dossier.col lost worst": ("Lost without it, at worst", "去掉的损失（最坏）"),
    # Futures.
    "dossier.futures": ("What happens in each scenario", "各情景下的结果"),
    "dossier.futures none": ("The front holds no results by scenario.", "该前沿没有按情景的结果。"),
    "dossier.futures worst": (
        "Worst is “{scenario}” (probability {probability}): {unserved} of {need} people have no place, {share}.",
        "最坏为“{scenario}”（概率 {probability}）：{need} 人中 {unserved} 人无处安置，占 {share}。",
    ),
    "dossier.futures phases": (
        "People are added up over {phases} phases, so somebody in need in two of them counts twice.",
        "人数为 {phases} 个阶段之和，在两个阶段均需安置者计两次。",
    ),
    "dossier.futures all": ("In every scenario everybody finds a place.", "在所有情景下人人均可安置。"),
    "dossier.col scenario": ("Scenario", "情景"),
    "dossier.col probability": ("Probability", "概率"),
    "dossier.col need": ("In need", "需安置"),
    "dossier.col without": ("Without a place", "未安置"),
    "dossier.col without share": ("Share", "占比"),
    "dossier.col minutes": ("Minutes on foot", "步行分钟"),
    "dossier.expected": ("Expected", "期望值"),
    "dossier.futures bars": ("People without a place, by scenario", "各情景下未安置人数"),
    "dossier.breaks": ("breaks a limit of the study", "突破研究限值"),
    "dossier.quoted": ("“{text}”", "“{text}”"),
    "dossier.col limits": ("Limits kept", "满足限值"),
    "dossier.limits kept": (
        "The limits of the study ({limits}) are kept in all {all} scenarios.",
        "全部 {all} 个情景均满足研究限值（{limits}）。",
    ),
    "dossier.limits broken": (
        "The limits of the study ({limits}) are kept in {kept} of {all} scenarios; they are broken in {scenarios}.",
        "{all} 个情景中有 {kept} 个满足研究限值（{limits}）；未满足的情景：{scenarios}。",
    ),
    "dossier.zones": ("Where people have no place", "未安置人口的分布"),
    "dossier.zones how": (
        "By zone of residence, those worst off first: people without a place on average over all scenarios, the share "
        "of those in need that they are, and the most in any scenario.",
        "按居住片区列出，未安置人数多者在前：各情景平均未安置人数、占需安置者的比例，以及任一情景下的最大值。",
    ),
    "dossier.col people": ("Residents", "常住人口"),
    "dossier.col without mean": ("Without a place, expected", "未安置（预期）"),
    "dossier.col without mean share": ("Of those in need", "占需安置者"),
    "dossier.col without worst": ("Without a place, at most", "未安置（最大）"),
    # Land.
    "dossier.land": ("What becomes of the land", "用地变化"),
    "dossier.land sum": (
        "{parcels} of {all} parcels change, {hectares} ha; {cost}.",
        "{all} 个地块中 {parcels} 个改变用途，共 {hectares} 公顷；{cost}。",
    ),
    "dossier.land cost": ("the changes cost {cost}", "变更费用 {cost}"),
    "dossier.col class": ("Class", "用途"),
    "dossier.col today": ("Today, ha", "现状（公顷）"),
    "dossier.col then": ("Then, ha", "规划（公顷）"),
    "dossier.col change": ("Change, ha", "变化（公顷）"),
    "dossier.col least": ("At least, ha", "下限（公顷）"),
    "dossier.col allowed": ("At most, ha", "上限（公顷）"),
    "dossier.changes": ("Parcels that change", "改变用途的地块"),
    "dossier.col parcel": ("Parcel", "地块"),
    "dossier.col from": ("From", "现用途"),
    "dossier.col to": ("To", "规划用途"),
    "dossier.col area": ("Area, ha", "面积（公顷）"),
    "dossier.changes how": (
        "The largest first. The last column tells in what share of all alternatives the parcel changes: a change that "
        "nearly all make is hardly ever regretted.",
        "按面积从大到小排列。末列为所有方案中该地块改变的比例：几乎所有方案都采用的改变很少令人后悔。",
    ),
    "dossier.more rows": ("and {count} more; all of them are in {file}", "另有 {count} 行，全部见 {file}"),
    # Rules, assumptions.
    "dossier.rules": ("Rules and promises", "规则与承诺"),
    "dossier.col rule": ("Rule", "规则"),
    "dossier.col where": ("Where and when", "适用范围"),
    "dossier.col limit": ("Asked for", "要求"),
    "dossier.col achieved": ("Achieved", "达到"),
    "dossier.col kept": ("Kept", "满足"),
    "dossier.yes": ("yes", "是"),
    "dossier.no": ("no", "否"),
    "dossier.at least": ("at least {amount}", "至少 {amount}"),
    "dossier.at most": ("at most {amount}", "至多 {amount}"),
    "dossier.amount ways": ("{count} separate ways", "{count} 条独立通道"),
    "dossier.amount ways one": ("1 way", "1 条独立通道"),
    "dossier.amount options": ("{count} uses", "{count} 种用途"),
    "dossier.amount options one": ("1 use", "1 种用途"),
    "dossier.amount sites": ("{count} sites", "{count} 处"),
    "dossier.amount sites one": ("1 site", "1 处"),
    "dossier.amount share": ("{amount} ({share})", "{amount}（{share}）"),
    "dossier.limit on": ("Limit on {name}", "{name}限值"),
    "dossier.rules broken": (
        "{broken} of {count} promises are not kept; they stand first.",
        "{count} 项承诺中有 {broken} 项未满足，列于最前。",
    ),
    "dossier.rules kept": ("All {count} promises are kept.", "全部 {count} 项承诺均满足。"),
    "dossier.rules tight": (
        "All {count} promises are kept; those below have least to spare.",
        "全部 {count} 项承诺均满足；下列各项余量最小。",
    ),
    "dossier.assumptions": ("Assumptions", "假设"),
    "dossier.sources": ("Sources", "数据来源"),
    "dossier.notes": ("Notes on the data", "数据说明"),
    "dossier.versions": ("Made with", "软件版本"),
    "dossier.page": ("Page", "第"),
    # Faults and progress.
    "stage.dossier": ("writing the dossier", "生成方案文档"),
    "stage.reasons": ("what is lost without each place", "计算去掉各场所的损失"),
    "dossier.unknown": (
        "alternative {id}: there is none; there are {known}",
        "方案 {id} 不存在；现有 {known}",
    ),
    "dossier.no browser": (
        "no Chromium, Chrome or Edge found to print with: open {path} in any browser and print it to PDF",
        "未找到可用于打印的 Chromium、Chrome 或 Edge：请用任意浏览器打开 {path} 并打印为 PDF",
    ),
    "dossier.no print": ("the browser could not print: {why}", "浏览器打印失败：{why}"),
    "result.dossier": ("Dossier: {path}", "方案文档：{path}"),
    "help.dossier": (
        "Write a dossier of one alternative of a front: its plan, map, sites, stock, corridors, results in every "
        "scenario, why each place is in, assumptions and sources.",
        "为前沿上的一个方案生成文档：方案、地图、场所、物资、通道、各情景结果、各场所入选理由、假设与来源。",
    ),
    "help.alternatives": (
        "Numbers of alternatives, as in front.csv; L1, L2 ... for those found live.",
        "方案编号（见 front.csv），可给多个；在线求得的方案为 L1、L2 等。",
    ),
    "help.dossier out": ("Folder to write to.", "输出文件夹。"),
    "help.pdf": (
        "Also as PDF, printed by a Chromium, Chrome or Edge on this machine.",
        "同时用本机的 Chromium、Chrome 或 Edge 打印为 PDF。",
    ),
    "help.quick": ("Do not compute what is lost without each place.", "不计算去掉各场所的损失。"),
    "help.notes": ("Notes of the team: a JSON file saved from the explorer.", "团队备注：由浏览页面保存的 JSON 文件。"),
}
