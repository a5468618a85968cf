"""Sentences about plans suggested from a front, and about what regret counts from."""

CHOOSING: dict[str, tuple[str, str]] = {
    "stage.reference": (
        "finding what would be best had one known which scenario comes",
        "求解预先知道情景时各情景的最优值",
    ),
    "suggestion.balanced": ("Balanced", "均衡"),
    "suggestion.knee": ("Knee", "拐点"),
    "suggestion.goals": ("Closest to the goals", "最接近目标值"),
    "suggestion.least regret": ("Least regret", "最小后悔"),
    "suggestion.balanced.why": (
        "Near the best and far from the worst of all objectives at once (closeness {share}, TOPSIS).",
        "同时最接近各目标的最好值、最远离最差值（TOPSIS 贴近度 {share}）。",
    ),
    "suggestion.knee.why": (
        "Here giving up a little of one objective gains the most of the others: {share} of the range better than the "
        "straight trade-off between the extremes.",
        "在此处，稍稍放弃一个目标可换来其他目标的最大改善：比极端方案之间的直线权衡好量程的 {share}。",
    ),
    "suggestion.goals.why": (
        "Misses the goals by the least: by {share} of the range in {name}.",
        "与目标值的差距最小：在“{name}”上相差量程的 {share}。",
    ),
    "suggestion.goals reached.why": (
        "Reaches every goal; it comes closest to missing that for {name}, and is better by {share} of the range there.",
        "达到全部目标值；与目标值最接近的“{name}”仍好出量程的 {share}。",
    ),
    "suggestion.goals reached alone.why": (
        "Reaches every goal, and of the plans that do it is the best in what has no goal.",
        "达到全部目标值，且在达标方案中其余目标最优。",
    ),
    "suggestion.least regret.why": (
        "Its largest loss against the best value of an objective is the smallest of these plans: {share} of the range, "
        "in {name}.",
        "与各目标最好值相比，其最大损失在这些方案中最小：在“{name}”上为量程的 {share}。",
    ),
}
