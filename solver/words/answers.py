"""Sentences about a plan and its proof."""

ANSWERS: dict[str, tuple[str, str]] = {
    # How the solve ended.
    "status.proven": ("Proven best: no plan is better.", "已证明最优：不存在更好的方案。"),
    "status.within gap": (
        "Proven: no plan is better by more than {gap} (asked for: {asked}).",
        "已证明：任何方案最多比它好 {gap}（要求 {asked}）。",
    ),
    "status.time limit": (
        "Stopped at the time limit. This is the best plan found; no plan is better by more than {gap}.",
        "已到时间上限。这是目前找到的最好方案；任何方案最多比它好 {gap}。",
    ),
    "status.interrupted": (
        "Interrupted. This is the best plan found so far; no plan is better by more than {gap}.",
        "已中断。这是目前找到的最好方案；任何方案最多比它好 {gap}。",
    ),
    "status.open": (
        "Stopped with a plan, but nothing is known about how much better a plan could be.",
        "已停止并给出一个方案，但尚不知道最好的方案能好多少。",
    ),
    "status.no plan": (
        "Stopped before any plan was found. Whether there is one is not known: allow more time.",
        "停止前未找到任何方案，是否存在方案尚不可知：请延长时间上限。",
    ),
    "status.infeasible": (
        "No plan keeps all the rules: they contradict one another.",
        "没有任何方案能同时满足全部规则：规则之间互相矛盾。",
    ),
    "status.unbounded": (
        "Plans get better without end: a limit is missing. This is a fault of the program, not of the study.",
        "方案可以无限改进：缺少约束。这是程序的错误，不是研究设置的错误。",
    ),
    "status.failed": ("The solver failed: {message}", "求解失败：{message}"),
    # What was checked.
    "checked.plan": (
        "Checked by us, not by the solver: every row, bound and whole number of the plan holds, and its value was "
        "recomputed.",
        "由本程序而非求解器核验：方案满足每一条约束、上下界与整数要求，目标值已重新计算。",
    ),
    "checked.bound": (
        "Without trusting the solver's search at all, we computed ourselves that no plan is below {bound}: none is "
        "better by more than {gap}.",
        "完全不依赖求解器的搜索结果，本程序自行计算得出：没有方案低于 {bound}，任何方案最多好 {gap}。",
    ),
    "checked.problem": ("Not in order: {problem}", "核验未通过：{problem}"),
    # The plan in a few sentences.
    "summary.places": (
        "Prepare {places} of {sites} candidate sites as places for people, with room for {capacity} at a time.",
        "在 {sites} 个候选场所中准备 {places} 个安置场所，同时可容纳 {capacity} 人。",
    ),
    "summary.places one": (
        "Prepare one of {sites} candidate sites as a place for people, with room for {capacity} at a time.",
        "在 {sites} 个候选场所中准备 1 个安置场所，同时可容纳 {capacity} 人。",
    ),
    "summary.places none": (
        "Prepare none of the {sites} candidate sites for people.",
        "{sites} 个候选场所中不准备任何安置场所。",
    ),
    "summary.depots": ("Hold stock at {depots} sites: {goods}.", "在 {depots} 处储备物资：{goods}。"),
    "summary.depots one": ("Hold stock at one site: {goods}.", "在 1 处储备物资：{goods}。"),
    "summary.depots none": ("Hold no stock.", "不储备物资。"),
    "summary.corridors": (
        "Keep {length} km of road open as emergency corridors.",
        "保持 {length} 公里道路作为应急通道。",
    ),
    "summary.hardened": (
        "Strengthen {links} road sections ({length} km).",
        "加固 {links} 个路段（共 {length} 公里）。",
    ),
    "summary.hardened one": ("Strengthen one road section ({length} km).", "加固 1 个路段（{length} 公里）。"),
    "summary.cost": ("It costs {cost} {money} before the event.", "灾前费用为 {cost} {money}。"),
    "summary.spent": ("Its parts cost {cost} {money} before the event.", "各项灾前费用合计 {cost} {money}。"),
    "summary.everyone": (
        "Everyone in need has a place, in each of {scenarios} scenarios and in every phase.",
        "在全部 {scenarios} 个情景的每个阶段，需要安置的人都有去处。",
    ),
    "summary.served": (
        "On average over {scenarios} scenarios {share} of those in need have a place.",
        "在 {scenarios} 个情景中，平均 {share} 的受灾人口得到安置。",
    ),
    "summary.worst": (
        "The worst scenario is “{title}”: {people} people have no place, {share} of those in need{phase}.",
        "最坏的情景是“{title}”：{people} 人没有去处，占需要安置者的 {share}{phase}。",
    ),
    "summary.worst phase": (" in the phase “{phase}”", "（阶段“{phase}”）"),
    "summary.zone": (
        "Most of those without a place live in {zone}: {people} on average.",
        "没有去处的人多数住在{zone}：平均 {people} 人。",
    ),
    "summary.goods all": (
        "Nothing that is asked for is short, in any scenario.",
        "在任何情景中，所需物资均不短缺。",
    ),
    "summary.goods": (
        "Goods are short in {scenarios} of {all} scenarios, at worst {share} of the {commodity} in “{title}”.",
        "{all} 个情景中有 {scenarios} 个出现物资短缺，最严重的是“{title}”，{commodity}缺 {share}。",
    ),
    "summary.walk": (
        "Those who have a place walk {mean} minutes on average and {most} at most.",
        "得到安置的人平均步行 {mean} 分钟，最多 {most} 分钟。",
    ),
    "summary.synthetic": (
        "This city is made up; the plan is an illustration.",
        "此城市为虚构，方案仅作演示。",
    ),
}
