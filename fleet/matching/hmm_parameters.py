"""The hidden Markov model's numbers, each with its unit; `docs/matching.md` has the formulas.

Costs are negative logarithms of likelihoods (Newson & Krumm 2009).
"""

from fleet.matching.kernels.arrays import HmmParameters

HMM = HmmParameters(
    # Emission: standard deviation of distances, and how it follows the noise that is learned.
    sigma_m=4.0,
    sigma_share=0.8,
    most_sigma_m=18.0,
    first_noise_m=12.0,
    learning_rate=0.1,
    learning_first=3.0,  # fixes that the first noise counts for
    learning_within_m=25.0,
    huber_z=2.0,  # beyond so many sigmas the cost is linear
    independent_s=10.0,  # errors of fixes so far apart are independent of each other
    least_weight=0.25,
    # Candidates.
    candidates_within_m=80.0,
    spacing_m=8.0,  # a fix nearer to the last layer makes none of its own
    # Emission: heading, where the receiver tells it.
    heading_deg=30.0,
    most_heading_cost=6.0,
    # Transition: scale of the difference between path and beeline.
    detour_m=6.0,
    detour_share=0.1,
    detour_mps=0.3,
    jitter_factor=2.0,
    # Transition: how far paths are looked for, and what they cost beyond their length.
    search_m=150.0,
    search_share=1.4,
    roll_back_factor=3.0,
    turn_round_m=90.0,
    # Off every street.
    off_emission=3.5,
    off_transition=1.0,
    off_per_m=0.005,
    off_enter=8.0,
    # Limits of transitions and of the trellis.
    most_transition=14.0,
    beam=12.0,
    lag=60,  # layers
    lag_s=240.0,
    ambiguity=4.0,  # a path that costs so much more is still plausible
    fast_mps=40.0,
    gap_s=300.0,
    gap_m=1000.0,
    dwell_s=60.0,
    standing_mps=0.5,
    # Posterior decoding.
    temperature=2.0,
    path_weight=0.05,
)
