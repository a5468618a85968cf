"""Sentences about fronts of zoning plans, and what uses of land are called."""

LAND: dict[str, tuple[str, str]] = {
    "objective.unsuitability": ("unsuitability", "用地不适宜"),
    "objective.change": ("cost of change", "用途转换费用"),
    "objective.fragmentation": ("fragmentation", "破碎度"),
    "objective.exposure": ("exposure", "预期财产损失"),
    "objective.displaced": ("displaced", "需转移人口"),
    "search.bounds": ("bounds from relaxations", "由松弛问题求下界"),
    "search.start": ("plans to start from", "生成初始方案"),
    "zoned.agreed": (
        "Of {parcels} parcels {kept} stay what they are in every one of these plans, {turned} turn into the same use "
        "in every one, and {open} differ.",
        "{parcels} 个地块中，{kept} 个在所有方案中保持现状，{turned} 个在所有方案中转为同一用途，{open} 个因方案而异。",
    ),
    "zoned.turned": (
        "Whatever is chosen, land turns into: {classes}.",
        "无论选择哪个方案，都有土地转为：{classes}。",
    ),
    "zoned.areas": ("Land by use, from plan to plan: {classes}.", "各方案的用地面积：{classes}。"),
    "zoned.amount": ("{name} {amount} ha", "{name} {amount} 公顷"),
    "zoned.span": ("{least} to {most}", "{least} 至 {most}"),
    "zoned.today": ("today", "现状"),
    "zoned.changed": ("not what it is today", "与现状不同"),
    "zoned.plan": ("plan {plan}", "方案 {plan}"),
    "layer.front_parcels": ("Parcels, by the use most plans give them", "地块（按多数方案给予的用途）"),
    "result.parcels": ("Maps:    {path}", "方案图：{path}"),
    "land.housing": ("housing", "居住"),
    "land.industry": ("industry", "工业"),
    "land.farm": ("farmland", "农田"),
    "land.green": ("green", "绿地"),
    "land.water": ("water", "水域"),
    "land.reserve": ("land held open", "预留空地"),
    "land.mixed": ("mixed use", "混合用途"),
}
