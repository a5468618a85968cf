// The frame of the page.
export const shell = {
  "view.explore": ["Explore", "探索"],
  "view.compare": ["Compare", "对比"],
  "view.robustness": ["Robustness", "稳健性"],
  "view.noregret": ["No-regret", "无悔决策"],
  "view.about": ["Proof and sources", "证明与来源"],
  "shell.views": ["Views", "视图"],
  "shell.language": ["Language", "语言"],
  "shell.skip": ["Skip to the content", "跳到正文"],
  "shell.offline": ["offline file", "离线文件"],
  "shell.offline why": [
    "This page sends and loads nothing: its own content policy forbids it.",
    "本页面不发送、不加载任何数据：其内容策略禁止一切请求。",
  ],
  "shell.live": ["live", "在线求解"],
  "shell.invented": ["invented data", "虚构数据"],
  "shell.withheld": ["some layers coarsened or left out", "部分图层已概化或略去"],
  "shell.keys": [
    "Keys: ↑ ↓ alternative · A B C put into a slot · S shortlist · R clear limits · 1–5 views",
    "键盘：↑ ↓ 切换方案 · A B C 放入对比位 · S 加入候选 · R 清除限值 · 1–5 切换视图",
  ],
  "shell.other front": [
    "The link was made on another front ({digest}); what fits was taken from it.",
    "该链接来自另一个前沿（{digest}）；仅采用了其中适用的设置。",
  ],
  "shell.fault": ["The page could not be shown", "页面无法显示"],
  "shell.busy": ["Reading the front …", "正在读取前沿……"],
  "shell.close": ["Close", "关闭"],
  "standing.count": ["{n} alternatives:", "共 {n} 个方案："],
  "standing.complete": ["proven complete: no other trade-off exists", "已证明完整：不存在其他权衡方案"],
  "standing.open": ["how much better others may be is not known", "未列出的方案可能好多少尚不可知"],
  "standing.missed": [
    "any plan not listed is at most {share} of the range better than one of these",
    "未列出的任何方案至多比其中之一好量程的 {share}",
  ],
  "lead.explore": [
    "Each line is one alternative. Less is better and lies higher. Drag along an axis to set a limit, and all below follows.",
    "每条线代表一个方案；数值越小越好，位置越靠上。沿坐标轴拖动设定限值，下方各图随之更新。",
  ],
  "lead.compare": [
    "Two or three alternatives on the same map section: what changes from one to the other, where, and by how much.",
    "在同一地图范围内并排对比两到三个方案：有何变化、在何处、变化多少。",
  ],
  "lead.robustness": [
    "How alternatives turn out in each scenario, not only on average. Set a limit to see who keeps it, and in which futures it breaks.",
    "查看各方案在每个情景下的结果，而不只是平均值。设定限值，即可看出哪些方案满足、在哪些情景下超限。",
  ],
  "lead.noregret": [
    "What most alternatives within the limits do alike can be prepared before the choice among them is made.",
    "满足限值的多数方案所共有的决策，可在选定方案之前先行准备。",
  ],
  "lead.about": [
    "What is proven about these alternatives, what is only found, and what the numbers rest on.",
    "哪些结论已经证明、哪些仅为已找到的结果，以及各项数值的依据。",
  ],
  "label.off": ["at most {share} off", "距最优至多 {share}"],
  "label.off why": [
    "Another plan may be better in every objective at once by at most {share} of the range",
    "其他方案在所有目标上同时更优的幅度至多为量程的 {share}",
  ],
  "label.proven": ["proven", "已证明"],
  "label.within gap": ["within gap", "在容许间隙内"],
  "label.found": ["found", "已找到"],
  "shell.alternative": ["Alternative {id}", "方案 {id}"],
} as const satisfies Record<string, readonly [string, string]>;
