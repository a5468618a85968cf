"""What surrounds an answer: what else there is, why a site is in, why there is no plan, and sentences that say so."""
