"""Sentences about a front: what is proven, what the extremes cost, and the labels of its picture and layers."""

FRONTS: dict[str, tuple[str, str]] = {
    # Stages and progress.
    "stage.front": ("looking for the front of {names}", "求解{names}的权衡前沿"),
    "stage.keep front": ("writing the front", "保存前沿"),
    "stage.explorer": ("writing the page to look into the front with", "生成前沿浏览页面"),
    "stage.show front": ("writing layers and pictures", "输出图层与图片"),
    "front.progress": (
        "{proven} of {points} points proven",
        "{points} 个点中 {proven} 个已证明",
    ),
    "search.evolution": ("generations", "代"),
    "search.ends": ("the best in each objective, exactly", "精确求解各目标的最优方案"),
    "search.boxes": ("exact searches where most is open", "在未知最多的区域作精确搜索"),
    "search.polish": ("small exact searches around plans", "在已有方案附近作小规模精确搜索"),
    "resume.front": (
        "going on from {points} points and {facts} facts",
        "从已有的 {points} 个点和 {facts} 条已证结论继续",
    ),
    "resume.no evolution": (
        "the evolution that is there was another one; it begins anew from the plans found",
        "已有的演化设置不同；从已找到的方案重新开始演化",
    ),
    "resume.no front": ("the run that is there has no front; starting afresh", "已有运行没有前沿；重新开始"),
    "resume.no front run": (
        "a run of another kind is there; choose another --out, or replace it with --force",
        "该处是另一类运行；请另选 --out，或用 --force 替换",
    ),
    # How it ended.
    "front.count": (
        "{points} plans of which none is at least as good as another in everything.",
        "共 {points} 个方案，其中没有一个在所有目标上都不劣于另一个。",
    ),
    "front.count one": (
        "One plan is the best in everything at once; there is nothing to weigh.",
        "有一个方案在所有目标上同时最优，无需权衡。",
    ),
    "front.labels": (
        "{proven} of them proven best trade-offs, {within} within {gap} of the range, {found} found and not judged "
        "that closely.",
        "其中 {proven} 个已证明为最优权衡，{within} 个与最优相差不超过量程的 {gap}，"
        "{found} 个已找到但未作如此精确的判定。",
    ),
    "front.complete": (
        "Proven complete: there is no other trade-off between {names}.",
        "已证明完整：{names}之间不存在其他权衡方案。",
    ),
    "front.resolution": (
        "Points closer together than the resolution may count as one: {steps}.",
        "相距小于分辨率的点可能计为一个：{steps}。",
    ),
    "front.epsilon": (
        "Proven: whatever plan there is, one of these is at most {epsilon} of the range worse in any objective.",
        "已证明：对于任何方案，总有上述方案之一在每个目标上最多差量程的 {epsilon}。",
    ),
    "front.open": (
        "How far plans that were not found may be better is not known: allow more time.",
        "尚不知道未找到的方案可能好多少：请延长时间上限。",
    ),
    "front.hypervolume": (
        "Of what any front can reach, these plans reach {share} for certain.",
        "这些方案已确定达到任何前沿所能达到的 {share}。",
    ),
    "front.stopped": (
        "Stopped before it was finished; everything found is kept, and --resume goes on from it.",
        "在完成前停止；已找到的全部保留，可用 --resume 继续。",
    ),
    "front.representation": (
        "As many points as asked for, spread over the front; front.points: null gives all.",
        "已得到所要求数量、分布于整个前沿的点；front.points: null 可给出全部。",
    ),
    "front.infeasible": (
        "No plan keeps all the rules: they contradict one another.",
        "没有任何方案能同时满足全部规则：规则之间互相矛盾。",
    ),
    "front.no plan": (
        "Stopped before any plan was found. Whether there is one is not known: allow more time.",
        "停止前未找到任何方案，是否存在方案尚不可知：请延长时间上限。",
    ),
    # What it costs.
    "front.extreme": ("Least {name}: {value}; then {others}.", "{name}最小为 {value}；此时{others}。"),
    "front.at": ("{name} {value}", "{name}为 {value}"),
    "front.always": (
        "In every one of these plans: {places}.",
        "所有这些方案都采用：{places}。",
    ),
    "front.always none": ("No place is prepared in every one of these plans.", "没有场所被所有这些方案采用。"),
    "front.sometimes": (
        "Of {sites} candidate sites {some} are prepared in some of these plans and not in others, {none} in none.",
        "{sites} 个候选场所中，{some} 个被部分方案采用，{none} 个从未采用。",
    ),
    "front.more": ("and {count} more", "等另外 {count} 个"),
    "front.hypervolume open": (
        "How much of what any front can reach these plans reach is not known: nothing is proven from below.",
        "尚不知道这些方案达到了任何前沿所能达到的多少：没有任何已证明的下界。",
    ),
    "front.evolved": (
        "All generations are done; more of them, or more time for the proofs, may find more.",
        "全部代数已完成；增加代数或证明时间可能会找到更多方案。",
    ),
    # Choosing.
    "choose.suggestion": ("{title}: plan {plan} ({values}). {why}", "{title}：方案 {plan}（{values}）。{why}"),
    "choose.few smallest": (
        "{count} plans stand for all, each other one being at most {share} of a range better than one of them in "
        "anything, and fewer would not: {plans}.",
        "{count} 个方案即可代表全部：其余方案在任何目标上最多比其中之一好量程的 {share}，更少则不够：{plans}。",
    ),
    "choose.few": (
        "{count} plans stand for all, each other one being at most {share} of a range better than one of them in "
        "anything: {plans}.",
        "{count} 个方案即可代表全部：其余方案在任何目标上最多比其中之一好量程的 {share}：{plans}。",
    ),
    "choose.families": (
        "By what they decide the plans fall into {count} families, with these in their middle: {plans}.",
        "按其决策，方案可分为 {count} 类，各类的代表方案为：{plans}。",
    ),
    "choose.parties": ("What each party would take: {each}.", "各方会选择的方案：{each}。"),
    "choose.party": ("{name} plan {plan}", "{name}为方案 {plan}"),
    "choose.agreed": (
        "Least to object to: plan {plan} ({values}), with which no party loses more than {loss} of the range, as it "
        "weighs, against its own choice.",
        "最易被各方接受：方案 {plan}（{values}），按各自权重，任何一方与其首选相比的损失都不超过量程的 {loss}。",
    ),
    # Other futures.
    "stage.futures": ("looking at the plans in other futures", "检验方案在其他情景下的表现"),
    "futures.faults": ("the plans could not be put to the other scenarios: {faults}", "方案无法用于其他情景：{faults}"),
    "futures.stopped": ("stopped; the front is kept without a look at other futures", "已停止；保留前沿，不作情景检验"),
    "robust.own": ("In the scenarios of the study", "在本研究的情景中"),
    "robust.other": ("In the other scenarios", "在其他情景中"),
    "robust.limit unserved": ("at most {most} people without a place", "未安置不超过 {most} 人"),
    "robust.limit share": ("at most {most} without a place", "未安置比例不超过 {most}"),
    "robust.limit minutes": ("at most {most} min of walking on average", "平均步行不超过 {most} 分钟"),
    "robust.met": (
        "{where} the limits ({limits}) are kept with a probability of {share} at best (plan {plans}) and {least} at "
        "worst.",
        "{where}，满足限值（{limits}）的概率最高为 {share}（方案 {plans}），最低为 {least}。",
    ),
    "robust.met alike": (
        "{where} every plan keeps the limits ({limits}) with a probability of {share}.",
        "{where}，所有方案满足限值（{limits}）的概率均为 {share}。",
    ),
    "robust.never": (
        "{where} no plan keeps the limits ({limits}) in any scenario.",
        "{where}，没有方案在任何情景下满足限值（{limits}）。",
    ),
    "robust.regret": (
        "{where} plan {plans} has the least regret: at most {people} people more without a place than the best that "
        "was possible had one known the scenario.",
        "{where}，方案 {plans} 的后悔值最小：与预先知道情景时的最优值相比，未安置人数最多多 {people} 人。",
    ),
    "robust.regret here": (
        "{where} plan {plans} has the least regret among these: at most {people} people more without a place than "
        "with the plan that suits the scenario best.",
        "{where}，方案 {plans} 在这些方案中后悔值最小：与最适合该情景的方案相比，未安置人数最多多 {people} 人。",
    ),
    # Picture.
    "label.proven": ("proven best", "已证明最优"),
    "label.within gap": ("within the gap", "差距之内"),
    "label.found": ("found", "已找到"),
    "picture.excluded": ("proven: no plan here", "已证明：此处无方案"),
    "picture.unknown": ("no plan known, none excluded", "未知区域"),
    "picture.title": ("Trade-offs", "权衡前沿"),
    "picture.better": ("better", "更好"),
    # Layers.
    "layer.front_sites": ("Sites by how many plans use them", "各场所被采用的方案比例"),
    "layer.front_links": ("Roads by how many plans use them", "各路段被采用的方案比例"),
    "layer.points": ("Plans of the front", "前沿上的方案"),
    "layer.decisions": ("How often each decision is taken", "各决策被采用的次数"),
    "legend.front always": ("in every plan", "所有方案"),
    "legend.front often": ("in more than half", "超过一半"),
    "legend.front seldom": ("in up to half", "不超过一半"),
    "legend.front never": ("in none", "从未采用"),
    # Where things lie, and help.
    "result.explorer": ("Explore: {path}", "浏览：{path}"),
    "result.front": ("Front:   {path}", "前沿：{path}"),
    "result.picture": ("Picture: {path}", "图片：{path}"),
    "help.front": (
        "Find the trade-offs between objectives and prove how good they are; stop and resume as you like.",
        "求解各目标之间的权衡前沿并证明其优劣；可随时停止并继续。",
    ),
    "help.front codes": (
        "Ends with 0 complete, as many points as asked for, or within the gap asked for; 2 bad input; 3 stopped early "
        "with all that was found; 4 infeasible and explained; 1 a fault of ours.",
        "退出码：0 前沿完整、点数已达要求或差距已达要求，2 输入有误，3 提前停止并保留已找到的全部，"
        "4 无可行方案并已解释，1 程序错误。",
    ),
    "help.front objectives": (
        "Objectives to weigh, separated by commas; by default those of the study, else cost,unserved.",
        "要权衡的目标，以逗号分隔；默认取研究设置，否则为 cost,unserved。",
    ),
    "help.front points": (
        "As many points, spread over the front; 0 for every point there is.",
        "分布于整个前沿的点数；0 表示全部。",
    ),
    "help.front gap": (
        "Share of the range of each objective by which the front may be missed.",
        "前沿在每个目标上允许遗漏的量程比例。",
    ),
    "help.front time": ("Stop after so many seconds with all that was found.", "到达秒数后停止并保留已找到的全部。"),
    "help.front method": ("auto, exact, genetic or hybrid.", "auto、exact、genetic 或 hybrid。"),
    "help.front resume": (
        "Go on from the points and proofs of the run that is there, if it is about the same program.",
        "若已有运行对应同一模型，则从其点与证明继续。",
    ),
    "help.out front": ("Folder for the results; by default runs/NAME-front.", "结果文件夹；默认 runs/NAME-front。"),
}
