"""Words of the explorer that come from Python: layers, measures, what was left out, and the command."""

EXPLORER: dict[str, tuple[str, str]] = {
    # Layers, backdrops and overlays.
    "explorer.sites": ("Sites", "场所"),
    "explorer.corridors": ("Emergency roads", "应急道路"),
    "explorer.land": ("Land use", "用地"),
    "explorer.roads": ("Roads", "道路"),
    "explorer.units": ("Districts", "分区"),
    "explorer.harden": ("Strengthened section", "加固路段"),
    "explorer.cut": ("Cut roads", "中断道路"),
    "explorer.unusable": ("Unusable places", "不可用场所"),
    "explorer.damage": ("Share of what stands there that is lost", "地上资产损失比例"),
    "explorer.displaced": ("Share of residents who need a place", "需转移居民比例"),
    "explorer.blocked": ("Share of open places that cannot be used", "不可用避难空间比例"),
    # Measures over scenarios.
    "explorer.objective.harm": ("Harm", "综合损害"),
    "explorer.objective.hardship": ("Hardship", "综合困难"),
    "explorer.front.stopped": (
        "The search was stopped before it was finished; everything found is shown.",
        "搜索在完成前停止；已找到的方案全部列出。",
    ),
    "explorer.front.representation": (
        "As many as were asked for, spread over the front; between them there may be more.",
        "已得到所要求数量、分布于整个前沿的方案；其间可能还有其他方案。",
    ),
    "explorer.front.evolved": (
        "All generations are done; a longer search may find more.",
        "全部代数已完成；更长时间的搜索可能会找到更多方案。",
    ),
    "explorer.measure.unserved": ("People without a place", "未安置人数"),
    "explorer.measure.share": ("Share of people in need without a place", "需安置者中未安置的比例"),
    "explorer.measure.minutes": ("Mean walk to the place", "平均步行时间"),
    "explorer.measure.travel": ("Walking, all people together", "步行总量"),
    "explorer.measure.shortage": ("Loss from goods short", "物资短缺损失"),
    "explorer.measure.exposure": ("Loss of what stands on the land", "地上资产损失"),
    "explorer.measure.displaced": ("Residents who need a place", "需转移居民"),
    # What tells scenarios apart.
    "explorer.driver.hazard": ("Hazard", "灾种"),
    "explorer.driver.level": ("Level", "级别"),
    "explorer.driver.time": ("Time of day", "时段"),
    "explorer.driver.season": ("Season", "季节"),
    "explorer.driver.need": ("People in need of a place", "需安置人数"),
    "explorer.driver.cut": ("Length of roads cut", "中断道路长度"),
    "explorer.driver.lost": ("Share of the area of sites that cannot be used", "场所不可用面积比例"),
    "explorer.driver.damage": ("Mean share of what stands there that is lost", "地上资产平均损失比例"),
    "explorer.driver.blocked": ("Mean share of open places that cannot be used", "避难空间平均不可用比例"),
    "explorer.time.day": ("day", "白天"),
    "explorer.time.night": ("night", "夜间"),
    # Units.
    "explorer.unit.min": ("min", "分钟"),
    "explorer.unit.km": ("km", "公里"),
    "explorer.unit.ha": ("ha", "公顷"),
    "explorer.unit.m2": ("m²", "平方米"),
    "explorer.unit.m3": ("m³", "立方米"),
    "explorer.unit.m": ("m", "米"),
    "explorer.unit.EUR": ("EUR", "欧元"),
    "explorer.unit.USD": ("USD", "美元"),
    "explorer.unit.CNY": ("CNY", "元"),
    # Descriptions of objectives of zoning, which the page of a single plan does not know.
    "explorer.doc.unsuitability": (
        "area used for what it does not suit: hectares times one minus suitability",
        "用于不适宜用途的面积：公顷数乘以（1 − 适宜度）",
    ),
    "explorer.doc.change": ("money for turning parcels into other classes", "地块用途转换费用"),
    "explorer.doc.fragmentation": ("length of borders between parcels of unlike classes", "不同用途地块之间的边界长度"),
    "explorer.doc.exposure": (
        "loss of what stands on the land, expected over scenarios",
        "地上资产损失，对情景取期望",
    ),
    "explorer.doc.displaced": ("residents who need a place, expected over scenarios", "需转移居民人数，对情景取期望"),
    "explorer.doc.unserved": (
        "residents in need who find no place in their neighbourhood, expected over scenarios",
        "在本社区内找不到避难空间的居民人数，对情景取期望",
    ),
    "explorer.doc.unserved_cvar": (
        "residents in need who find no place, in the worst share of futures (CVaR)",
        "最不利的一部分未来中找不到避难空间的居民人数（CVaR）",
    ),
    "explorer.doc.unserved_worst": (
        "residents in need who find no place, in the worst scenario",
        "最不利情景中找不到避难空间的居民人数",
    ),
    "explorer.hazard.toxic release": ("toxic release", "有毒气体泄漏"),
    # What was left out or made coarser before the page was made.
    "explorer.without layer": ("Left out: {layer}.", "未包含：{layer}。"),
    "explorer.without kind": (
        "{layer}: left out {kind}, with places that serve for nothing else.",
        "{layer}：未包含{kind}及仅作此用的场所。",
    ),
    "explorer.without amounts": ("{layer}: left out amounts of {amounts}.", "{layer}：未包含{amounts}的数量。"),
    "explorer.without titles": (
        "{layer}: names replaced by numbers.",
        "{layer}：名称以编号代替。",
    ),
    "explorer.without facts": (
        "{layer}: left out areas, capacities and the like.",
        "{layer}：未包含面积、容量等属性。",
    ),
    "explorer.without groups": ("{layer}: left out districts.", "{layer}：未包含所属分区。"),
    "explorer.coarse": (
        "{layer}: positions only to cells of {metres} m; names, districts, areas, capacities and what hazards do there "
        "left out.",
        "{layer}：位置仅精确到 {metres} 米网格；未包含名称、所属分区、面积、容量及灾害影响。",
    ),
    "explorer.coarse line": (
        "Left out: {layer}, as lines and areas cannot be told from cells of {metres} m.",
        "未包含：{layer}（线与面无法以 {metres} 米网格表示）。",
    ),
    "explorer.censored": (
        "{count} texts named what was left out; it stands there as {sign}.",
        "{count} 处文字提到了未包含的内容，以 {sign} 代替。",
    ),
    "explorer.withheld what": ("The page cannot be made as asked", "无法按要求生成页面"),
    "explorer.withheld unknown": (
        "{name!r} cannot be left out; known are {known}",
        "{name!r} 无法略去；可用的有 {known}",
    ),
    "explorer.withheld classes": (
        "{name!r}: classes of land cannot be left out one by one; leave out {layer}",
        "{name!r}：不能单独略去某一类用地；请略去 {layer}",
    ),
    "explorer.coarsen unknown": (
        "{name!r} cannot be coarsened; known are {known}",
        "{name!r} 无法粗化；可用的有 {known}",
    ),
    "explorer.coarsen metres": (
        "{name}: cells of {metres} m; give a number above 0",
        "{name}：网格为 {metres} 米；请给出大于 0 的数",
    ),
    # How finely the page keeps numbers.
    "explorer.fine f4": (
        "Values over scenarios are kept to seven digits.",
        "各情景下的数值保留七位有效数字。",
    ),
    "explorer.fine u2": (
        "Values over scenarios are kept to 1/65,535 of the range of each measure.",
        "各情景下的数值精确到各指标量程的 1/65,535。",
    ),
    "explorer.fine step": (
        "Positions are kept to {step} {unit}.",
        "位置精确到 {step} {unit}。",
    ),
    "explorer.large": (
        "The page has {size} MB, more than the {most} MB asked for: it opens slowly, and mail may refuse it.",
        "页面大小为 {size} MB，超过所要求的 {most} MB：打开较慢，邮件可能无法发送。",
    ),
    "explorer.too large what": ("The page would be too large", "页面过大"),
    "explorer.too large": (
        "{size} MB, more than {limit} MB even with coarse numbers; leave out layers ({layers}), ask for fewer points "
        "with front.points, or write it all the same with --force",
        "即使降低数值精度仍有 {size} MB，超过 {limit} MB；请略去图层（{layers}），用 front.points 减少方案数，"
        "或用 --force 强制写出",
    ),
    # The command.
    "help.explore": (
        "Write the page to explore a stored front: one file that needs nothing else.",
        "生成探索权衡前沿的网页：单一文件，无需其他内容。",
    ),
    "help.explore run": ("Folder that `refugia front` has written.", "`refugia front` 写出的文件夹。"),
    "help.explore out": (
        "HTML file to write; RUN-explorer.html beside the run.",
        "输出的 HTML 文件；默认为运行旁的 RUN-explorer.html。",
    ),
    "help.explore leave out": (
        "What not to show, separated by commas: layers (sites), kinds (sites.stock2), amounts (sites.stock), names "
        "(sites.titles).",
        "不予显示的内容，以逗号分隔：图层（sites）、类别（sites.stock2）、数量（sites.stock）、名称（sites.titles）。",
    ),
    "help.explore coarsen": (
        "Show places of a layer only to cells of so many metres, without names; repeat for more layers.",
        "图层中的场所仅精确到若干米的网格且不含名称；可重复以指定更多图层。",
    ),
    "help.explore size": (
        "Size from which on numbers over scenarios and positions become coarser.",
        "超过此大小时，降低各情景数值与位置的精度。",
    ),
    "help.explore zip": ("Put the page into a ZIP file as well, for mail.", "同时打包为 ZIP 文件，便于邮件发送。"),
    "help.explore serve": (
        "Serve the page on this machine, where limits, goals and places can be made into new solves.",
        "在本机提供网页，可将限值、目标与场所取舍转为新的求解。",
    ),
    "help.explore port": ("Port to serve on; any that is free by itself.", "服务端口；默认使用任一空闲端口。"),
    "help.explore open": (
        "Open the page in the browser; --serve does so by itself.",
        "在浏览器中打开网页；--serve 默认打开。",
    ),
    "help.explore force": (
        "Replace a file that is there, and write a page however large.",
        "替换已有文件；网页再大也写出。",
    ),
    "explore.page": ("Page with {count} alternatives, {size} MB: {path}", "网页（{count} 个方案，{size} MB）：{path}"),
    "explore.zip": ("The same to mail: {path}", "便于邮件发送：{path}"),
    "explore.not served": (
        "{name}: is for a page written to a file; leave it out with --serve",
        "{name}：仅用于写出网页文件；使用 --serve 时请去掉",
    ),
    "explore.cells": (
        "--coarsen {given}: say LAYER=METRES, such as sites=500",
        "--coarsen {given}：请写成 图层=米，例如 sites=500",
    ),
    "explore.solved": (
        "{path}: holds one plan, written by `refugia solve`; `refugia front` finds the trade-offs to explore",
        "{path}：这是 `refugia solve` 写出的单一方案；请用 `refugia front` 求出可供探索的权衡方案",
    ),
    "explore.folder": ("{path}: is a folder; name a file with --out", "{path}：是文件夹；请用 --out 指定文件"),
    "explore.no folder": ("{path}: no such folder; choose another --out", "{path}：没有此文件夹；请另选 --out"),
    "explore.in run": (
        "{path}: is a run, whose files are kept as they are; choose another --out",
        "{path}：是运行文件夹，其中文件保持不变；请另选 --out",
    ),
    "explore.there": (
        "{path}: something else is there, or a page with somebody's notes; choose another --out, or replace it with "
        "--force",
        "{path}：已有其他文件，或含有他人笔记的网页；请另选 --out，或用 --force 替换",
    ),
}
