"""What ``refugia locate`` says, its layers, and one sentence about each question."""

LOCATING: dict[str, tuple[str, str]] = {
    "layer.demand": ("Demand points", "需求点"),
    "layer.lines": ("Who goes where", "去向"),
    "legend.existing": ("open already", "已有"),
    "legend.chosen": ("chosen", "选定"),
    "located.areas demand": (
        "{count} demand areas are not points; a point inside each stands for it.",
        "{count} 个需求单元不是点；以其内部一点代表。",
    ),
    "located.areas sites": (
        "{count} sites are not points; a point inside each stands for it.",
        "{count} 个场所不是点；以其内部一点代表。",
    ),
    # The command.
    "help.locate": (
        "Answer a classic question of location, such as p-median or maximal covering, with a proof; without a "
        "question, list them. Writes plan.json, sites.csv, demand.csv and plan.gpkg.",
        "求解经典选址问题（如 p-中位、最大覆盖）并给出证明；不指定问题时列出全部问题。"
        "输出 plan.json、sites.csv、demand.csv 与 plan.gpkg。",
    ),
    "help.locate question": ("Name of the question.", "问题名称。"),
    "help.locate demand": (
        "Demand points: GeoPackage, Shapefile, GeoJSON, GeoParquet or CSV with x and y; FILE:LAYER names a layer.",
        "需求点：GeoPackage、Shapefile、GeoJSON、GeoParquet 或含 x、y 的 CSV；用 FILE:LAYER 指定图层。",
    ),
    "help.locate sites": ("Candidate sites, in the same formats.", "候选场所，格式同上。"),
    "help.locate distances": (
        "Distances along a network, CSV or Parquet: columns demand, site and metres or minutes, or a matrix with "
        "names. Without it, straight lines.",
        "网络距离，CSV 或 Parquet：列 demand、site 与 metres 或 minutes，或带名称的矩阵。不提供时按直线距离。",
    ),
    "help.locate instance": (
        "A case, an instance or a study instead of files.",
        "使用案例、实例或研究，代替文件。",
    ),
    "help.set locate": (
        "A value of the question (p=4, radius=800, budget=1e6, require=A,B), or a column or setting of the data "
        "(people=pop, capacity=room, status=state, crs=EPSG:3067, cutoff=5000). May be repeated.",
        "问题的参数（p=4、radius=800、budget=1e6、require=A,B），或数据的列与设置"
        "（people=pop、capacity=room、status=state、crs=EPSG:3067、cutoff=5000）。可重复。",
    ),
    "help.objective locate": (
        "Minimise a measure of fairness instead: largest, deviation, difference, gini, zone or group (mean of the one "
        "worst off), zone-gap, tail=0.1 (mean of the worst-off tenth), worst=3 (mean of the 3 worst demand points).",
        "改为最小化一种公平性指标：largest、deviation、difference、gini、zone 或 group（处境最差者的均值）、zone-gap、"
        "tail=0.1（处境最差的十分之一人口的均值）、worst=3（最差的 3 个需求点的均值）。",
    ),
    "help.limit locate": (
        "A measure of fairness and how large it may be: largest=1500, gini=0.3, tail=0.1=800, zone:north=600. May be "
        "repeated.",
        "公平性指标及其上限：largest=1500、gini=0.3、tail=0.1=800、zone:north=600。可重复。",
    ),
    "help.floor locate": (
        "Share of people covered at least: in every zone (0.8), in one (zone:north=0.8) or in a group "
        "(group:elderly=0.9). Zones are the column zone, groups those of --set groups=COLUMN,COLUMN. May be repeated.",
        "被覆盖人口的最低比例：每个分区（0.8）、某一分区（zone:north=0.8）或某一群体（group:elderly=0.9）。"
        "分区取自列 zone，群体取自 --set groups=列,列。可重复。",
    ),
    "locate.no measure": (
        "{where} {given}: no such measure of fairness; use one of {known}",
        "{where} {given}：没有这种公平性指标；可用 {known}",
    ),
    "locate.no limit": (
        "--limit {given}: give a measure and a number, as largest=1500",
        "--limit {given}：请给出指标与数值，例如 largest=1500",
    ),
    "locate.no floor": (
        "--floor {given}: give a share from 0 to 1, or where and a share, as zone:north=0.8 or group:elderly=0.8",
        "--floor {given}：请给出 0 到 1 之间的比例，或对象与比例，例如 zone:north=0.8、group:elderly=0.8",
    ),
    "locate.no cover": (
        "--floor: {title} leaves nobody without cover; limit how far people go instead, as --limit zone=500",
        "--floor：{title} 不会让任何人得不到覆盖；请改为限制路程，例如 --limit zone=500",
    ),
    "locate.only python": (
        "{name}: needs data that cannot be given here ({keys}); ask it from Python",
        "{name}：需要无法在此提供的数据（{keys}）；请用 Python 求解",
    ),
    "help.out locate": ("Folder for the results; by default runs/QUESTION.", "结果文件夹；默认 runs/QUESTION。"),
    "locate.title": ("Questions of location", "选址问题"),
    "locate.more": (
        "Ask one: refugia locate NAME --demand FILE --sites FILE --set p=4",
        "求解其中一个：refugia locate NAME --demand FILE --sites FILE --set p=4",
    ),
    "locate.no question": (
        "no question is named; refugia locate lists them",
        "没有指定问题；用 refugia locate 查看全部问题",
    ),
    "locate.lacking": (
        "give --demand FILE and --sites FILE, or --instance",
        "请提供 --demand FILE 与 --sites FILE，或 --instance",
    ),
    "locate.both": (
        "--instance brings its own data; leave out --demand, --sites and --distances",
        "--instance 已包含数据；请去掉 --demand、--sites 与 --distances",
    ),
    "locate.not here": ("--set {given}: has no meaning here; use {keys}", "--set {given}：在此无意义；可用 {keys}"),
    "locate.line": (
        "{status}: value {value}, bound {bound}, gap {gap}, {seconds} s",
        "{status}：目标值 {value}，界 {bound}，差距 {gap}，用时 {seconds} 秒",
    ),
    "locate.proven": ("proven", "已证明最优"),
    "locate.within gap": ("proven within the gap", "已证明在差距内"),
    "locate.time limit": ("stopped at the time limit", "到达时间上限"),
    "locate.interrupted": ("interrupted", "已中断"),
    "locate.no plan": ("stopped without a plan", "停止时没有方案"),
    "locate.infeasible": ("no plan possible", "无可行方案"),
    "locate.unbounded": ("without a limit", "无界"),
    "locate.failed": ("failed", "失败"),
    "locate.column site": ("site", "场所"),
    "locate.column status": ("status", "状态"),
    "locate.column people": ("people", "人数"),
    "locate.column farthest": ("farthest", "最远"),
    # The questions, in a sentence that a mayor understands.
    "ask.LSCP": (
        "How few sites reach everybody within a radius, and which?",
        "最少几个场所、哪些场所，能在半径内覆盖所有人？",
    ),
    "ask.LSCP-B": (
        "With the fewest sites that reach everybody, how many people can have a second one within the radius?",
        "用覆盖所有人的最少场所，最多能让多少人在半径内还有第二个场所？",
    ),
    "ask.capacitated LSCP": (
        "How few sites have room for everybody within a radius?",
        "最少几个场所，能在半径内容纳所有人？",
    ),
    "ask.MCLP": (
        "Which p sites reach as many people as possible within a radius?",
        "选哪 p 个场所，能在半径内覆盖最多的人？",
    ),
    "ask.capacitated MCLP": (
        "Which p sites give room to as many people as possible within a radius?",
        "选哪 p 个场所，能在半径内容纳最多的人？",
    ),
    "ask.MCLP with backup": (
        "Which p sites reach many people once, and many of them twice?",
        "选哪 p 个场所，能覆盖尽可能多的人，并让尽可能多的人得到双重覆盖？",
    ),
    "ask.partial covering": (
        "How few sites reach a given share of the people within a radius?",
        "最少几个场所，能在半径内覆盖给定比例的人口？",
    ),
    "ask.p-median": (
        "Which p sites make all ways to the nearest one together as short as possible?",
        "选哪 p 个场所，使所有人到最近场所的总路程最短？",
    ),
    "ask.capacitated p-median": (
        "Which p sites make all ways together as short as possible, where each holds only so many people?",
        "每个场所容量有限时，选哪 p 个场所使总路程最短？",
    ),
    "ask.k-nearest p-median": (
        "Which p sites make all ways together as short as possible, looked for from the k nearest of everybody on?",
        "从每个人最近的 k 个场所找起，选哪 p 个场所使总路程最短？",
    ),
    "ask.p-center": (
        "Which p sites make the longest way of anybody as short as possible?",
        "选哪 p 个场所，使最远的人到最近场所的路程最短？",
    ),
    "ask.capacitated p-center": (
        "Which p sites make the longest way of anybody as short as possible, where each holds only so many people?",
        "每个场所容量有限时，选哪 p 个场所使最远的人路程最短？",
    ),
    "ask.ordered median": (
        "Which p sites are best for those who have the longest ways?",
        "选哪 p 个场所，对路程最长的那些人最有利？",
    ),
    "ask.UFL": (
        "Which sites, and how many, make opening and travel together cheapest?",
        "开设哪些、多少个场所，使开设费用与出行费用之和最小？",
    ),
    "ask.CFL": (
        "Which sites make opening and travel together cheapest, where each holds only so much?",
        "每个场所容量有限时，开设哪些场所使开设费用与出行费用之和最小？",
    ),
    "ask.single-source CFL": (
        "Which sites of limited room are cheapest, where everybody of one place goes to one site?",
        "场所容量有限且同一地点的人都去同一个场所时，开设哪些场所总费用最小？",
    ),
    "ask.multi-level facility location": (
        "Which depots and warehouses make opening and transport together cheapest?",
        "开设哪些总库与仓库，使开设费用与运输费用之和最小？",
    ),
    "ask.p-dispersion": (
        "Which p sites lie as far from one another as possible?",
        "选哪 p 个场所，使它们彼此尽可能远离？",
    ),
    "ask.p-maxian": (
        "Which p sites lie as far from people as possible?",
        "选哪 p 个场所，使它们离人尽可能远？",
    ),
}
