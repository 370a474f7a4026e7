"""Facts: what a file says, a pure function of its bytes. Nothing here holds an opinion or knows a watchlist."""
