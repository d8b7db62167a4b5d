"""Pairing: a frozen pool and a programme's settings in; pairs, reasons and totals out. Pure and deterministic."""
