"""What the command line says."""

COMMANDS: dict[str, tuple[str, str]] = {
    # Stages of a run.
    "step": ("step {name}", "步骤 {name}"),
    "built.steps": ("Steps", "步骤"),
    "built.step": ("step", "步骤"),
    "built.seconds": ("seconds", "秒"),
    "built.state": ("result", "结果"),
    "built.reused": ("unchanged, taken from the last build", "未变，沿用上次结果"),
    "built.ran": ("ran", "已运行"),
    "stage.instance": ("reading and building {name}", "读取并构建 {name}"),
    "stage.program": ("writing the program", "建立数学模型"),
    "stage.size": (
        "{rows:,} rows, {columns:,} variables, {whole:,} of them yes or no",
        "{rows:,} 行，{columns:,} 个变量，其中 {whole:,} 个为是否决策",
    ),
    "stage.solve": ("searching for a plan within {gap} of the best", "寻找与最优相差不超过 {gap} 的方案"),
    "stage.explain": ("looking for the rules that contradict one another", "查找互相矛盾的规则"),
    "stage.tables": ("writing tables and layers", "输出表格与图层"),
    "stage.map": ("drawing the map", "绘制地图"),
    "stage.page": ("writing the page", "生成网页"),
    "resume.nothing": ("there is no run to resume from; starting afresh", "没有可继续的运行；重新开始"),
    "resume.other": (
        "the run that is there is about another program; starting afresh",
        "已有运行对应另一个模型；重新开始",
    ),
    "resume.no plan": ("the run that is there has no plan; starting afresh", "已有运行没有方案；重新开始"),
    "resume.from": ("starting from the plan of value {value}", "从目标值为 {value} 的已有方案继续"),
    # Results of solve and report.
    "result.value": (
        "value {value}, bound {bound}, gap {gap}, {seconds} s",
        "目标值 {value}，下界 {bound}，差距 {gap}，用时 {seconds} 秒",
    ),
    "result.folder": ("Results: {path}", "结果：{path}"),
    "result.page": ("Page:    {path}", "网页：{path}"),
    "result.map": ("Map:     {path}", "地图：{path}"),
    "result.layers": ("QGIS:    {path}", "QGIS：{path}"),
    "result.tables": ("Tables:  {path}", "表格：{path}"),
    "result.default study": (
        "{name} has no study of its own; a plain one was used, see study.yaml in the results.",
        "{name} 没有自己的研究设置；使用了默认设置，见结果中的 study.yaml。",
    ),
    "built": ("Built {name}: {path}", "已构建 {name}：{path}"),
    "built.digest": ("Digest {digest}", "摘要 {digest}"),
    "check.usable": ("usable", "可用"),
    "check.usable with warnings": ("usable with warnings", "可用，但有警告"),
    "check.not usable": ("not usable", "不可用"),
    "check.warnings": ("Warnings", "警告"),
    "check.assumptions": ("Assumptions", "假设"),
    "check.sources": ("Sources", "数据来源"),
    "check.notes": ("What the builder did", "构建时的处理"),
    "check.more": ("{count} more rows: --json gives all", "另有 {count} 行：用 --json 查看全部"),
    "check.study": ("The study can be put to this instance.", "该研究设置可用于此实例。"),
    "cases.title": ("Ready cases", "现成案例"),
    "cases.name": ("Name", "名称"),
    "cases.about": ("What it is", "说明"),
    "cases.more": (
        "Options and assumptions of one: refugia cases NAME",
        "查看某个案例的选项与假设：refugia cases NAME",
    ),
    "cases.options": ("Options", "选项"),
    "cases.option": ("Option", "选项"),
    "cases.default": ("Default", "默认值"),
    "cases.required": ("must be given", "必填"),
    "cases.kind": ("Kind", "类型"),
    "cases.needs": ("What it needs before it can be built", "构建前还需要"),
    # Faults.
    "error.input": ("This cannot be used", "输入无法使用"),
    "error.ours": ("A fault of ours", "程序错误"),
    "error.report": (
        "This is a fault of Refugia, not of your input. What happened is written to {path}: please open an issue where "
        "you got Refugia from and attach it. With --debug it is shown here.",
        "这是 Refugia 的错误，与您的输入无关。详情已写入 {path}：请在获取 Refugia 的地方提交问题并附上该文件。"
        "使用 --debug 可在此处显示。",
    ),
    "error.interrupted": ("Interrupted; nothing was written.", "已中断，未写入任何内容。"),
    "error.no such input": (
        "{given!r} is neither a case ({cases}) nor a study file nor an instance{meant}",
        "{given!r} 既不是案例（{cases}），也不是研究文件或实例{meant}",
    ),
    "error.did you mean": ("; did you mean {close}?", "；您是指 {close} 吗？"),
    "error.set": ("--set {given}: write key=value", "--set {given}：请写成 key=value"),
    # Help.
    "help.app": (
        "Plans for cities that must live through disasters: which shelters to open, where to hold stock, which roads "
        "to keep as corridors, proven good under many hazard scenarios.",
        "为必须经受灾害的城市制定规划：开放哪些避难场所、在哪里储备物资、保留哪些道路作为应急通道，"
        "并在多种灾害情景下证明方案的优劣。",
    ),
    "help.examples": ("Examples:", "示例："),
    "help.cases": (
        "List the ready cases, or show the options and assumptions of one.",
        "列出现成案例，或显示某个案例的选项与假设。",
    ),
    "help.build": (
        "Build an instance from a recipe or a case and write it to disk. Steps whose layers and rules have not changed "
        "are taken from the last build.",
        "按配方或案例构建实例并写入磁盘。图层与规则未变的步骤直接沿用上次结果。",
    ),
    "help.build what": ("A recipe (YAML file) or a case.", "配方（YAML 文件）或案例。"),
    "help.cache": (
        "Folder in which steps are kept between builds; by default .refugia-cache beside the instance.",
        "保存各步骤结果的文件夹；默认为实例旁的 .refugia-cache。",
    ),
    "help.fresh": ("Run every step, and keep none.", "重新运行所有步骤，不保留中间结果。"),
    "help.form": ("Which form: study or recipe.", "表单类型：study 或 recipe。"),
    "help.check": (
        "Look over an instance, a case or a study: is it usable, and what should one know before trusting a plan?",
        "检查实例、案例或研究设置：是否可用，采信方案前应了解什么。",
    ),
    "help.solve": (
        "Find a plan and prove how good it is; write tables, layers, map and page.",
        "求解方案并证明其优劣；输出表格、图层、地图与网页。",
    ),
    "help.codes": (
        "Ends with 0 proven within the gap asked for, 2 bad input, 3 stopped at a limit with the best plan found, "
        "4 infeasible and explained, 1 a fault of ours.",
        "退出码：0 已证明达到所要求的差距，2 输入有误，3 到达上限并给出目前最好的方案，"
        "4 无可行方案并已解释，1 程序错误。",
    ),
    "help.report": (
        "Make tables, layers, map and page of a stored run again.",
        "根据已保存的运行重新生成表格、图层、地图与网页。",
    ),
    "help.schema": (
        "Print the JSON Schema of a study or a recipe, for editors that complete and check while you type.",
        "输出研究或配方（YAML）的 JSON Schema，供编辑器补全与校验。",
    ),
    "help.case": ("Name of a case.", "案例名称。"),
    "help.what": (
        "A study file, a recipe, a case, or an instance (folder or zip).",
        "研究文件、配方、案例，或实例（文件夹或 zip）。",
    ),
    "help.out build": ("Folder, or a file ending in .zip.", "文件夹，或以 .zip 结尾的文件。"),
    "help.out solve": ("Folder for the results; by default runs/NAME.", "结果文件夹；默认 runs/NAME。"),
    "help.set build": (
        "An option of the case, or a place of the recipe: travel.walk.cutoff=20. May be repeated.",
        "案例选项或配方中的位置：travel.walk.cutoff=20，可重复。",
    ),
    "help.set solve": (
        "A value of the study by its place: question.budget=2e6. May be repeated.",
        "按位置设置研究中的值：question.budget=2e6，可重复。",
    ),
    "help.force": ("Replace what is there.", "替换已有内容。"),
    "help.resume": (
        "Start from the plan of the run that is there, if it is about the same program.",
        "若已有运行对应同一模型，则从其方案继续。",
    ),
    "help.gap": ("Stop when no plan can be better by more than this share.", "当任何方案最多好这一比例时停止。"),
    "help.time": ("Stop after so many seconds with the best plan found.", "到达秒数后停止并给出最好的方案。"),
    "help.threads": (
        "Threads of the solver; with 1 the answer is the same each time.",
        "求解线程数；为 1 时结果可重现。",
    ),
    "help.seed": ("Seed of the search.", "搜索的随机种子。"),
    "help.backend": ("highs, cpsat (whole numbers only) or pyomo.", "highs、cpsat（仅整数）或 pyomo。"),
    "help.run": ("Folder that `refugia solve` has written.", "`refugia solve` 写出的文件夹。"),
    "help.json": (
        "One JSON document on stdout; progress as JSON lines on stderr.",
        "在标准输出给出一个 JSON 文档；进度以 JSON 行写到标准错误。",
    ),
    "help.lang": ("en or zh; by default from REFUGIA_LANG or LANG.", "en 或 zh；默认取自 REFUGIA_LANG 或 LANG。"),
    "help.quiet": ("Say nothing but errors.", "除错误外不输出。"),
    "help.debug": ("Show where in the program a fault of ours happened.", "显示程序错误的位置。"),
    "help.version": ("Print the version.", "输出版本。"),
}
