"""The worst expectation over an ambiguity set, once as linear rows and once as numbers.

    max_{p in P} sum_s p_s L_s        P: the distributions that must be reckoned with

The maximum is a linear program in p; the rows are those of its dual. With nominal probabilities q, bounds l <= p <= u
and m = 1 - sum_s l_s:

    interval          min  sum_s l_s L_s + m t + sum_s (u_s - l_s) above_s        above_s >= L_s - t
    total variation   min  sum_s q_s L_s + r price + sum_s (u_s - q_s) above_s + (q_s - l_s) below_s
                           above_s >= L_s - t - price,  below_s >= t - L_s
    Wasserstein       min  r price + sum_s q_s worth_s + sum_t u_t high_t - l_t low_t
                           worth_s + price d_st + high_t - low_t >= L_t           for all s, t

Sources: interval sets as duals of bounded expectations, of which CVaR (l = 0, u = q / (1 - alpha)) is one: Rockafellar
(2007), Tutorials in Operations Research, DOI 10.1287/educ.1073.0032; total variation: Jiang and Guan (2018),
Operations Research 66(5), 1390-1405, DOI 10.1287/opre.2018.1729; Wasserstein: Mohajerin Esfahani and Kuhn (2018),
Mathematical Programming 171, 115-166, DOI 10.1007/s10107-017-1172-1.

The rows bound the measure from above, so the expression is right wherever less is better: minimised, or limited by
``robust <= limit``.
"""
