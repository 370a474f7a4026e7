"""Judgement: a pure function of facts and knowledge. Never cached."""
