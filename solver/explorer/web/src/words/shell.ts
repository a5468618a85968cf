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
  "label.proven": ["proven", "已证明"],
  "label.within gap": ["within gap", "在容许间隙内"],
  "label.found": ["found", "已找到"],
  "shell.alternative": ["Alternative {id}", "方案 {id}"],
} as const satisfies Record<string, readonly [string, string]>;
