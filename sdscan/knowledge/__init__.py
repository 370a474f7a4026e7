"""Knowledge: what the world says. Watchlists, platform policies, and the user's own model library."""
