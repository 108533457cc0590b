"""What the map matching holds for likely: every number of its model, with its unit.

Costs are negative logarithms of likelihoods; `docs/matching.md` has the formulas.
"""

from fleet.matching.kernels.arrays import HmmParameters

PRICES = HmmParameters(
    sigma_m=4.0,
    sigma_share=0.8,
    sigma_most_m=18.0,
    noise_m=12.0,
    learn=0.1,
    learn_first=3.0,
    learn_m=25.0,
    tail=2.0,
    alike_s=10.0,
    alike_least=0.25,
    within_m=80.0,
    thin_m=8.0,
    heading_deg=30.0,
    heading_most=6.0,
    detour_m=6.0,
    detour_share=0.1,
    detour_mps=0.3,
    jitter=2.0,
    reach_m=150.0,
    reach_share=1.4,
    back_m=3.0,
    turn_m=90.0,
    off=3.5,
    off_step=1.0,
    off_per_m=0.005,
    off_enter=8.0,
    jump=14.0,
    beam=12.0,
    lag=60,
    lag_s=240.0,
    doubt=4.0,
    fast_mps=40.0,
    gap_s=300.0,
    gap_m=1000.0,
    dwell_s=60.0,
    still_mps=0.5,
    temperature=2.0,
    joint=0.05,
)
