"""sdscan: which Stable Diffusion pictures and models carry derivative-work or style-imitation risk, and why."""
