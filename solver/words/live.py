"""Sentences about new solves that are asked for on the page of a front."""

LIVE: dict[str, tuple[str, str]] = {
    # What can be wrong with a wish.
    "live.fault.object": ("a wish is an object in JSON", "求解请求应为 JSON 对象"),
    "live.fault.unknown field": ("{name}: there is no such field", "{name}：没有此字段"),
    "live.fault.table": ("{name}: give an object of names and values", "{name}：应为由名称与取值组成的对象"),
    "live.fault.objective": (
        "{name}: no objective of this front; there are {known}",
        "{name}：该前沿没有此目标；可用目标为 {known}",
    ),
    "live.fault.measured": (
        "{name}: is only counted, and cannot be limited or wished for; what can is {known}",
        "{name}：仅作统计，不能设限值或期望值；可设的目标为 {known}",
    ),
    "live.fault.limit": (
        "{name}: a limit is a pair of numbers, null where there is none",
        "{name}：限值应为一对数值，无限制处填 null",
    ),
    "live.fault.ends": (
        "{name}: the lower limit {low} lies above the upper one {high}",
        "{name}：下限 {low} 高于上限 {high}",
    ),
    "live.fault.goal": ("{name}: a goal is a number", "{name}：期望值应为数值"),
    "live.fault.layer": (
        "{name}: no layer whose decisions can be settled; there are {known}",
        "{name}：没有可指定决策的此图层；可用图层为 {known}",
    ),
    "live.fault.feature": ("{name}: layer {layer} has no such feature", "{name}：图层 {layer} 中没有此要素"),
    "live.fault.yes or no": ("{name}: give 1 (must) or 0 (must not)", "{name}：应为 1（必选）或 0（禁选）"),
    "live.fault.class": (
        "{name}: give the position of a class, from 0 to {most}",
        "{name}：应为用途类别的序号，0 至 {most}",
    ),
    "live.fault.too many forced": (
        "{given} decisions are settled; give {most} at most",
        "指定了 {given} 项决策；最多 {most} 项",
    ),
    "live.fault.start": ("start: give the id of an alternative, or null", "start：应为方案编号或 null"),
    "live.fault.seconds": ("seconds: give a number from {low} to {high}", "seconds：应为 {low} 至 {high} 之间的数值"),
    "live.fault.gap": ("gap: give a share from {low} to {high}", "gap：应为 {low} 至 {high} 之间的比例"),
    "live.fault.no decision": (
        "Nothing can be settled about {names}: the rules of the study leave no such choice.",
        "无法指定 {names}：研究的规则不允许作此选择。",
    ),
    "live.fault.json": ("what was sent is no JSON", "发送的内容不是有效的 JSON"),
    "live.fault.lang": ("lang: {name} is unknown; give en or zh", "lang：{name} 不可用；应为 en 或 zh"),
    "live.fault.note": ("note: give {most} characters at most", "note：最多 {most} 个字符"),
    "live.dossier closed": ("the server has ended", "服务器已结束"),
    "live.dossier died": (
        "the process that writes dossiers ended without an answer; ask again",
        "生成文档的进程意外结束；请重试",
    ),
    "live.busy dossiers": (
        "{waiting} dossiers are waiting already; try again when one is done",
        "已有 {waiting} 份方案文档在排队；请稍后再试",
    ),
    "live.busy": (
        "{waiting} wishes are waiting already; cancel one or wait until one is answered",
        "已有 {waiting} 个求解请求在排队；请取消其中一个，或等待完成",
    ),
    # While it runs.
    "live.stage.loading": ("reading the front", "读取前沿"),
    "live.stage.relaxation": ("looking for a first bound", "求取初始界"),
    "live.stage.dive": ("looking for good plans", "寻找较优方案"),
    "live.stage.search": ("searching", "求解中"),
    "live.stage.check": ("checking the plan", "核验方案"),
    "live.stage.polish": ("asking whether a plan is better in everything", "检验是否存在全面更优的方案"),
    "live.stage.conflict": ("looking for what cannot hold together", "查找相互矛盾的要求"),
    "live.stage.nearest": ("looking for the nearest values within reach", "寻找可达到的最接近值"),
    "live.stage.results": ("working out results in all futures", "计算各情景下的结果"),
    # Answers.
    "live.known": (
        "The best answer to the wish is alternative {id}, which is there already.",
        "最符合要求的方案是已有的方案 {id}。",
    ),
    "live.nearest proven": (
        "Proven: no plan within these limits is nearer to the wish by more than {gap} of the range.",
        "已证明：在这些限值内，没有方案比它更接近期望超过量程的 {gap}。",
    ),
    "live.nearest exact": (
        "Proven: no plan within these limits is nearer to the wish.",
        "已证明：在这些限值内，没有方案比它更接近期望。",
    ),
    "live.nearest open": (
        "The time ran out before the search was done: some plan may be nearer to the wish, by {gap} of the range at "
        "most.",
        "搜索因时间用尽而结束：可能存在更接近期望的方案，但至多接近量程的 {gap}。",
    ),
    "live.best proven": (
        "All goals are reached. Proven: among such plans none is better in what has no goal by more than {gap} of the "
        "range.",
        "全部期望值均已达到。已证明：在此类方案中，未设期望值的目标至多还能改善量程的 {gap}。",
    ),
    "live.best exact": (
        "All goals are reached. Proven: among such plans none is better in what has no goal.",
        "全部期望值均已达到。已证明：在此类方案中，未设期望值的目标不能再改善。",
    ),
    "live.best open": (
        "All goals are reached. The time ran out before the search was done: some plan may be better in what has no "
        "goal, by {gap} of the range at most.",
        "全部期望值均已达到。搜索因时间用尽而结束：未设期望值的目标至多可能再改善量程的 {gap}。",
    ),
    "live.nearest unknown": (
        "The time ran out before a bound was found: how much nearer to the wish a plan may be is not known.",
        "时间用尽前未求得界：尚不知道其他方案可能接近多少。",
    ),
    "live.efficient": (
        "Proven best trade-off: no plan is as good in everything and better in something.",
        "已证明为最优权衡：没有方案在各方面都不差且在某方面更好。",
    ),
    "live.efficient forced": (
        "Proven best trade-off among plans with the decisions that were settled; without them there may be better "
        "ones.",
        "已证明：在所指定决策的前提下为最优权衡；若不指定，可能有更好的方案。",
    ),
    "live.distance": (
        "No plan is better in every objective at once by more than {distance} of the range.",
        "没有方案能在所有目标上同时改善超过量程的 {distance}。",
    ),
    "live.forced only": (
        "What is proven about nearness holds among plans with the decisions that were settled.",
        "关于接近程度的证明仅在所指定决策的前提下成立。",
    ),
    "live.cost of forcing": (
        "Alternative {id} is at least as good in everything, but does not do what was settled: that is its price.",
        "方案 {id} 在各方面都不差，但不符合所指定的决策：差额即为指定决策的代价。",
    ),
    "live.checked": (
        "The plan was checked by our own arithmetic against all {rows} rows of the program.",
        "该方案已由独立核算对照模型全部 {rows} 行约束。",
    ),
    # No answer.
    "live.conflict": (
        "No plan does all of this at once: {items}. Any one of them has to give way.",
        "没有方案能同时满足：{items}。其中至少一项需要放宽。",
    ),
    "live.conflict open": (
        "No plan does all of this at once: {items}. There was no time to find out whether fewer of them conflict.",
        "没有方案能同时满足：{items}。时间不足，未能判定其中更小的矛盾组合。",
    ),
    "live.conflict one": (
        "No plan does this: {items}.",
        "没有方案能满足：{items}。",
    ),
    "live.item.limit": ("{name} at most {value}", "{name}不超过 {value}"),
    "live.item.must": ("{name} is used", "必选{name}"),
    "live.item.must not": ("{name} is not used", "禁选{name}"),
    "live.item.class": ("{name} becomes {kind}", "{name}规划为{kind}"),
    "live.item.value": ("{name} {value}", "{name} {value}"),
    "live.nearest values": (
        "The nearest values within reach: {items}.",
        "可达到的最接近值：{items}。",
    ),
    "live.nothing found": (
        "No plan was found in the time given, and it is not proven that there is none. Allow more time.",
        "在给定时间内未找到方案，也未证明不存在。请延长时间。",
    ),
    "live.solver failed": ("The search ended in error: {message}", "求解出错：{message}"),
    "live.worker died": (
        "The process that solves ended without an answer. Ask again; if it happens again, allow it more memory.",
        "求解进程意外结束，没有给出结果。请重试；若再次发生，请增加可用内存。",
    ),
    "live.interrupted": ("The server ended before this was answered.", "服务器在给出答案前已结束。"),
    # The server.
    "live.address": (
        "Open {address} (only on this machine; Ctrl-C ends it)",
        "请打开 {address}（仅限本机；按 Ctrl-C 结束）",
    ),
    "live.reading": ("Reading the front in {folder}", "正在读取 {folder} 中的前沿"),
    "live.ended": ("Ended. Alternatives found live are kept in {folder}.", "已结束。在线求得的方案保存在 {folder}。"),
    "live.no token": (
        "This page opens only with the whole address that refugia explore --serve has printed, token included.",
        "本页面只能用 refugia explore --serve 输出的完整地址（含令牌）打开。",
    ),
    "live.port": (
        "Port {port} of this machine cannot be used: {why}. Choose another --port, or leave it out.",
        "无法使用本机端口 {port}：{why}。请另选 --port，或省略该选项。",
    ),
}
